"""Ways to say the name of a file: each returns an expression whose value at run time is the given text."""

from __future__ import annotations

from collections.abc import Callable

from tests.programs.snippets import CLASSES_WITH_A_TEXT, FUNCTIONS_WITH_A_TEXT, LIBRARIES, PLACE, PLACES
from tests.programs.writing import Program, Script

Way = Callable[[Program, Script, str], str]


# -- a text from somewhere


def literal(_: Program, script: Script, text: str) -> str:
    return repr(text)


def local(program: Program, script: Script, text: str) -> str:
    name = program.fresh("part")
    script.body.append(f"{name} = {text!r}")
    return name


def constant(program: Program, script: Script, text: str) -> str:
    name = program.fresh("PART")
    script.top.append(f"{name} = {text!r}")
    return name


def of_another_module(program: Program, script: Script, text: str) -> str:
    name = program.fresh("NAME")
    program.define("settings.py", f"{name} = {text!r}")
    way = program.pick(["import", "from", "as", "star"])
    if way == "import":
        script.need("import settings")
        return f"settings.{name}"
    if way == "star":
        script.need("from settings import *")
        return name
    script.need(f"from settings import {name}" + (f" as {name.lower()}" if way == "as" else ""))
    return name.lower() if way == "as" else name


LOADERS = {
    "config.yaml": ("import yaml", "yaml.safe_load({handle})", "r"),
    "config.json": ("import json", "json.load({handle})", "r"),
    "config.toml": ("import tomllib", "tomllib.load({handle})", "rb"),
}


def configured(program: Program, script: Script, text: str) -> str:
    """A value of a settings file, read at the top of the script or by a function of another module."""
    file = program.pick([*LOADERS, "config.ini"])
    key = program.fresh("key")
    program.settings.setdefault(file, {})[key] = text
    if file not in script.loaded:
        script.loaded[file] = _load_settings(program, script, file)
    variable = script.loaded[file]
    if file != "config.ini" and program.chance(3):
        return f"{variable}.get('paths').get('{key}', 'x')"
    return f"{variable}['paths']['{key}']"


def _load_settings(program: Program, script: Script, file: str) -> str:
    name = program.fresh("CONFIG")
    if file == "config.ini":
        script.need("import configparser")
        script.top += [f"{name} = configparser.ConfigParser()", f"{name}.read('{file}')"]
        return name
    library, call, mode = LOADERS[file]
    if program.chance():
        script.need(library)
        script.top += [f"with open('{file}', '{mode}') as handle:", f"    {name} = {call.format(handle='handle')}"]
        return name
    function = f"load_{file.partition('.')[2]}"
    code = f"def {function}(path='{file}'):\n    with open(path, '{mode}') as handle:\n        return "
    program.define("settings.py", code + call.format(handle="handle"), library)
    script.need(f"from settings import {function}")
    script.top.append(f"{name} = {function}({program.pick(['', repr(file), f'path={file!r}'])})")
    return name


def option(program: Program, script: Script, text: str) -> str:
    name = program.fresh("option")
    flag = name.replace("_", "-")
    if program.chance():
        script.options.append(f"parser.add_argument('--{flag}', default='nothing')")
        script.words.append(f"--{flag} {text}" if program.chance() else f"--{flag}={text}")
    elif program.chance():
        script.options.append(
            f"parser.add_argument('-{name[0]}{name.rpartition('_')[2]}', '--{flag}', type=str, default={text!r})"
        )
    else:
        script.options.append(f"parser.add_argument('--{flag}', dest='{name}_x', required=True)")
        script.words.append(f"--{flag} {text}")
        return f"args.{name}_x"
    return f"args.{name}"


def environment(program: Program, script: Script, text: str) -> str:
    script.need("import os")
    name = program.fresh("MLDEBT_TEST").upper()
    call = program.pick(["os.environ.get", "os.getenv"])
    return f"{call}('{name}', {text!r})"


def table_of_names(program: Program, script: Script, text: str) -> str:
    name = program.fresh("NAMES")
    script.top.append(f"{name} = {{'a': 'nothing', 'b': {text!r}, 'c': {{'d': {text!r}}}}}")
    return name + program.pick(["['b']", ".get('b')", "['c']['d']", ".get('b', 'x')"])


def attribute_of_class(program: Program, script: Script, text: str) -> str:
    name = program.fresh("Names").replace("_", "")
    way = program.pick(list(CLASSES_WITH_A_TEXT))
    if way in LIBRARIES:
        script.need(LIBRARIES[way])
    definition, expression = CLASSES_WITH_A_TEXT[way]
    script.top.append(_filled(definition, name, text))
    return _filled(expression, name, text)


def result_of_function(program: Program, script: Script, text: str) -> str:
    name = program.fresh("text_of")
    way = program.pick(list(FUNCTIONS_WITH_A_TEXT))
    definition, expression = FUNCTIONS_WITH_A_TEXT[way]
    if way in LIBRARIES:
        script.need(LIBRARIES[way])
    if program.chance():
        program.define("naming.py", _filled(definition, name, text))
        script.need(f"from naming import {name}")
    else:
        script.top.append(_filled(definition, name, text))
    return _filled(expression, name, text)


def _filled(code: str, name: str, text: str) -> str:
    half = len(text) // 2
    code = code.replace("FIRST", repr(text[:half])).replace("LAST", repr(text[half:]))
    return code.replace("NAME", name).replace("TEXT", repr(text))


def reworked(program: Program, script: Script, text: str) -> str:
    half = len(text) // 2
    return str(
        program.pick([
            f"{text.upper()!r}.lower()" if text == text.lower() else repr(text),
            f"' {text} '.strip()",
            f"'x|{text}'.split('|')[1]",
            f"{text.replace('r', '~')!r}.replace('~', 'r')",
            f"[{text!r}, 'nothing'][0]",
            f"('nothing', {text!r})[-1]",
            f"(None or {text!r})",
            f"({text!r} if True else 'nothing')",
            f"'x{text}'[1:]",
            f"str({text!r})",
            f"{text[:half]!r} + {text[half:]!r}",
        ])
    )  # fmt: skip


VALUES: tuple[Way, ...] = (
    literal, local, constant, of_another_module, configured, option, environment, table_of_names, attribute_of_class,
    result_of_function, reworked,
)  # fmt: skip


def value(program: Program, script: Script, text: str) -> str:
    way: Way = program.pick(VALUES)
    return way(program, script, text)


# -- a path from parts


def whole(program: Program, script: Script, path: str) -> str:
    return value(program, script, path)


def joined(program: Program, script: Script, path: str) -> str:
    script.need("import os")
    return f"os.path.join({', '.join(_parts(program, script, path))})"


def with_pathlib(program: Program, script: Script, path: str) -> str:
    script.need("from pathlib import Path")
    first, *rest = _parts(program, script, path)
    way = program.pick(["slash", "joinpath", "arguments", "text"])
    if way == "joinpath":
        return f"Path({first}).joinpath({', '.join(rest)})"
    if way == "arguments":
        return f"Path({', '.join([first, *rest])})"
    slashed = " / ".join([f"Path({first})", *(f"({part})" for part in rest)])
    return f"str({slashed})" if way == "text" else slashed


def beside_the_script(program: Program, script: Script, path: str) -> str:
    if program.chance():
        script.need("from pathlib import Path")
        name = program.fresh("ROOT")
        script.top.append(
            f"{name} = Path(__file__).{program.pick(['parent', 'resolve().parent', 'absolute().parents[0]'])}"
        )
        return f"{name} / {path!r}"
    script.need("import os")
    name = program.fresh("HERE")
    inner = program.pick(["__file__", "os.path.abspath(__file__)", "os.path.realpath(__file__)"])
    script.top.append(f"{name} = os.path.dirname({inner})")
    return f"os.path.join({name}, {', '.join(_parts(program, script, path))})"


def changed_name(program: Program, script: Script, path: str) -> str:
    script.need("from pathlib import Path")
    folder, _, name = path.rpartition("/")
    stem, dot, ending = path.rpartition(".")
    return str(
        program.pick([
            f"Path({value(program, script, stem + '.txt')}).with_suffix('{dot}{ending}')",
            f"Path({value(program, script, folder + '/other.x')}).with_name({name!r})",
            f"Path({value(program, script, folder + '/other.x')}).parent / {name!r}",
            f"Path({folder!r}) / (Path({path!r}).stem + '{dot}{ending}')",
        ])
    )  # fmt: skip


def formatted(program: Program, script: Script, path: str) -> str:
    parts = _parts(program, script, path)
    names = [program.fresh("f") for _ in parts]
    way = program.pick(["f", "format", "named", "percent", "percent_named", "join", "plus", "template"])
    if way == "f":
        script.body += [f"{name} = {part}" for name, part in zip(names, parts, strict=True)]
        return 'f"' + "/".join(f"{{{name}}}" for name in names) + '"'
    if way == "format":
        return f"'{'/'.join('{}' for _ in parts)}'.format({', '.join(parts)})"
    if way == "named":
        given = ", ".join(f"{name}={part}" for name, part in zip(names, parts, strict=True))
        return f"'{'/'.join('{' + name + '}' for name in names)}'.format({given})"
    if way == "percent":
        return f"'{'/'.join('%s' for _ in parts)}' % ({', '.join(parts)},)"
    if way == "percent_named":
        given = ", ".join(f"'{name}': {part}" for name, part in zip(names, parts, strict=True))
        return f"'{'/'.join(f'%({name})s' for name in names)}' % {{{given}}}"
    if way == "template":
        script.need("import string")
        given = ", ".join(f"{name}={part}" for name, part in zip(names, parts, strict=True))
        return f"string.Template('{'/'.join('${' + name + '}' for name in names)}').substitute({given})"
    if way == "join":
        return f"'/'.join([{', '.join(parts)}])"
    return " + '/' + ".join(f"({part})" for part in parts)


def by_a_helper(program: Program, script: Script, path: str) -> str:
    folder, _, name = path.rpartition("/")
    way = program.pick(["function", "class", "operator"])
    if way == "function":
        program.define("naming.py", PLACE, "import os")
        script.need("from naming import place")
        return f"place({value(program, script, name)}, {value(program, script, folder)})"
    program.define("naming.py", PLACES, "from pathlib import Path")
    script.need("from naming import Places")
    kept = program.fresh("places")
    script.body.append(f"{kept} = Places({value(program, script, folder)})")
    said = value(program, script, name)
    return f"{kept} / ({said})" if way == "operator" else f"{kept}.of({said})"


PATHS: tuple[Way, ...] = (
    whole, joined, with_pathlib, beside_the_script, changed_name, formatted, by_a_helper,
)  # fmt: skip


def path_expression(program: Program, script: Script, path: str) -> str:
    way: Way = program.pick(PATHS)
    return way(program, script, path)


def _parts(program: Program, script: Script, path: str) -> list[str]:
    folder, _, name = path.rpartition("/")
    pieces = [*folder.split("/"), name] if program.chance() else [folder, name]
    return [value(program, script, piece) for piece in pieces]

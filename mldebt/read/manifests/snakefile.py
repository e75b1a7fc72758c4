"""Snakefiles: the rules of a workflow with their inputs, outputs, and what they run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from posixpath import dirname

from msgspec import Struct, field

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of
from mldebt.read.manifests.shell import join_folder

RULE = re.compile(r"(\s*)(?:rule|checkpoint)\s+(\w+)\s*:\s*(?:#.*)?$")
SECTIONS = (
    "input|output|params|log|shell|script|notebook|run|conda|resources|threads|message|benchmark|wildcard_constraints"
    "|priority|container|envmodules|cache|group|retries|localrule"
)
SECTION = re.compile(rf"(\s+)({SECTIONS})\s*:(.*)")
SETTINGS = re.compile(r"""\s*configfile\s*:\s*['"]([^'"]+)['"]""")
PLACE = re.compile(r"\{\{|\}\}|\{(input|output|params|log|wildcards|config)([^{}]*)\}")
STEP = re.compile(r"""\.(\w+)|\[['"]?(\w+)['"]?\]""")
Values = Mapping[int | str, str]
OBJECT = "@snakemake."
"""Marks words that are no arguments but parts of the object that a script is given."""


class Rule(Struct):
    """`parts`: the text of each section, `lines`: where it begins, `values`: paths and words by name and place."""

    name: str
    parts: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    values: dict[str, dict[int | str, str]] = field(default_factory=dict)


def read(file: str, content: str) -> Iterator[Command]:
    settings = SETTINGS.search(content)
    home = re.sub(r"(^|/)workflow(/rules)?$|(^|/)rules$", "", dirname(file))
    known: dict[str, Rule] = {}
    for rule in _rules(content):
        known[rule.name] = rule
        for section in ("input", "output", "params", "log"):
            rule.values[section] = _values(rule.parts.get(section, ""), known)
    for rule in known.values():
        yield from _commands(rule, file, home, (join_folder(home, settings[1]),) if settings else ())


def _rules(content: str) -> Iterator[Rule]:
    rule, section, depth = Rule(""), "", 0
    for number, line in enumerate(content.splitlines(), 1):
        if begins := RULE.match(line):
            if rule.name:
                yield rule
            rule, section, depth = Rule(begins[2]), "", len(begins[1])
        elif rule.name and not line.lstrip().startswith("#") and _ends(line, depth):
            yield rule
            rule, section = Rule(""), ""
        elif rule.name and (part := SECTION.match(line)) and not _is_open(rule.parts.get(section, "")):
            section = part[2]
            rule.parts[section], rule.lines[section] = part[3] + "\n", number + (not part[3].strip())
        elif section:
            rule.parts[section] += line + "\n"
    if rule.name:
        yield rule


def _ends(line: str, depth: int) -> bool:
    """Whether a line stands outside of the rule that began at a depth."""
    return bool(line.strip()) and len(line) - len(line.lstrip()) <= depth


def _is_open(text: str) -> bool:
    """Whether a text in three quotes is still going on."""
    return text.count('"""') % 2 == 1 or text.count("'''") % 2 == 1


def _values(text: str, known: Mapping[str, Rule]) -> dict[int | str, str]:
    """The values of a section, by place and by name."""
    call = _parsed(text)
    if call is None:
        return {}
    values: dict[int | str, str] = {}
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        for value in _texts(argument, known):
            values[len(values)] = value
    for keyword in call.keywords:
        found = _texts(keyword.value, known)
        if keyword.arg and found:
            values[keyword.arg] = " ".join(found)
    return values


def _parsed(text: str) -> ast.Call | None:
    try:
        made = ast.parse(f"f(\n{text.strip()}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return made if isinstance(made, ast.Call) else None


def _texts(node: ast.expr, known: Mapping[str, Rule]) -> list[str]:
    """What an expression names; what is not written out becomes a hole."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, (ast.List, ast.Tuple)):
        return [text for item in node.elts for text in _texts(item, known)]
    if isinstance(node, ast.Call):
        return _texts(node.args[0], known) if node.args and not isinstance(node.args[0], ast.Lambda) else []
    if isinstance(node, ast.JoinedStr):
        return ["".join(_piece(part) for part in node.values)]
    if isinstance(node, ast.BinOp):
        left, right = _texts(node.left, known), _texts(node.right, known)
        return [left[0] + right[0]] if left and right else []
    return _referred(ast.unparse(node), known)


def _piece(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    return _setting(ast.unparse(part.value)) if isinstance(part, ast.FormattedValue) else "{value}"


def _referred(text: str, known: Mapping[str, Rule]) -> list[str]:
    """`rules.prepare.output.table`, `config["data"]`."""
    steps = text.split(".", 3)
    if steps[0] == "rules" and len(steps) > 2 and steps[1] in known:
        section, rest = re.match(r"(\w+)(.*)", ".".join(steps[2:]), re.DOTALL).groups()  # type: ignore[union-attr]
        values = known[steps[1]].values.get(section, {})
        return _chosen(values, rest)
    return [_setting(text)]


def _setting(text: str) -> str:
    """A named hole: `config["data"]["raw"]` is `{data.raw}`."""
    names = [first or second for first, second in STEP.findall(text)]
    name = ".".join(names) if text.startswith("config") and names else re.sub(r"\W+", "_", text).strip("_")
    return f"{{{name}}}"


def _chosen(values: Values, rest: str) -> list[str]:
    step = STEP.match(rest)
    if step is None:
        return [value for key, value in values.items() if isinstance(key, int)]
    key = step[1] or step[2]
    found = values.get(int(key) if key.isdigit() else key)
    return [found] if found is not None else []


def _commands(rule: Rule, file: str, home: str, settings: tuple[str, ...]) -> Iterator[Command]:
    reads, writes = (
        tuple(join_folder(home, path) for key, path in rule.values[section].items() if isinstance(key, int))
        for section in ("input", "output")
    )
    context = Context(rule.name, "stage", "", reads, writes, home, settings=settings)
    shell = _parsed(rule.parts.get("shell", ""))
    if shell is not None and shell.args:
        text = PLACE.sub(lambda match: _filled(match, rule), "".join(_texts(shell.args[0], {})))
        yield from commands_of(text, rule.lines["shell"], context)
    for section in ("script", "notebook"):
        target = _values(rule.parts.get(section, ""), {}).get(0)
        if target:
            words = tuple(_object(rule))
            place = join_folder(dirname(file), target)
            line = rule.lines[section]
            yield Command(line, "snakemake", place, words, rule.name, "stage", "", reads, writes, home, settings)


def _filled(match: re.Match[str], rule: Rule) -> str:
    """`{input.table}` in a shell text; what is not known stays a hole."""
    if match[0] in ("{{", "}}"):
        return match[0][0]
    if match[1] in ("wildcards", "config"):
        return f"{{{'.'.join(first or second for first, second in STEP.findall(match[2]))}}}"
    return " ".join(_chosen(rule.values[match[1]], match[2])) or f"{{{match[1]}}}"


def _object(rule: Rule) -> Iterator[str]:
    for section in ("input", "output", "params", "log"):
        for key, value in rule.values[section].items():
            yield f"{OBJECT}{section}.{key}={value}"

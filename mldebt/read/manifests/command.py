"""A command line → what it runs: interpreters, launchers, servers and wrappers seen through."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.read.facts import Command
from mldebt.read.manifests.programs import PROGRAMS, PYTHON, find_target, module_of, take_option
from mldebt.read.manifests.shell import Simple, join_folder, simple_commands
from mldebt.read.manifests.wrappers import unwrapped

NOISE = frozenset((
    "echo", "printf", "cd", "export", "set", "unset", "mkdir", "rmdir", "rm", "chmod", "chown", "ls", "cat",
    "sleep", "test", "[", "[[", "true", "false", "exit", "return", "source", ".", "pip", "pip3", "apt", "apt-get",
    "yum", "dnf", "apk", "brew", "npm", "yarn", "pnpm", "git", "which", "type", "read", "trap", "shift", "wait",
    "kill", "touch", "pwd", "popd", "ln", "groupadd", "useradd", "adduser", "addgroup", "usermod", "break",
    "continue", "alias", "eval", "let", "head", "tail", "grep", "sed", "awk", "sort", "uniq", "wc", "tr", "cut",
    "tee", "xargs", "find", "basename", "dirname", "date", "uname", "whoami", "hostname", "id", "df", "du", "free",
    "ps", "top", "clear", "tput", ":", "local", "declare", "conda", "mamba", "micromamba", "pyenv", "virtualenv",
    "deactivate", "poetry", "uv", "pipenv", "pdm", "hatch", "pixi", "rye",
))  # fmt: skip
PROGRAM = re.compile(r"(?=.*[A-Za-z])[\w./~{][\w./{}+@-]*")
TEMPLATE = re.compile(r"(?<!\$)\{\{-?([^{}\n]*)-?\}\}")
HOLE = re.compile(r"\{[^}]*\}")
INSTALLERS = ("pip", "venv", "ensurepip", "virtualenv")
SHELLS = ("bash", "sh", "zsh", "dash")


class Context(Struct, frozen=True):
    """What is known of a command line from where it is written. `reads` and `writes` are relative to the root."""

    job: str = ""
    trigger: str = "manual"
    schedule: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    directory: str = ""
    home: str = ""
    settings: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    reruns: str = "changed"
    variables: Mapping[str, str] = field(default_factory=dict)


def parse_command_line(
    text: str,
    line: int,
    *,
    job: str = "",
    trigger: str = "manual",
    schedule: str = "",
    reads: tuple[str, ...] = (),
    writes: tuple[str, ...] = (),
    directory: str = "",
) -> tuple[Command, ...]:
    """The commands of a line of shell, which begins at `line`.

    `python3 -m pkg.train --x 1` is (python, pkg.train, --x 1); wrappers such as `poetry run` or `docker exec`, pipes,
    `&&` and assignments are seen through; `cd dir &&` changes the directory; unknown variables become named holes.
    Commands that only prepare or print are left out.
    """
    return commands_of(text, line, Context(job, trigger, schedule, reads, writes, directory))


def commands_of(text: str, line: int, context: Context) -> tuple[Command, ...]:
    """The commands of a script."""
    text = TEMPLATE.sub(_as_hole, text)
    found = simple_commands(text, line, context.directory, context.variables, context.home)
    return tuple(command for simple in found for command in _commands(simple, context))


def _as_hole(match: re.Match[str]) -> str:
    """`{{ ds }}` would be three words: it stands for one."""
    return "{" + ("_".join(re.findall(r"\w+", match[1])) or "value") + "}"


def command_of(words: tuple[str, ...], line: int, context: Context) -> tuple[Command, ...]:
    """The command that a list of words is, as in `CMD ["python", "app.py"]`."""
    return tuple(_commands(Simple(words, line, context.directory, context.variables), context))


def _commands(simple: Simple, context: Context) -> Iterator[Command]:
    words = unwrapped(simple.words)
    if not words:
        return
    if simple.words[:2] == ("dvc", "run"):
        context = _with_dvc_options(simple, context)
    program = _program(words[0])
    if program in SHELLS and any(word.startswith("-") and "c" in word[1:] for word in words[1:2]):
        yield from commands_of(
            " ".join(words[2:3]),
            simple.line,
            replace(context, directory=simple.directory, variables=simple.environment),
        )
    elif program and program not in NOISE and PROGRAM.fullmatch(words[0]):
        command = _command(program, words, simple, context)
        is_installer = command.program == "python" and command.target in INSTALLERS
        if not is_installer and (command.target or not HOLE.fullmatch(program)):
            yield command


def _program(word: str) -> str:
    name = word.rpartition("/")[2]
    return "python" if PYTHON.fullmatch(name) else name


def _command(program: str, words: tuple[str, ...], simple: Simple, context: Context) -> Command:
    program, target, arguments = _run(program, words)
    if program == "flask" and not target:
        target = module_of(simple.environment.get("FLASK_APP", ""))
    if not target and program in ("psql", "sqlite3", "mysql", "duckdb") and simple.reads:
        target = simple.reads[0]
    directory = simple.directory
    for option in PROGRAMS[program].folder_options if program in PROGRAMS else ():
        folder, _ = take_option(arguments, option)
        directory = join_folder(directory, folder) if folder else directory
    reads, writes = _declared(program, arguments, directory)
    return Command(
        line=simple.line,
        program=program,
        target=target,
        arguments=arguments,
        job=context.job,
        trigger=context.trigger,
        schedule=context.schedule,
        reads=tuple(dict.fromkeys((*context.reads, *simple.reads, *reads))),
        writes=tuple(dict.fromkeys((*context.writes, *simple.writes, *writes))),
        directory=directory,
        settings=context.settings,
        parameters=context.parameters,
        reruns=context.reruns,
    )


def _run(program: str, words: tuple[str, ...]) -> tuple[str, str, tuple[str, ...]]:
    """(program, target, arguments), behind `python -m program` and for files that run themselves."""
    if program.endswith(".py"):
        return "python", words[0].removeprefix("./"), words[1:]
    if program.endswith((".sh", ".bash")):
        return "bash", words[0].removeprefix("./"), words[1:]
    if program == "coverage" and words[1:2] == ("run",):
        program, words = "python", words[1:]
    target, arguments = find_target(program, words[1:])
    if program == "python" and "-m" in words and (target in PROGRAMS or target in LAUNCHER_MODULES):
        inner = LAUNCHER_MODULES.get(target, target)
        return _run(inner, (inner, *arguments))
    if program == "accelerate" and arguments[:1] == ("launch",):
        arguments = arguments[1:]
    return program, target, arguments


def _declared(program: str, arguments: tuple[str, ...], directory: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paths that the program's own arguments name: the notebook that papermill writes."""
    if program != "papermill":
        return (), ()
    output = next((word for word in arguments if word.endswith(".ipynb")), "")
    return (), (join_folder(directory, output),) if output else ()


def _with_dvc_options(simple: Simple, context: Context) -> Context:
    """`dvc run -d needed -o made command` declares what a stage of dvc.yaml would."""
    pairs = list(pairwise(simple.words))
    needed = tuple(join_folder(simple.directory, path) for option, path in pairs if option in ("-d", "--deps"))
    made = tuple(join_folder(simple.directory, path) for option, path in pairs if option in DVC_OUTPUTS)
    name = next((value for option, value in pairs if option in ("-n", "--name")), context.job)
    return replace(context, job=name, trigger="stage", reads=needed, writes=made)


DVC_OUTPUTS = ("-o", "--outs", "-O", "--outs-no-cache", "-m", "--metrics", "-M", "--metrics-no-cache", "--plots")
LAUNCHER_MODULES: Mapping[str, str] = {
    "torch.distributed.launch": "torchrun",
    "torch.distributed.run": "torchrun",
    "accelerate.commands.launch": "accelerate",
    "streamlit.web.cli": "streamlit",
}

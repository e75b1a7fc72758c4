"""How programs name the file or module that they run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

SCRIPT = re.compile(r"(?i).*\.(?:py|ipynb|sh|bash|r|rmd|qmd|sql|scala|jl|js|ts|pl)")
APPLICATION = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_][\w.]*(?:\(.*\))?")
PYTHON = re.compile(r"(?:python|pypy)(?:\d[\d.]*)?(?:\.exe)?w?")


class Program(Struct, frozen=True):
    """`how` names the way to the target: python, script (the first word that is one), first (positional word),
    application (`module:name`), none. `verbs`: words that come before it. `valued`: options that take a value.
    `paired`: those that take two. `target_options`: options that hold the target; `folder_options`: those that hold
    the folder.
    """

    how: str = "script"
    verbs: tuple[str, ...] = ()
    valued: str = ""
    paired: str = ""
    target_options: tuple[str, ...] = ()
    folder_options: tuple[str, ...] = ()

    def values_of(self, option: str) -> int:
        """How many words behind an option belong to it."""
        return 1 if option in self.valued.split() else 2 if option in self.paired.split() else 0


SERVER = Program(
    "application",
    valued="-w --workers -b --bind -k --worker-class -t --timeout --host --port -p -c --config --log-level --threads "
    "--app-dir --chdir --env-file --reload-dir --log-config --access-logfile --error-logfile --interface --keep-alive",
    folder_options=("--app-dir", "--chdir"),
)
LAUNCHER = Program("python", valued="")
PROGRAMS: Mapping[str, Program] = {
    "python": Program("python", valued="-W -X"),
    "ipython": Program("python"),
    "papermill": Program(
        "first",
        valued="-k -f -y -b --kernel --cwd --parameters_file --parameters_yaml --parameters_base64",
        paired="-p -r --parameters --parameters_raw",
        folder_options=("--cwd",),
    ),
    "jupyter": Program(),
    "jupyter-nbconvert": Program(),
    "uvicorn": SERVER,
    "gunicorn": SERVER,
    "hypercorn": SERVER,
    "granian": SERVER,
    "daphne": SERVER,
    "waitress-serve": SERVER,
    "bentoml": SERVER,
    "flask": Program("none", target_options=("--app", "-A")),
    "celery": Program("none", target_options=("-A", "--app")),
    "streamlit": Program("script", verbs=("run",)),
    "chainlit": Program("script", verbs=("run",)),
    "fastapi": Program("script", verbs=("run", "dev")),
    "modal": Program("script"),
    "spark-submit": Program(
        "python",
        valued="--master --deploy-mode --name --conf -c --py-files --jars --packages --files --driver-memory --class "
        "--executor-memory --executor-cores --num-executors --total-executor-cores --queue --archives --repositories",
    ),
    "accelerate": LAUNCHER,
    "torchrun": LAUNCHER,
    "deepspeed": LAUNCHER,
    "psql": Program("none", target_options=("-f", "--file")),
    "dbt": Program("none"),
    "dvc": Program("none"),
    "make": Program("none"),
    "pytest": Program("none"),
    "bash": Program("first"),
    "sh": Program("first"),
    "zsh": Program("first"),
    "Rscript": Program("first"),
    "node": Program("first"),
}


def find_target(program: str, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """(target or "", the words that are its arguments)."""
    known = PROGRAMS.get(program, Program())
    for option in known.target_options:
        value, rest = take_option(words, option)
        if value:
            return module_of(value), rest
    finder = {"python": _python, "first": _first, "application": _application, "script": _script}.get(known.how)
    return finder(known, words) if finder else ("", words)


def take_option(words: tuple[str, ...], option: str) -> tuple[str, tuple[str, ...]]:
    """(value of an option or "", the words without it)."""
    for place, word in enumerate(words):
        if word == option and place + 1 < len(words):
            return words[place + 1], words[:place] + words[place + 2 :]
        if word.startswith(option + "="):
            return word.partition("=")[2], words[:place] + words[place + 1 :]
    return "", words


def module_of(application: str) -> str:
    """`app.main` of `app.main:app`; other names unchanged."""
    match = APPLICATION.fullmatch(application)
    return match[1] if match else application


def _python(known: Program, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for place, word in _positions(known, words):
        if word in ("-m", "--module") and place + 1 < len(words):
            return words[place + 1], words[place + 2 :]
        if word.startswith("-m") and len(word) > 2 and known is PROGRAMS["python"]:
            return word[2:], words[place + 1 :]
        if word in ("-c", "-") or (word.startswith("-c") and not word.startswith("--") and known.valued):
            return "", words[place:]
        if not word.startswith("-") and (known.valued or SCRIPT.fullmatch(word)):
            return _clean(word), words[place + 1 :]
    return "", words


def _first(known: Program, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for place, word in _positions(known, words):
        if not word.startswith("-"):
            return _clean(word), words[:place] + words[place + 1 :]
    return "", words


def _application(known: Program, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for place, word in _positions(known, words):
        if APPLICATION.fullmatch(word):
            return module_of(word), words[:place] + words[place + 1 :]
    return _first(known, words)


def _script(known: Program, words: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    for place, word in enumerate(words):
        if SCRIPT.fullmatch(word) and not word.startswith("-") and "://" not in word:
            rest = words[:place] + words[place + 1 :]
            return _clean(word), tuple(other for other in rest if other not in known.verbs)
    return "", words


def _positions(known: Program, words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Words with their places, without the values of options."""
    following = 0
    for place, word in enumerate(words):
        if place < following:
            continue
        following = place + 1 + known.values_of(word)
        if following == place + 1:
            yield place, word


def _clean(path: str) -> str:
    return path.removeprefix("./") or path

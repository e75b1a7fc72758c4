"""Code that waits for a person although a schedule, a stage or a workflow starts it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mldebt.evaluate.mains import is_main
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.graph.records import Prompt
from mldebt.graph.stages import Flow
from mldebt.read.facts import Expr, FileFacts
from mldebt.read.outline import dotted
from mldebt.sites import Site

CALLS = frozenset({"input", "raw_input", "getpass.getpass", "getpass", "click.prompt", "click.confirm", "typer.prompt",
                   "typer.confirm", "Prompt.ask", "Confirm.ask", "questionary.text"})  # fmt: skip
BREAKS = frozenset({"pdb.set_trace", "ipdb.set_trace", "breakpoint", "embed"})
_WORDS = (b"input", b"getpass", b"rompt", b"onfirm", b"questionary", b"set_trace", b"breakpoint", b"embed")
_STARTED = re.compile(r"(^|/)(dvc\.ya?ml|Snakefile|MLproject|crontab[^/]*|.*\.smk|.*\.cron)$|\.github/workflows/|"
                      r"\.gitlab-ci\.yml$|(^|/)(dags?|flows?|pipelines?)/")  # fmt: skip


def prompts(workspace: Workspace, trace: Trace, started: Mapping[str, set[Site]]) -> Iterator[Prompt]:
    """`started`: what production runs, by whom (`production_roots`)."""
    asking = {file: facts for file, facts in workspace.facts.items() if any(word in facts.packed for word in _WORDS)}
    if not asking:
        return
    flow: Flow | None = None
    seen: set[Site] = set()
    for file, roots in sorted(started.items()):
        root = next((site for site in sorted(roots) if _STARTED.search(site.file) and site.file != file), None)
        if root is None:
            continue
        flow = flow or Flow(workspace, trace)
        work = flow.work((file,))
        for other in sorted(work.files & asking.keys()):
            names = {scope.partition("@")[0] for scope in work.scopes if scope.startswith(f"{other}::")}
            for call, site in _asked(asking[other], other == file, names):
                if site not in seen:
                    seen.add(site)
                    yield Prompt(call, site, root)


def _asked(facts: FileFacts, started: bool, reached: set[str]) -> Iterator[tuple[str, Site]]:
    """What runs when the file is started, or imported: its top level, and the functions that are reached."""
    for statement in facts.body:
        if statement[0] in ("def", "class"):
            continue
        if started or not is_main(statement):
            yield from _in(facts, statement)
    for part in parts(facts.body):
        if is_statement(part) and part[0] == "def" and f"{facts.file}::{part[3]}" in reached:
            yield from _in(facts, part[6])


def _in(facts: FileFacts, code: Expr, guarded: bool = False) -> Iterator[tuple[str, Site]]:
    """The calls that are made in any case; in a condition or a loop of its own, something else may decide."""
    if not code:
        return
    if is_statement(code) and code[0] in ("def", "class", "while", "try"):
        return
    if is_statement(code) and code[0] == "if" and not is_main(code):
        return
    if code[0] in ("if", "bool", "lambda") and not is_statement(code):
        return
    if code[0] == "call" and len(code) == 6 and (name := dotted(code[1])) in CALLS | BREAKS:
        yield name, facts.site(code[4])
    for part in code:
        if type(part) is tuple:
            yield from _in(facts, part)

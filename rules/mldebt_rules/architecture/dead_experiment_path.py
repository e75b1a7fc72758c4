"""MLD404: work with data or models that a flag shuts off which nothing can turn, or that nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.dead_paths import dead_code, dead_flags
from mldebt.graph.records import DeadBranch, DeadCode, StuckFlag
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt_rules.wording import counted, listed


class DeadExperimentPath(Rule):
    code = "MLD404"
    name = "dead-experiment-path"
    severity = "medium"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for flag in dead_flags(graph):
            yield self._found(flag)
        for codes in dead_code(graph):
            yield self._unreached(codes)

    def _found(self, flag: StuckFlag) -> Finding:
        lines = sum(branch.code.end_line - branch.code.line + 1 for branch in flag.branches)
        subject = f"flag:{flag.file}::{_subject(flag)}"
        return self.finding(
            f"{_what(flag)}, so {counted(lines, 'line')} that {_work(flag, lines)} can never run. "
            f"No option, variable, {'file of' if not _is_setting(flag) else 'other file of'} settings or "
            f"{'other module' if not _is_setting(flag) else 'code'} changes that; it reads as if there were two "
            "versions of what the model is given, and every change has to be made in both.",
            subject=(subject,),
            locations=list(dict.fromkeys((flag.site, *(branch.condition for branch in flag.branches)))),
            path=list(_path(flag, subject)),
            evidence="likely" if _is_setting(flag) else "certain",
            help=_help(flag),
            effort_minutes=15 + 5 * len(flag.branches),
            properties={"flag": flag.name, "lines": lines},
        )

    def _unreached(self, codes: Sequence[DeadCode]) -> Finding:
        first, names = codes[0], [code.name for code in codes]
        subject = f"code:{first.file}"
        lines = sum(code.site.end_line - code.site.line + 1 for code in codes)
        what = f"{listed(names, 4)} in {first.file}" if first.name else f"The module {first.file}"
        verb, them = ("is", "it") if len(codes) == 1 else ("are", "them")
        return self.finding(
            f"{what} {verb} reached by nothing: no code, test, notebook, document or setting of the repository speaks "
            f"of {them}. {counted(lines, 'line')} that {_works(codes, lines)} look as if models or data came from "
            "there, and are changed with the rest.",
            subject=(subject,),
            locations=[code.site for code in codes],
            path=[Step(subject, f"{code.name or 'code'} {work.word}: `{work.call}`", work.site)
                  for code in codes for work in code.work[:2]],
            evidence="likely",
            help=f"Delete {them}; git keeps the code. If somebody calls {them} from outside, say so in the README, or "
            f"call {them} in a test.",
            effort_minutes=5 + 5 * len(codes),
            severity="low",
            properties={"functions": names, "lines": lines},
        )  # fmt: skip


def _works(codes: Sequence[DeadCode], lines: int) -> str:
    words: dict[str, str] = {}
    for code in codes:
        for work in code.work:
            words.setdefault(work.word, work.call)
    return _all([f"{word if lines == 1 else _plural(word)} (`{call}`)" for word, call in words.items()])


def _subject(flag: StuckFlag) -> str:
    """A condition that is written as a constant is known by what it shuts off."""
    if flag.name:
        return f"{flag.scope}.{flag.name}".lstrip(".")
    return f"{flag.scope}.{','.join(dict.fromkeys(work.call for work in flag.branches[0].work))}".lstrip(".")


def _what(flag: StuckFlag) -> str:
    if not flag.name:
        return f"A condition of {flag.file} is written as a constant"
    if _is_setting(flag):
        return f"`{flag.name}` is {flag.value} in {flag.file} as in the files of all other environments"
    return f"`{flag.name}` in {flag.file} is always {flag.value}"


def _is_setting(flag: StuckFlag) -> bool:
    return not flag.file.endswith((".py", ".ipynb"))


def _work(flag: StuckFlag, lines: int) -> str:
    words: dict[str, str] = {}
    for branch in flag.branches:
        for work in branch.work:
            words.setdefault(work.word, work.call)
    return _all([f"{word if lines == 1 else _plural(word)} (`{call}`)" for word, call in words.items()])


def _plural(word: str) -> str:
    verb, _, rest = word.partition(" ")
    return f"{verb.removesuffix('s')} {rest}".strip()


def _all(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _path(flag: StuckFlag, subject: str) -> Iterator[Step]:
    if flag.name:
        where = "in each environment" if _is_setting(flag) else "once and for all"
        yield Step(subject, f"`{flag.name}` is set to {flag.value}, {where}", flag.site)
    for branch in flag.branches:
        yield Step(subject, f"this condition {'always' if branch.holds else 'never'} holds", branch.condition)
        by_place = {(work.word, work.site): work for work in reversed(branch.work)}
        for work in [each for each in branch.work if each in by_place.values()][:2]:
            yield Step(subject, f"never {work.word}: `{work.call}`", work.site)


def _help(flag: StuckFlag) -> str:
    code = listed([_place(branch) for branch in flag.branches])
    name = f" and `{flag.name}` itself" if flag.name else ""
    return (
        f"Delete {code}{name}, then the functions and imports that only this code used; git keeps it. If the "
        "experiment is still open, make it an option (a command-line argument, a key of the configuration) and let a "
        "scheduled run or a test take it. A switch that people turn by hand says so on its line: "
        "# mldebt: ignore[MLD404] who turns it, and when."
    )


def _place(branch: DeadBranch) -> str:
    first, last = branch.code.line, branch.code.end_line
    return f"{branch.code.file}:{first}" + (f"-{last}" if last > first else "")

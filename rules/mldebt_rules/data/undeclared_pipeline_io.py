"""MLD210: a stage of a pipeline uses or makes what it doesn't declare."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from posixpath import basename, commonpath, dirname, relpath

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.claims import broken_claims
from mldebt.graph.questions.pipeline_io import (
    IN_CODE,
    Lacking,
    LackingCode,
    Undeclared,
    entry_of,
    holds,
    is_behind,
    undeclared_code,
    undeclared_io,
)
from mldebt.graph.records import Stage
from mldebt.rules.fix import SAFE, UNSAFE, Entries
from mldebt.rules.model import Finding, Fix, Rule, Settings, Step, certainty
from mldebt_rules.causes import by_cause
from mldebt_rules.data.claims import help_for, message
from mldebt_rules.data.stages_in_code import help_in_code, made_in_code, taken_in_code
from mldebt_rules.wording import listed, snippet

COMMANDS = {"dvc": "`dvc repro`", "snakemake": "`snakemake`", "make": "`make`"}
SOURCES = {"dvc": "deps", "snakemake": "input", "make": "prerequisites"}
PRODUCTS = {"dvc": "outs", "snakemake": "output", "make": "targets"}


class UndeclaredPipelineIO(Rule):
    code = "MLD210"
    name = "undeclared-pipeline-io"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for same in by_cause(undeclared_io(graph), _cause):
            yield self._data(same[0]) if len(same) == 1 else self._alike(same)
        for code in undeclared_code(graph):
            yield self._code(code)
        for claim in broken_claims(graph, "undeclared"):
            yield self.finding(
                message(claim),
                subject=[f"claim:{claim.site.file}::{claim.what}:{claim.owner}"],
                locations=list(dict.fromkeys((claim.site, *(site for _, site in claim.names)))),
                help=help_for(claim),
                effort_minutes=10,
                severity="medium" if claim.tool == "dbt" else None,
                properties={"undeclared": [name for name, _ in claim.names]},
            )

    def _data(self, lacking: Lacking) -> Finding:
        stage, items = lacking.stage, lacking.items
        taken = [item for item in items if item.kind != "writes"]
        made = [item for item in items if item.kind == "writes"]
        sentences = [*_taken(stage, taken), *_made(stage, made)]
        return self.finding(
            " ".join(sentences),
            subject=[stage.job],
            locations=[stage.site, *dict.fromkeys(place for item in items for place in item.places)],
            path=_steps(stage, items),
            evidence=certainty(weakest(touch.evidence for item in items for touch in item.touches)),
            help=_data_help(stage, taken, made),
            effort_minutes=10,
            properties={"undeclared": [item.name for item in items]},
            fixes=[_declared(stage, taken, made)] if stage.tool == "dvc" and _is_plain(stage, items) else (),
        )

    def _alike(self, same: list[Lacking]) -> Finding:
        """Stages of one file that use the same in the same place, and none declares it."""
        same = sorted(same, key=lambda lacking: lacking.stage.site)
        alike = [self._data(lacking) for lacking in same]
        stages, first = [entry_of(lacking.stage) for lacking in same], same[0]
        names = _used_by_any(same)
        what, those = ("changes", "it") if len(names) == 1 else ("change", "the first of them")
        changes = tuple(change for finding in alike for fix in finding.fixes for change in fix.changes)
        fixable = all(finding.fixes for finding in alike)
        return self.finding(
            f"{COMMANDS[first.stage.tool]} doesn't run {listed(stages, 4)} again when {listed(names, 4)} "
            f"{what}: {first.items[0].places[0]} uses {those}, and none of the stages declares "
            f"{'it' if len(names) == 1 else 'them'}.",
            subject=[lacking.stage.job for lacking in same],
            locations=list(dict.fromkeys(place for finding in alike for place in finding.locations)),
            path=alike[0].path,
            evidence=alike[0].evidence,
            help=f"{alike[0].help}\nThe same for {listed(stages[1:], 4)}.",
            effort_minutes=10 * len(same),
            properties=alike[0].properties,
            fixes=[Fix("Declare what the stages use", changes, SAFE)] if fixable else (),
        )

    def _code(self, lacking: LackingCode) -> Finding:
        names = sorted({file for _, files in lacking.stages for file, _ in files})
        stages = [entry_of(stage) for stage, _ in lacking.stages]
        them = "it runs and doesn't" if len(stages) == 1 else "they run and don't"
        return self.finding(
            f"`dvc repro` doesn't run {listed(stages)} again when {listed(names, 4)} "
            f"{'changes' if len(names) == 1 else 'change'}: code that {them} list. "
            "After a change there the old results stand, and DVC calls them up to date.",
            subject=[f"job:{lacking.file}"],
            locations=[stage.site for stage, _ in lacking.stages],
            path=_code_steps(lacking),
            severity="medium",
            help="List the code beside the data, or the folder that holds it:" + _code_snippet(lacking),
            effort_minutes=5 * len(stages),
            properties={"undeclared": names},
            fixes=[_listed(lacking)],
        )


def _cause(lacking: Lacking) -> Iterator[Hashable]:
    """What stages of one file lack alike: the same settings, or what they only use and nobody makes."""
    stage, items = lacking.stage, lacking.items
    if stage.tool == "dvc" and all(item.kind == "settings" for item in items):
        yield stage.site.file, tuple(sorted(item.name for item in items))
    elif stage.tool in IN_CODE or any(item.kind == "writes" or item.maker or item.keys for item in items):
        yield stage.job
    else:
        yield stage.site.file, tuple(sorted((item.name, item.places[0]) for item in items))


def _is_plain(stage: Stage, items: Sequence[Undeclared]) -> bool:
    """Whether all that is missing are files of the stage itself, no keys of parameters."""
    own = all(item.maker is None or holds(item.maker.writes, item.name) for item in items)
    return own and not any(_as_parameters(stage, item) for item in items)


def _declared(stage: Stage, taken: Sequence[Undeclared], made: Sequence[Undeclared]) -> Fix:
    """DVC deletes what is declared as made before it runs the stage, so that is for a person to say."""
    parts = (("deps", taken), ("outs", made))
    changes = tuple(_entries(stage, key, _folded([item.name for item in items])) for key, items in parts if items)
    return Fix(f"Declare what the stage `{entry_of(stage)}` uses and makes", changes, UNSAFE if made else SAFE)


def _listed(lacking: LackingCode) -> Fix:
    changes = tuple(_entries(stage, "deps", [file for file, _ in files]) for stage, files in lacking.stages)
    return Fix("List the code that the stages run", changes, SAFE)


def _entries(stage: Stage, key: str, names: Sequence[str]) -> Entries:
    return Entries(stage.site.file, ("stages", entry_of(stage), key), tuple(_from(stage, name) for name in names))


def _taken(stage: Stage, items: Sequence[Undeclared]) -> Iterator[str]:
    if not items:
        return
    if stage.tool in IN_CODE:
        yield from taken_in_code(stage, items)
        return
    name, place, names = entry_of(stage), items[0].places[0], _used(items)
    one = len(names) == 1
    yield (
        f"{COMMANDS[stage.tool]} doesn't run `{name}` again when {listed(names, 4)} {'changes' if one else 'change'}: "
        f"{place} uses {'it' if one else 'the first of them'}, and the stage doesn't declare {'it' if one else 'them'}."
    )
    makers = sorted({entry_of(item.maker) for item in items if item.maker and not is_behind(stage, item.maker)})
    if makers:
        yield f"Nor does it know that {listed(makers)} has to run before `{name}`."


def _used(items: Sequence[Undeclared]) -> list[str]:
    keys = [f"{key}` in `{item.name}" for item in items for key in _keys(item)]
    return [*_folded([item.name for item in items if not item.keys]), *keys]


def _used_by_any(same: Sequence[Lacking]) -> list[str]:
    """What the stages use, each once; of a file that one uses as a whole, no keys."""
    whole = {item.name for lacking in same for item in lacking.items if not item.keys}
    names = (name for lacking in same for name in _used(lacking.items))
    return list(dict.fromkeys(name for name in names if name.rpartition("` in `")[2] not in whole or name in whole))


def _made(stage: Stage, items: Sequence[Undeclared]) -> Iterator[str]:
    if not items:
        return
    if stage.tool in IN_CODE:
        yield made_in_code(stage, items)
        return
    them, are = ("it", "it is") if len(items) == 1 else ("them", "they are")
    lost = f"{are} not brought back with the other outputs, and " if stage.tool == "dvc" else ""
    yield (
        f"`{entry_of(stage)}` makes {listed(_folded([item.name for item in items]), 4)}, which it doesn't declare: "
        f"{lost}no stage can wait for {them}."
    )


def _folded(names: Sequence[str], most: int = 4) -> list[str]:
    """The names; in place of many that lie in one folder, the folder."""
    above = commonpath([dirname(name) for name in names]) if len(names) > most else ""
    return [f"{above}/"] if above else list(names)


def _steps(stage: Stage, items: Sequence[Undeclared]) -> tuple[Step, ...]:
    words = {"reads": "reads `{}`", "settings": "asks for a value of `{}`", "writes": "writes `{}`"}
    what = "task" if stage.tool == "luigi" else "node" if stage.tool == "kedro" else "stage"
    begin = Step(stage.job, f"{what} `{entry_of(stage)}` runs {listed(stage.runs[:3])}", stage.site)
    first = {item.places[0]: item for item in reversed(items)}
    shown = [item for item in items if first[item.places[0]] is item]
    return begin, *(Step(item.node.id, words[item.kind].format(item.name), item.places[0]) for item in shown)


def _code_steps(lacking: LackingCode) -> Iterator[Step]:
    for stage, files in lacking.stages:
        yield Step(stage.job, f"stage `{entry_of(stage)}`", stage.site)
        for file, site in files[:6]:
            yield Step(f"job:{file}", f"started: `{file}`" if file in stage.runs else f"imports `{file}`", site)


def _data_help(stage: Stage, taken: Sequence[Undeclared], made: Sequence[Undeclared]) -> str:
    sources = _folded([item.name for item in taken if not _as_parameters(stage, item)])
    products = _folded([item.name for item in made])
    if stage.tool in IN_CODE:
        return help_in_code(stage, taken, made)
    if stage.tool != "dvc":
        parts = [f"add {listed(names)} to its {where[stage.tool]}"
                 for names, where in ((sources, SOURCES), (products, PRODUCTS)) if names]  # fmt: skip
        return f"In `{entry_of(stage)}`, {' and '.join(parts)}."
    lines = [f"  {entry_of(stage)}:"]
    for key, names in (("deps", sources), ("outs", products)):
        lines += [f"    {key}:", *(f"      - {_from(stage, name)}" for name in names)] if names else []
    parameters = [item for item in taken if _as_parameters(stage, item)]
    lines += ["    params:"] if parameters else []
    for item in parameters:
        own = basename(item.name) == "params.yaml" and _from(stage, item.name) == "params.yaml"
        keys = _keys(item) or _sections(item)
        lines += [f"      - {key}" for key in keys] if own else [
            f"      - {_from(stage, item.name)}:", *(f"          - {key}" for key in keys)]  # fmt: skip
    for item in taken:
        if item.maker is not None and not holds(item.maker.writes, item.name):
            lines += [f"  {entry_of(item.maker)}:", "    outs:", f"      - {_from(item.maker, item.name)}"]
    return f"Add to the {'stage' if len(lines) < 5 else 'stages'}:" + snippet(*lines)


def _as_parameters(stage: Stage, item: Undeclared) -> bool:
    """DVC follows single keys of these files."""
    return item.kind == "settings" and item.name.endswith((".yaml", ".yml", ".json", ".toml", ".py"))


def _keys(item: Undeclared, most: int = 4) -> list[str]:
    """The keys that are not declared; the sections of many."""
    return list(item.keys) if len(item.keys) <= most else sorted({key.partition(".")[0] for key in item.keys})


def _sections(item: Undeclared) -> list[str]:
    keys = {touch.node.partition("#")[2] for touch in item.touches if touch.kind == "key"}
    return sorted({key.partition(".")[0] for key in keys})


def _from(stage: Stage, name: str) -> str:
    slash = "/" if name.endswith("/") else ""
    return relpath(name.rstrip("/"), stage.folder or ".") + slash


def _code_snippet(lacking: LackingCode) -> str:
    lines = []
    for stage, files in lacking.stages[:6]:
        lines += [f"  {entry_of(stage)}:", "    deps:", *(f"      - {_from(stage, file)}" for file, _ in files)]
    return snippet(*lines)

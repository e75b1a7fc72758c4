"""Features that several files compute with code of their own."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.duplicates import Duplicate, Duplicates, duplicate_features
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.sites import Site
from mldebt.terms import brief
from mldebt_rules.wording import counted, listed

SHOWN = 5


class DuplicateFeatureCode(Rule):
    code = "MLD407"
    name = "duplicate-feature-code"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in duplicate_features(graph):
            yield self._found(found)

    def _found(self, found: Duplicates) -> Finding:
        names = [one.names[0] for one in found.shared]
        sites = sorted({site for one in found.shared for site in one.sites}, key=lambda site: _rank(found, site))
        verb = "is" if len(names) == 1 else "are"
        return self.finding(
            f"{_what(names)} {verb} computed {counted(len(found.files), 'time')}, in {_files(found)}, by code of "
            f"their own. {_consequence(found)}",
            subject=[f"{node}#{one.names[0]}" for one in found.shared[:1] for node in one.nodes],
            locations=sites,
            path=[step for one in found.shared[:SHOWN] for step in _steps(one)],
            help=_help(found),
            effort_minutes=30 * len(found.files),
            severity="high" if found.is_skew else None,
            properties={"features": names},
        )


def _what(names: list[str]) -> str:
    """What is grouped and only named afterwards has one name for all that is computed."""
    different = list(dict.fromkeys(names))
    return listed(different, 4) if len(different) == len(names) else f"{len(names)} columns ({listed(different, 4)})"


def _rank(found: Duplicates, site: Site) -> tuple[object, ...]:
    """The pair that is most likely to part comes first."""
    return (found.pair.index(site.file) if site.file in found.pair else len(found.pair), site)


def _files(found: Duplicates) -> str:
    others = len(found.files) - len(found.pair)
    more = f" and {counted(others, 'more file')}" if others else ""
    return f"{found.pair[0]}, {found.pair[1]}{more}" if others else f"{found.pair[0]} and {found.pair[1]}"


def _consequence(found: Duplicates) -> str:
    if found.is_skew:
        return (
            "The copies still agree; the next edit of one of them makes training and serving compute different inputs."
        )
    return "The copies still agree; the next edit of one of them parts them."


def _steps(one: Duplicate) -> list[Step]:
    known = zip(one.sites, one.nodes, strict=True)
    return [Step(node, f"`{one.names[0]}` is {brief(one.term)}", site) for site, node in known]


def _help(found: Duplicates) -> str:
    first = found.shared[0]
    what = "it" if len(found.shared) == 1 else "them"
    return (
        f"Write {what} once, as a function of a module that these files import: "
        f"`def {_function(first.names[0])}(frame): ...`, moved from {first.sites[0].file}."
    )


def _function(name: str) -> str:
    plain = "".join(letter if letter.isalnum() else "_" for letter in name).strip("_").lower()
    return f"add_{plain}" if plain.isidentifier() else "add_features"

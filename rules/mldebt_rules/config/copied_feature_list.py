"""Lists of features that are typed again instead of imported."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.feature_lists import CopiedLists, Written, copied_feature_lists
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.rules.witness import described
from mldebt_rules.wording import counted, listed


class CopiedFeatureList(Rule):
    code = "MLD507"
    name = "copied-feature-list"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in copied_feature_lists(graph):
            yield self._found(found)

    def _found(self, found: CopiedLists) -> Finding:
        apart = found.only_somewhere
        return self.finding(
            f"{_headline(found)}. {_state(apart, bool(found.beside))}",
            subject=[*([found.owner.id] if found.owner else found.lists[0][0].names), *found.files],
            locations=found.places,
            path=dict.fromkeys(_step(found, one) for copies in found.lists for one in copies),
            help=_help(found),
            effort_minutes=20,
            severity="medium" if apart else None,
            properties={"only_somewhere": list(apart)},
        )


def _headline(found: CopiedLists) -> str:
    first, places = found.lists[0], counted(len(found.places), "place")
    whose = f" of {described(found.owner)}" if found.owner else ""
    what = f"The columns {listed(first[0].names, 4)}{whose}"
    if len(found.lists) > 1:
        what += f" and {counted(len(found.lists) - 1, 'more list')}"
    where = f"in {found.files[0]}" if len(found.files) == 1 else f"in {counted(len(found.files), 'file')}"
    return f"{what} are written out in {places} {where}"


def _state(apart: tuple[str, ...], beside: bool) -> str:
    if apart:
        verb = "is" if len(apart) == 1 else "are"
        return f"The copies are no longer the same: {listed(apart)} {verb} in some of them only."
    what = "The features among them" if beside else "They"
    return f"{what} are still the same; the next feature that is added to one of them parts them."


def _step(found: CopiedLists, one: Written) -> Step:
    about = found.owner.id if found.owner else f"job:{one.site.file}"
    return Step(about, f"{counted(len(one.names), 'name')}: {listed(one.names, 3)}", one.site)


def _help(found: CopiedLists) -> str:
    longest = max((copies[0] for copies in found.lists), key=lambda one: len(one.names))
    text = ", ".join(f'"{name}"' for name in longest.names[:12])
    names = f"[{text}]" if len(longest.names) <= 12 else f"[{text}, …]"
    if len(found.files) == 1:
        return f"Give the list one name at the top of {found.files[0]} and use it in each place: COLUMNS = {names}."
    return f"Write it once, in a module that training and serving import: COLUMNS = {names}. Import it everywhere else."

"""What is said of nodes of Kedro and tasks of Luigi that take or make data past their framework."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.questions.pipeline_io import Undeclared
from mldebt.graph.records import Stage
from mldebt_rules.wording import listed


def taken_in_code(stage: Stage, items: Sequence[Undeclared]) -> Iterator[str]:
    names, place = listed([item.name for item in items], 4), items[0].places[0]
    if stage.tool == "kedro":
        yield (
            f"The node `{stage.name}` reads {names} itself ({place}), past the catalog: {_it(items, 'is', 'are')} no "
            "input of the node, so no environment can put another one there, and the pipeline doesn't show the flow."
        )
    makers = sorted({item.maker.name for item in items if item.maker is not None})
    if stage.tool == "luigi":
        yield (
            f"The task `{stage.name}` reads {names} ({place}), which {listed(makers)} makes, and doesn't require it: "
            "Luigi may run it before that is there, or with what an earlier run has left."
        )
    elif makers:
        yield f"Nor does Kedro know that {listed(makers)} has to run before it."


def made_in_code(stage: Stage, items: Sequence[Undeclared]) -> str:
    names, place = listed([item.name for item in items], 4), items[0].places[0]
    if stage.tool == "kedro":
        return (
            f"The node `{stage.name}` writes {names} itself ({place}), past the catalog: {_it(items, 'is', 'are')} no "
            "output of the node, so no other node can take it and be run behind it."
        )
    return (
        f"The task `{stage.name}` writes {names} ({place}), which its `output()` doesn't name: Luigi calls the task "
        f"done without {_it(items, '', '').strip()}, and no task can require {_it(items, '', '').strip()}."
    )


def help_in_code(stage: Stage, taken: Sequence[Undeclared], made: Sequence[Undeclared]) -> str:
    items = (*taken, *made)
    names = listed([item.name for item in items], 4)
    if stage.tool == "kedro":
        sides = " and ".join(side for side, items in (("inputs", taken), ("outputs", made)) if items)
        return (
            f"Name the entry that {names} {'has' if len(items) == 1 else 'have'} in the catalog (a new one where there "
            f"is none) among the {sides} of `{stage.name}`, and let Kedro do it."
        )
    makers = sorted({item.maker.name for item in taken if item.maker is not None})
    parts = [f"yield {listed(makers)} from `requires()` and read self.input()"] if taken else []
    parts += [f"return a target for {listed([item.name for item in made], 4)} from `output()`"] if made else []
    return f"In `{stage.name}`, {', and '.join(parts)}."


def _it(items: Sequence[Undeclared], one: str, several: str) -> str:
    return f"it {one}" if len(items) == 1 else f"they {several}" if several else "them"

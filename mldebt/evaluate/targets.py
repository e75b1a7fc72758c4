"""Features that are the label, that are computed from it, or that it is computed from."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from mldebt.evaluate.frames import rows_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.terms_of import column_term
from mldebt.evaluate.values import MORE, ColumnRef, Frame, Instance, Model, options_of
from mldebt.sites import Site
from mldebt.terms import Term

SAME, COMPUTED, STATISTIC, SOURCE = "same", "computed", "statistic", "source"
"""The label is a feature; a feature is computed from it row by row; a feature is a statistic of it over several rows;
the label is computed from features."""
ALONG_TIME = frozenset({
    "shift", "diff", "pct_change", "rolling", "rolling_max", "rolling_mean", "rolling_min", "rolling_sum", "cumsum",
    "expanding", "ewm", "resample", "interpolate", "forward_fill", "backward_fill",
})  # fmt: skip
WINDOWS = frozenset({
    "diff", "pct_change", "rolling", "rolling_max", "rolling_mean", "rolling_min", "rolling_sum", "cumsum",
    "expanding", "ewm",
})  # fmt: skip
"""Those of them that look at the row itself, besides others."""
OVER_ROWS = frozenset({"over", "mean", "std", "var", "quantile", "percentile", "rank", "qcut", "nunique", "size"})
ACROSS = frozenset({"mean", "std", "var"})
"""Statistics that are taken of several columns in one row, too."""
TOLD = frozenset({"is_null", "is_not_null"})
MOST_LABELS, MOST_COLUMNS, MOST_STEPS = 3, 300, 200

Inside = tuple[str, str, str, str]
"""(feature, how, label, the groups or rows over which a statistic was taken)"""


def labels_inside(machine: Machine, model: Model, features: Iterable[Frame], label: Frame) -> tuple[Inside, ...]:
    """Where the label is found among the features of a model. Nothing is said of what can't be seen into."""
    label, features = _beside_keys(label), map(_beside_keys, features)
    named = [name for name in label.columns if name]
    if label.open or len(named) != len(label.columns) or not 0 < len(named) <= MOST_LABELS or _chooses(model):
        return ()
    found: list[Inside] = []
    for frame in features:
        seen_into = frame.form == "table" and not (frame.vague or MORE in frame.dropped)
        seen_into = seen_into and len(frame.columns) <= MOST_COLUMNS
        if seen_into and _one_table(machine, frame, label):
            for name in named:
                found += _inside(machine, frame, label, name)
    return tuple(dict.fromkeys(found))


def _beside_keys(frame: Frame) -> Frame:
    """The columns that a model is given: not those that became the names of the rows."""
    left = {name: refs for name, refs in frame.columns.items() if name not in frame.index} if frame.index else {}
    return frame.copy(columns=left) if left else frame


def _chooses(model: Model) -> bool:
    """Whether some step may take columns out of what the model is given."""
    if model.composite == "columns":
        return True
    steps = [option for _, step, _ in model.steps for option in options_of(step)]
    return any(isinstance(step, Instance) or (isinstance(step, Model) and _chooses_one(step)) for step in steps)


def _chooses_one(step: Model) -> bool:
    return step.family in ("function", "selector", "columns", "") or _chooses(step)


def _one_table(machine: Machine, frame: Frame, label: Frame) -> bool:
    """Whether both have the same rows: a label from elsewhere may be called like a feature."""
    return _rows(machine, frame.rows) == _rows(machine, label.rows)


def _rows(machine: Machine, rows: str) -> tuple[str, str]:
    known = machine.trace.rows.get(rows)
    return (known.split, known.part) if known is not None and known.split else (rows, "")


def _inside(machine: Machine, frame: Frame, label: Frame, name: str) -> list[Inside]:
    refs = label.columns[name]
    if len(refs) != 1:
        return []
    (target,) = refs
    if _how(told := column_term(machine, label, name)) != COMPUTED:
        return _from_ahead(machine, frame, name, told)
    same = [called for called in _called(frame, target) if _how(column_term(machine, frame, called)) == COMPUTED]
    if same:
        return [(called, SAME, name, "") for called in same]
    found: list[Inside] = []
    for feature, made_of in frame.columns.items():
        if len(made_of) == 1 and target in _ancestors(machine, made_of):
            (ref,) = made_of
            term = column_term(machine, frame, feature)
            how = _how_from(term, target[1]) if term is not None and target[1] in term.columns else STATISTIC
            rows = _taken_over(machine, ref) if how == STATISTIC else ""
            found += [(feature, how, name, rows)] if how == COMPUTED or rows else []
        elif made_of == {target} and _how(column_term(machine, frame, feature)) == STATISTIC:
            rows = _groups_beside(machine, frame.rows)
            found += [(feature, STATISTIC, name, rows)] if rows else []
    return found or _sources(machine, frame, label, name, target)


def _called(frame: Frame, target: ColumnRef) -> list[str]:
    """The features that are one column and nothing else."""
    owner, name = target
    whole = owner in frame.open and owner in frame.rest
    unlisted = whole and name not in frame.dropped and name not in frame.columns
    return [called for called, refs in frame.columns.items() if refs == {target}] + [name] * unlisted


def _ancestors(machine: Machine, refs: Iterable[ColumnRef]) -> set[ColumnRef]:
    """What the columns are made of, themselves left out."""
    seen: set[ColumnRef] = set()
    waiting = sorted(refs)
    while waiting and len(seen) < MOST_STEPS:
        known = machine.trace.columns.get(waiting.pop())
        new = sorted(set(known.parents if known is not None else ()) - seen)
        seen.update(new)
        waiting += new
    return seen


def _how(term: Term | None) -> str:
    """In which way a term is made of its columns; "" where that isn't known or rows before or after are looked at."""
    if term is None:
        return ""
    ops = {part.op for part in term.walk() if part.op not in ACROSS or len(part.args) < 2}
    if ops & ALONG_TIME or ops & TOLD:
        return ""
    return STATISTIC if ops & OVER_ROWS else COMPUTED


def _how_from(term: Term, name: str) -> str:
    """The same for a column among others: a window that ends with the row holds its own value."""
    return COMPUTED if _ends_here(term, name) else _how(term)


def _ends_here(term: Term, name: str) -> bool:
    """`rolling(7).mean()` of a column, not of the days before."""
    ops = {part.op for part in term.walk()}
    windows = [part for part in term.walk() if part.op in WINDOWS and name in part.columns]
    open_ended = any(part.setting("closed") in ('"left"', '"neither"') for part in windows)
    return bool(windows) and not open_ended and not ops & (ALONG_TIME - WINDOWS)


def _from_ahead(machine: Machine, frame: Frame, name: str, label: Term | None) -> list[Inside]:
    """The features that hold the later value which the label is made of: `close.shift(-1)` beside `rises`."""
    ahead = _looks_ahead(label)
    found = [(feature, _looks_ahead(column_term(machine, frame, feature))) for feature in frame.columns if ahead]
    return [(feature, SOURCE, name, "") for feature, seen in found if seen & ahead]


def _looks_ahead(term: Term | None) -> frozenset[Term]:
    """The later values that a term is computed of."""
    parts = term.walk() if term is not None else ()
    return frozenset(part for part in parts if part.op == "shift" and (part.setting("periods") or "").startswith("-"))


def _taken_over(machine: Machine, ref: ColumnRef) -> str:
    """The groups, or else the rows, over which a statistic was taken that a column brings; "" where none is seen."""
    owner, _ = ref
    known = machine.trace.columns.get(ref)
    if known is None:
        return ""
    for one in _sources_at(machine, owner, frozenset(known.sites)):
        rows = machine.trace.rows.get(rows_of(machine, one))
        if rows is not None and rows.operation == "group":
            return rows_of(machine, one)
    return rows_of(machine, owner) if _how(known.term) == STATISTIC else ""


def _groups_beside(machine: Machine, rows: str) -> str:
    """The groups that were set beside the rows of a frame: `df.merge(df.groupby("shop")["sold"].mean(), on="shop")`."""
    waiting = [rows]
    for one in waiting:
        known = machine.trace.rows.get(one)
        if known is not None and known.operation == "group":
            return one
        waiting += [up for up in (known.parents if known is not None else ()) if up not in waiting]
        if len(waiting) > MOST_STEPS:
            return ""
    return ""


def _sources_at(machine: Machine, node: str, sites: AbstractSet[Site]) -> list[str]:
    """The node and what comes into it by one statement, step by step."""
    seen, waiting = [node], [node]
    while waiting and len(seen) < MOST_STEPS:
        edges = machine.trace.into.get(waiting.pop(), ())
        new = dict.fromkeys(e.source for e in edges if e.kind == "DERIVES" and not sites.isdisjoint(e.sites))
        waiting += [one for one in new if one not in seen]
        seen += [one for one in new if one not in seen]
    return seen


def _sources(machine: Machine, frame: Frame, label: Frame, name: str, target: ColumnRef) -> list[Inside]:
    """The features of which the label is computed row by row, if all that it is made of are among them."""
    term = column_term(machine, label, name)
    if term is None or not term.columns:
        return []
    called = _called_behind(machine, frame, target)
    known = called is not None and set(called) == set(term.columns)
    return [(feature, SOURCE, name, "") for feature in called.values()] if called and known else []


def _called_behind(machine: Machine, frame: Frame, target: ColumnRef) -> dict[str, str] | None:
    """What the features are called that a column is made of, directly or by way of columns that are no features;
    None where something that it is made of is not among them.
    """
    found: dict[str, str] = {}
    seen, waiting = {target}, sorted(_made_of(machine, target))
    while waiting:
        ref = waiting.pop(0)
        if ref in seen:
            continue
        seen.add(ref)
        called, behind = _called(frame, ref), _made_of(machine, ref)
        if not called and not behind:
            return None
        if called:
            found[ref[1]] = called[0]
        else:
            waiting += sorted(behind)
    return found


def _made_of(machine: Machine, ref: ColumnRef) -> set[ColumnRef]:
    """The columns that a derived column is computed from."""
    known = machine.trace.columns.get(ref)
    return set(known.parents) - {ref} if known is not None and known.source == "derived" else set()

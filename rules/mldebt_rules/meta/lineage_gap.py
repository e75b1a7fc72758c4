"""MLD001: lineage stops at a dynamic or opaque construct in code that matters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph, Node, Unit
from mldebt.graph.questions.gaps import gaps_that_matter
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt_rules.wording import snippet


class LineageGap(Rule):
    code = "MLD001"
    name = "lineage-gap"
    severity = "low"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for unit, gaps in gaps_that_matter(graph):
            yield self.found(unit, gaps)

    def found(self, unit: Unit, gaps: Sequence[Node]) -> Finding:
        return self.finding(
            _message(unit, gaps),
            subject=(f"unit:{unit.file}",),
            locations=dict.fromkeys(min(gap.sites) for gap in gaps),
            path=[Step(gap.id, _told(gap), min(gap.sites)) for gap in gaps],
            help=_help(gaps),
            effort_minutes=5 * len(gaps),
        )


def _message(unit: Unit, gaps: Sequence[Node]) -> str:
    count = "one place" if len(gaps) == 1 else f"{len(gaps)} places"
    roles = _roles(unit)
    matters = f"is used to {roles}" if roles else "feeds stored data in production"
    return (
        f"Lineage stops at {count} in `{unit.file}`, which {matters}. "
        f"{'; '.join(f'line {_line(gap)}: {_told(gap)}' for gap in gaps[:5])}"
        f"{f'; and {len(gaps) - 5} more' if len(gaps) > 5 else ''}. "
        "Rules that claim that nothing reads or writes a thing stay silent where these could be it."
    )


def _roles(unit: Unit) -> str:
    verbs = {"train": "train", "serve": "serve", "score": "score"}
    return " and ".join(verb for role, verb in verbs.items() if role in unit.roles)


def _line(gap: Node) -> str:
    site = min(gap.sites)
    return str(site.line) if site.cell < 0 else f"{site.line} of cell {site.cell}"


def _told(gap: Node) -> str:
    return str(gap.attributes.get("detail") or gap.attributes.get("reason") or "not known").rstrip(".")


def _help(gaps: Sequence[Node]) -> str:
    """The cheapest repair for each kind of gap, commonest first."""
    counted = Counter(repair(gap) for gap in gaps)
    return "\n\n".join(text.strip() for text, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def repair(gap: Node) -> str:
    reason = str(gap.attributes.get("reason", "")).lower()
    return next((text for words, text in REPAIRS if any(word in reason for word in words)), NAME_IT)


NAME_IT = (
    "Give it a name that can be read without running the code: a constant, the default of an argument, or a key of a "
    'configuration file in the repository, for example `parser.add_argument("--data", default="data/train.parquet")`.'
)
REPAIRS = (
    (
        ("parameter",),
        "Give the parameter a default that names the usual place, or call the function from code that is scanned.",
    ),
    (
        ("listing", "loop"),
        'Name the pattern of the files: `glob("data/train/*.parquet")` with a constant folder.',
    ),
    (
        ("query", "table"),
        "Keep the text of the query where it can be read: a constant, or a .sql file in the repository that the code "
        "opens by its name; put values in as parameters, not as text.",
    ),
    (
        ("configuration", "key not found", "unknown key"),
        "Keep the configuration file, or one with the defaults, in the repository, so that its keys have values.",
    ),
    (
        ("environment",),
        "Give the environment variable a default that names the usual place: "
        '`os.environ.get("DATA_PATH", "data/train.parquet")`.',
    ),
    (
        ("import", "module", "unknown call", "unmodelled", "library", "unknown function"),
        "Put the imported code into what is scanned, or say what it does in a knowledge file named in mldebt.toml:"
        + snippet(
            'knowledge = ["mldebt-knowledge.toml"]', "", '["ourlib.load_orders"]', 'op = "read"', 'name = [0, "path"]'
        ),
    ),
    (
        ("schema", "column"),
        'Name the columns where they are read: `pd.read_parquet(path, columns=["user_id", "age"])`, or a list of '
        "columns in the SELECT.",
    ),
    (("syntax", "parse"), "Repair the syntax: code that can't be parsed can't be followed."),
)

"""What rules said of a graph is found again before it is linked, and only where they would say the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.graph.fingerprint import ONLY_GATHERED, encode
from mldebt.graph.positions import elsewhere, everywhere, moved, of_file, placed, position
from mldebt.graph.scan import Scan, linked, scan
from mldebt.project.cache import open_cache
from mldebt.rules.carried import carried
from mldebt.rules.fix import Edit, Fix, Keyword, NewFile
from mldebt.rules.model import Finding, Settings, Step
from mldebt.rules.plain import as_plain, from_plain
from mldebt.rules.registry import RegisteredRule, load_rules
from mldebt.rules.run import Outcome, run_rules
from mldebt.rules.said import Said
from mldebt.sites import Site
from tests.many import checked

TRAIN = """\
import joblib
import pandas as pd
from sklearn.linear_model import Ridge

from helpers import shown

orders = pd.read_csv("orders.csv", usecols=["age", "spend", "zip"])
shown(orders)
joblib.dump(Ridge().fit(orders[["age"]], orders["spend"]), "model.joblib")
"""
HELPERS = "def shown(table):\n    print(len(table))\n"
SETTINGS = Settings()


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.rules: tuple[RegisteredRule, ...] = load_rules()
        self.write("train.py", TRAIN)
        self.write("helpers.py", HELPERS)

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def said(self, settings: Settings = SETTINGS) -> tuple[Outcome | None, Outcome]:
        """What was said of the same before, and what the rules say; the next one finds that."""
        found = self.scan()
        with open_cache(self.root) as cache:
            assert cache is not None
            said = Said(cache, self.rules, settings, found.found)
            before, now = said.before(), run_rules(self.rules, found.graph, settings)
            said.keep(now)
        return before, now

    def scan(self) -> Scan:
        return scan(self.root)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def same(one: Outcome | None, other: Outcome) -> bool:
    return one is not None and one.findings == other.findings


def test_at_first_nothing_was_said(repository: Repository) -> None:
    before, now = repository.said()
    assert before is None
    assert "MLD203" in {finding.code for finding in now.findings}  # nobody uses the zip code


@pytest.mark.parametrize(
    "change",
    [
        HELPERS + "\nTRIES = 3\n",
        HELPERS.replace("print(len(table))", 'print("rows", len(table))'),
        "# helps\n" + HELPERS,
        HELPERS + "\n\ndef clean(name):\n    return name.strip()\n",
    ],
)
def test_a_change_that_no_answer_depends_on_leaves_it_as_it_was(repository: Repository, change: str) -> None:
    _, first = repository.said()
    repository.write("helpers.py", change)
    before, now = repository.said()
    assert same(before, first)
    assert same(before, now)


def test_a_word_that_the_graph_depends_on_makes_it_another_question(repository: Repository) -> None:
    repository.said()
    repository.write("helpers.py", HELPERS + "\n\ndef area(row):\n    return row.zip\n")
    before, now = repository.said()
    assert before is None
    assert "MLD203" not in {finding.code for finding in now.findings}
    repository.write("helpers.py", HELPERS)
    before, now = repository.said()
    assert same(before, now)
    assert "MLD203" in {finding.code for finding in now.findings}


def test_so_does_a_text_that_may_name_the_data(repository: Repository) -> None:
    repository.write("train.py", TRAIN + 'orders.to_parquet("archive_of_orders.parquet")\n')
    _, first = repository.said()
    repository.write("helpers.py", HELPERS + '\nBEFORE = "archive_of_orders"\n')
    before, now = repository.said()
    assert before is None
    assert {finding.code for finding in first.findings} - {finding.code for finding in now.findings} == {"MLD204"}


@pytest.mark.parametrize(
    "change",
    [
        lambda repository: repository.write("train.py", TRAIN.replace("age", "years")),
        lambda repository: repository.write("more.py", 'import pandas as pd\n\npd.read_csv("orders.csv")["zip"]\n'),
        lambda repository: repository.write("broken.py", "def (\n"),
        lambda repository: repository.write("run.sh", "python train.py\n"),
    ],
)
def test_what_the_evaluation_sees_elsewhere_does_too(
    repository: Repository, change: Callable[[Repository], None]
) -> None:
    repository.said()
    change(repository)
    assert repository.said()[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "\n" + TRAIN,
        "# trains\n\n" + TRAIN,
        TRAIN.replace("shown(orders)\n", 'shown(orders)\n\nprint("loaded", len(orders))\n'),
        "import os\n" + TRAIN + "\nprint(os.name)\n",
    ],
)
def test_lines_that_moved_leave_it_as_it_was_on_other_lines(repository: Repository, text: str) -> None:
    _, first = repository.said()
    repository.write("train.py", text)
    before, now = repository.said()
    assert same(before, now)
    assert not same(before, first) or text.index("orders =") == TRAIN.index("orders =")
    repository.write("train.py", TRAIN)
    assert same(repository.said()[0], first)


def test_so_do_cells_of_a_notebook(repository: Repository) -> None:
    def notebook(*cells: str) -> str:
        return json.dumps({"cells": [{"cell_type": "code", "source": cell, "metadata": {}} for cell in cells]})

    repository.write("explore.ipynb", notebook("import pandas as pd", TRAIN.replace("orders.csv", "visits.csv")))
    repository.said()
    repository.write("explore.ipynb", notebook("import pandas as pd", "1", "\n" + TRAIN.replace("orders", "visits")))
    repository.said()
    repository.write("explore.ipynb", notebook("import pandas as pd", TRAIN.replace("orders", "visits")))
    before, now = repository.said()
    assert same(before, now)


def test_statements_that_change_places_make_it_another_question(repository: Repository) -> None:
    both = 'orders.to_csv("a.csv")\norders.to_csv("b.csv")\n'
    repository.write("train.py", TRAIN + both)
    repository.said()
    repository.write("train.py", TRAIN + "".join(reversed(both.splitlines(keepends=True))))
    assert repository.said()[0] is None


@pytest.mark.parametrize(("message", "is_carried"), [("It is on line 3.", False), ("It is twice in a.py.", True)])
def test_what_speaks_of_lines_in_words_is_found_anew(message: str, is_carried: bool) -> None:
    finding = Finding("MLD203", "unused", message, "low", "certain", ("x",), (Site("a.py", 3, 4),))
    moves = {"a.py": {position(3, -1): position(5, -1), position(4, -1): position(7, -1)}}
    found = carried([as_plain(finding)], moves)
    assert (found is not None) == is_carried
    assert found is None or found[0].locations == (Site("a.py", 5, 7),)


def test_rules_of_others_may_count_lines(repository: Repository) -> None:
    class Counts(repository.rules[0].rule):  # type: ignore[misc, name-defined]
        pass

    repository.rules = (*repository.rules[1:], RegisteredRule(Counts, "elsewhere"))
    repository.said()
    repository.write("train.py", "\n" + TRAIN)
    assert repository.said()[0] is None


def test_other_settings_and_other_rules_are_other_questions(repository: Repository) -> None:
    repository.said()
    assert repository.said(Settings(options={"unused-input-column": {}}))[0] is None
    repository.rules = repository.rules[1:]
    assert repository.said()[0] is None


def test_of_rules_that_failed_nothing_is_kept(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> list[Finding]:
        raise ValueError("no")

    monkeypatch.setattr(repository.rules[0].rule, "check", fails)
    assert repository.said()[1].failures
    assert repository.said()[0] is None


SITES = st.builds(Site, st.text(max_size=8), st.integers(1, 99), st.integers(1, 99), st.integers(-1, 3))
CHANGES = st.one_of(
    st.builds(Keyword, SITES, st.text(max_size=4), st.text(max_size=4), st.text(max_size=4), st.booleans()),
    st.builds(NewFile, st.text(max_size=4), st.text(max_size=9)),
    st.builds(Edit, st.text(max_size=4), *[st.integers(1, 9)] * 4, st.text(max_size=4)),
)
TUPLES = st.lists(CHANGES, max_size=3).map(tuple)
VALUES = st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.none(), st.lists(st.text(max_size=3)))
FINDINGS = st.builds(
    Finding,
    code=st.text(max_size=6),
    rule=st.text(max_size=6),
    message=st.text(max_size=20),
    severity=st.text(max_size=4),
    evidence=st.text(max_size=4),
    subject=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    locations=st.lists(SITES, max_size=3).map(tuple),
    path=st.lists(st.builds(Step, st.text(max_size=4), st.text(max_size=4), st.none() | SITES), max_size=3).map(tuple),
    properties=st.dictionaries(st.text(max_size=4), VALUES, max_size=3),
    fixes=st.lists(st.builds(Fix, st.text(max_size=4), TUPLES), max_size=2).map(tuple),
)


@given(FINDINGS)
@checked()
def test_findings_come_back_as_they_were(finding: Finding) -> None:
    assert from_plain(as_plain(finding)) == finding


def test_what_is_not_plain_is_not_kept() -> None:
    with pytest.raises(TypeError):
        as_plain({"a": object()})


PLACES = st.builds(
    Site,
    st.sampled_from(("a.py", "b.py", "données.py", "x" * 40)),
    st.integers(1, 400),
    st.integers(1, 70_000),
    st.integers(-1, 200),
)


@given(st.lists(st.tuples(PLACES, st.text(max_size=3), st.integers(0, 300))), st.sampled_from(("a.py", "x" * 40)))
@checked()
def test_places_are_found_and_put_elsewhere(data: list[tuple[Site, str, int]], file: str) -> None:
    part = encode(data)
    own = [site for site, *_ in data if site.file == file]
    found = of_file([part], file)
    assert found == tuple(sorted({position(line, site.cell) for site in own for line in (site.line, site.end_line)}))
    assert everywhere([part], {file}).get(file, ()) == found
    to = {each: position(placed(each)[0] * 2, placed(each)[1]) for each in found}
    other = encode([(elsewhere(site, to) if site.file == file else site, *more) for site, *more in data])
    assert moved(part, file, to) == other
    assert moved(other, file, {there: here for here, there in to.items()}) == part


def test_an_edit_stays_where_it_is() -> None:
    kept = [as_plain(Edit("a.py", 3, 1, 3, 2, "x"))]
    with pytest.raises(KeyError):
        carried(kept, {"a.py": {position(9, -1): position(8, -1)}})
    assert carried(kept, {"b.py": {}}) is not None


STANDS = """
import sys
from pathlib import Path
from mldebt.graph.fingerprint import encoded, fingerprint
from mldebt.graph.scan import scan

print([fingerprint(part).hex() for part in encoded(scan(Path(sys.argv[1]), use_cache=False).found)])
"""


def test_what_stands_for_a_graph_does_not_hang_on_how_sets_are_laid_out(repository: Repository) -> None:
    repository.write("bad.sql", "create table bad as select wind + snow + rain + heat as bad from weather;\n")
    repository.write("dbt_project.yml", "name: taxi\nmodel-paths: [models]\n")
    (repository.root / "models").mkdir()
    repository.write("models/w.sql", "select wind + snow + rain + heat as bad from {{ ref('weather') }}\n")
    said = {
        subprocess.run(
            [sys.executable, "-c", STANDS, str(repository.root)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in "1234"
    }
    assert len(said) == 1


def test_linking_looks_at_nothing_that_its_fingerprint_leaves_out(repository: Repository) -> None:
    found = repository.scan().found
    for name in ONLY_GATHERED:
        delattr(found.trace, name)
    assert linked(found).edges

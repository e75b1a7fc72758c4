import pytest

from mldebt_rules.architecture.prototype_on_production_path import PrototypeOnProductionPath
from tests.rules.sketch import Sketch


def test_a_scheduled_notebook_is_found_where_it_is_scheduled():
    sketch = Sketch()
    sketch.unit("notebooks/exploration_final2.ipynb", "train", kind="notebook", roots="dags/train.py:14")
    [finding] = sketch.ask(PrototypeOnProductionPath)
    assert finding.headline == (
        "Production depends on the prototype notebooks/exploration_final2.ipynb: dags/train.py:14 runs it."
    )
    assert [str(site) for site in finding.locations] == ["dags/train.py:14", "notebooks/exploration_final2.ipynb#0:1"]
    assert finding.severity == "high"


@pytest.mark.parametrize(
    "file",
    ["scratch/features.py", "jobs/train_v2_final.py", "jobs/score_final2.py", "tmp_fix.py", "experiments/train.py",
     "jobs/train-Copy1.py", "untitled3.py"],
)  # fmt: skip
def test_drafts_are_known_by_folder_or_name(file):
    sketch = Sketch()
    sketch.unit(file, "score", roots="dvc.yaml:3")
    assert len(sketch.ask(PrototypeOnProductionPath)) == 1


@pytest.mark.parametrize(
    "file", ["jobs/train.py", "jobs/semi_final.py", "jobs/copy_tables.py", "jobs/finalize.py", "experiment_config.py"]
)
def test_ordinary_names_stay_silent(file):
    sketch = Sketch()
    sketch.unit(file, "score", roots="dvc.yaml:3")
    assert sketch.ask(PrototypeOnProductionPath) == []


def test_what_nothing_runs_and_what_only_shows_stays_silent():
    sketch = Sketch()
    sketch.unit("notebooks/eda.ipynb", "explore", kind="notebook")
    sketch.unit("notebooks/tour.ipynb", "example", kind="notebook", roots="docs.yml:3")
    assert sketch.ask(PrototypeOnProductionPath) == []


def test_a_tested_notebook_is_a_note():
    sketch = Sketch()
    sketch.unit("notebooks/report.ipynb", "score", "test", kind="notebook", roots="crontab:1")
    [finding] = sketch.ask(PrototypeOnProductionPath)
    assert finding.severity == "low"


def test_an_import_of_scratch_code_names_the_importer():
    sketch = Sketch()
    sketch.unit("app/api.py", "serve", roots="Dockerfile:6", imports=["scratch/features.py"])
    sketch.unit("scratch/features.py", "library", roots="Dockerfile:6")
    [finding] = sketch.ask(PrototypeOnProductionPath)
    assert "app/api.py imports it and runs from Dockerfile:6" in finding.headline


def test_the_path_names_every_import_from_what_is_run_to_the_prototype():
    sketch = Sketch()
    sketch.unit("app/api.py", "serve", roots="Dockerfile:6", imports=["app/features.py"])
    sketch.unit("app/features.py", "library", roots="Dockerfile:6 jobs.yml:2", imports=["scratch/geo.py"])
    sketch.unit("jobs/nightly.py", "score", roots="jobs.yml:2", imports=["app/features.py"])
    sketch.unit("scratch/geo.py", "library", roots="Dockerfile:6 jobs.yml:2")
    [finding] = sketch.ask(PrototypeOnProductionPath)
    assert [str(step.site) for step in finding.path] == [
        "Dockerfile:6", "app/api.py:1", "app/features.py:1", "scratch/geo.py:1",
    ]  # fmt: skip
    assert [step.note for step in finding.path[1:3]] == ["imports app/features.py", "imports scratch/geo.py"]


def test_what_a_prototype_imports_is_not_reported_again():
    sketch = Sketch()
    sketch.unit("notebooks/nightly.ipynb", "train", kind="notebook", roots="crontab:1", imports=["scratch/features.py"])
    sketch.unit("scratch/features.py", "library", roots="crontab:1")
    [finding] = sketch.ask(PrototypeOnProductionPath)
    assert "nightly.ipynb" in finding.headline

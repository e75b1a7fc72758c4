from mldebt.graph.model import Coverage, Graph, Node
from mldebt.graph.records import Stage, Touch
from mldebt.rules.model import Finding, Settings
from mldebt_rules.data.undeclared_pipeline_io import UndeclaredPipelineIO
from tests.rules.sketch import at


def stage(name: str, **facts: object) -> Stage:
    return Stage(job=f"job:dvc.yaml::{name}", name=name, tool="dvc", site=at(f"dvc.yaml:{len(name)}"), **facts)


def reading(*names: str, **facts: object) -> Stage:
    touches = tuple(Touch(f"dataset:{name}", "reads", at("judge.py:4"), "resolved") for name in names)
    return stage("judge", runs=("judge.py",), touches=touches, **{"reads": ("judge.py",), **facts})


def found(judge: Stage, *others: Stage) -> Finding:
    names = {touch.node for one in (judge, *others) for touch in one.touches}
    nodes = [Node(name, "dataset", name.partition(":")[2], (), (), {"store": "file"}) for name in sorted(names)]
    graph = Graph(nodes, [], stages=[judge, *others], coverage=Coverage(files=3))
    [finding] = UndeclaredPipelineIO().check(graph, Settings())
    return finding


MAKER = stage("make", runs=("make.py",), reads=("make.py",), writes=("data/rows.csv", "data/manifest.json"))


def test_the_order_of_stages_is_missing_where_nothing_else_tells_it():
    finding = found(reading("data/rows.csv"), MAKER)
    assert "Nor does it know that `make` has to run before `judge`." in finding.message


def test_what_another_output_orders_is_ordered():
    finding = found(reading("data/rows.csv", reads=("judge.py", "data/manifest.json")), MAKER)
    assert "Nor does it know" not in finding.message


def test_of_several_folders_that_are_looked_into_the_one_that_is_made_counts():
    write = Touch("dataset:old/rows.csv", "writes", at("make.py:4"), "resolved")
    maker = stage("make", runs=("make.py",), reads=("make.py",), writes=("data/rows.csv",), touches=(write,))
    finding = found(reading("data/rows.csv", "old/rows.csv"), maker)
    assert finding.properties["undeclared"] == ["data/rows.csv"]

from mldebt.graph.model import Graph, Unit
from mldebt.graph.questions.systems import Systems
from mldebt.graph.records import Environment

TRAINING, SERVICE = "training/train.py", "service/app.py"


def together(*folders: str) -> list[tuple[str, ...]]:
    units = {file: Unit(file, "script", frozenset(), True) for file in (TRAINING, SERVICE)}
    environments = tuple(Environment(folder, files=(f"{folder}/requirements.txt",)) for folder in folders)
    return Systems(Graph([], [], units=units, environments=environments)).together([TRAINING, SERVICE])


def test_what_is_installed_together_belongs_together() -> None:
    assert together(".") == [(SERVICE, TRAINING)]


def test_each_part_with_an_environment_of_its_own_stands_alone() -> None:
    assert together(".", "service") == [(SERVICE,), (TRAINING,)]


def test_an_environment_around_a_collection_ties_nothing() -> None:
    assert together(".", *(f"examples/{number}" for number in range(12))) == [(SERVICE,), (TRAINING,)]

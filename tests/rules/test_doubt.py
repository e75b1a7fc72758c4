from mldebt.graph.questions.doubt import is_outdone
from tests.rules.sketch import Sketch


def trained(*evidence: str):
    sketch = Sketch()
    for number, how in enumerate(evidence):
        sketch.edge(f"frame:rows{number}", "model:forest", "TRAINS_ON", "search.py:12", how)
    graph = sketch.graph()
    return [is_outdone(graph, edge) for edge in graph.into("model:forest", "TRAINS_ON")]


def test_what_is_guessed_of_a_line_gives_way_to_what_is_known_of_it():
    assert sorted(trained("guessed", "resolved")) == [False, True]


def test_a_guess_stands_where_nothing_better_is_known():
    assert trained("guessed") == [False]

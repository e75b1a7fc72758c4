"""What loops change is not known in their rounds, and decides nothing there."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

START = "import pandas as pd\nfrom elsewhere import batches\n"


@pytest.mark.parametrize(
    "loop",
    [
        "n = 0\nfor part in batches():\n    n += 1\n    if n % 100 == 0:\n        SAVE",
        "n = 0\nwhile True:\n    n = n + 1\n    if n == 7:\n        SAVE\n        break",
        "first = True\nfor part in batches():\n    if first:\n        first = False\n    else:\n        SAVE",
        "done = False\nwhile not done:\n    done = batches()\nif done:\n    SAVE",
        "found = False\nfor part in batches():\n    if part.x:\n        found = True\nif not found:\n    SAVE",
        "n = 0\nfor part in batches():\n    n += 1\nif n == 0:\n    SAVE",
        "best = None\nfor part in batches():\n    if best is None:\n        best = part\n    else:\n        SAVE",
        "a, b = 0, 1\nfor part in batches():\n    a, b = b, a\n    if a == 1:\n        SAVE",
        "n = 0\nfor x in batches():\n    with open(x) as h:\n        n += 1\n    if n == 3:\n        SAVE",
    ],
)
def test_what_happens_in_a_later_round_is_seen(loop: str, graph_of: GraphOf) -> None:
    program = loop.replace("SAVE", "pd.read_csv('in.csv').to_csv('out.csv')")
    assert graph_of(START + program + "\n").writes() == {"out.csv"}


def test_a_number_that_rounds_change_is_an_unknown_part_of_a_name(graph_of: GraphOf) -> None:
    program = "n = 0\nfor part in batches():\n    pd.DataFrame(part).to_csv(f'out/part_{n}.csv')\n    n += 1\n"
    assert graph_of(START + program).writes() == {"out/part_{n}.csv"}


def test_a_counter_on_an_object_is_not_known_in_its_loop(graph_of: GraphOf) -> None:
    program = """\
        import pandas as pd
        from elsewhere import batches

        class Saver:
            def __init__(self):
                self.count = 0

            def run(self):
                for part in batches():
                    self.count += 1
                    if self.count == 10:
                        pd.read_csv("in.csv").to_csv("out.csv")

        Saver().run()
        """
    assert graph_of(program).writes() == {"out.csv"}


def test_rounds_over_known_items_stay_exact(graph_of: GraphOf) -> None:
    program = "n = 0\nfor name in ['a', 'b']:\n    pd.read_csv(f'{name}.csv').to_csv(f'out/{n}.csv')\n    n += 1\n"
    assert graph_of(START + program).writes() == {"out/0.csv", "out/1.csv"}


def test_a_default_of_nothing_is_not_all_that_unknown_settings_hold(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        import yaml
        settings = yaml.safe_load(open("settings/elsewhere.yaml"))
        for name in settings.get("tables", []):
            pd.read_csv(f"data/{name}.csv")
    """
    assert graph_of(program).reads() == {"data/{name}.csv"}

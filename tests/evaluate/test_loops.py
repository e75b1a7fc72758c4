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
        "some = []\nfor part in batches():\n    some.append(part)\n    if len(some) == 9:\n        SAVE",
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


def test_a_buffer_that_calls_fill_one_after_the_other_may_be_full(graph_of: GraphOf) -> None:
    program = """\
        import pandas as pd
        from elsewhere import batches

        class Buffer:
            def __init__(self):
                self.kept = []

            def put(self, part):
                self.kept.append(part)
                if len(self.kept) == 100:
                    pd.read_csv("in.csv").to_csv("out.csv")

        buffer = Buffer()
        for part in batches():
            buffer.put(part)
        """
    assert graph_of(program).writes() == {"out.csv"}


def test_the_length_of_a_list_is_known_where_it_was_made(graph_of: GraphOf) -> None:
    program = "kept = []\nkept.append('a')\nkept.append('b')\nif len(kept) == 3:\n    SAVE\n"
    assert not graph_of(START + program.replace("SAVE", "pd.read_csv('in.csv').to_csv('out.csv')")).writes()


STATES = """\
    import pandas as pd
    from elsewhere import batches

    class Watch:
        def __init__(self):
            self.waiting = None

        def arm(self, part):
            self.waiting = part.number

        def act(self):
            if TEST:
                return
            pd.read_csv("in.csv").to_csv("out.csv")

        def run(self):
            LOOP
                self.act()
                self.arm(part)

    Watch().run()
    """


@pytest.mark.parametrize("test", ["self.waiting is None", "not self.waiting"])
def test_another_method_may_have_set_a_field_in_an_earlier_round(test: str, graph_of: GraphOf) -> None:
    program = STATES.replace("TEST", test)
    assert graph_of(program.replace("LOOP", "for part in batches():")).writes() == {"out.csv"}
    assert not graph_of(program.replace("LOOP", "for part in [batches()]:")).writes()


@pytest.mark.parametrize("found", ["codes[letter]", "codes.get(letter)", "codes.get(letter, 0)"])
def test_a_number_that_is_looked_up_for_data_comes_from_the_data(found: str, graph_of: GraphOf) -> None:
    program = f"""
        import joblib, pandas as pd
        codes = {{}}
        for number, letter in enumerate(open("letters.txt").read()):
            codes[letter] = number
        words = pd.read_csv("words.csv")["word"]
        rows = [[{found} for letter in word] for word in words]
        pd.DataFrame(joblib.load("m.pkl").predict(rows)).to_csv("out.csv")
        """
    assert graph_of(program).flows("words.csv", "out.csv")


@pytest.mark.parametrize(
    "asked", ["list(truth.keys())", "[user for user in truth]", "[user for user, _ in truth.items()]", "sorted(truth)"]
)
def test_the_keys_of_what_groups_fill_come_from_the_data(asked: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"""
import numpy as np
import pandas as pd
truth = {{}}
for user, group in pd.read_csv("clicks.csv").groupby("user"):
    truth[user] = set(group["item"])
np.save("users.npy", np.array({asked}))
""")
    assert seen.flows("clicks.csv", "users.npy")

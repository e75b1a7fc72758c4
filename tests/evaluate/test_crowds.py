"""Programs that run the same lines in very many ways: fewer of them are followed, and none is lost."""

from __future__ import annotations

from tests.evaluate.small import GraphOf

STEPS = "\n".join(f"    df['c{step}'] = df['x'] * {step} + other['x']" for step in range(12))
HELPERS = "\n\n".join(f"def prepare_{number}(df, other, how):\n{STEPS}\n    return df" for number in range(40))
WAYS = "\n".join(
    f"made = prepare_{number}(pd.read_csv('in_{way}.csv'), pd.read_csv('more.csv'), '{way}')\n"
    f"made.to_csv('out/{number}_{way}.csv')"
    for way in range(10)
    for number in range(40)
)
PLACE = "\n\ndef place(name):\n    return 'out/' + name + '.csv'\n"


def test_what_is_followed_in_many_ways_leaves_a_bounded_graph_and_every_name(graph_of: GraphOf) -> None:
    main = f"import pandas as pd\nfrom helpers import *\n\n{WAYS}\nmade.to_csv(place('last'))\n"
    seen = graph_of({"main.py": main, "helpers.py": HELPERS + PLACE})
    assert seen.writes() == {"out/last.csv"} | {f"out/{number}_{way}.csv" for way in range(10) for number in range(40)}
    assert len(seen.graph.nodes) < 5_000, "all ways would leave more than 10,000 nodes"
    assert not [edge for edge in seen.graph.edges_of_kind("WRITES") if not seen.graph.into(edge.source)]


def test_what_is_made_of_many_steps_is_tied_to_the_last_of_them(graph_of: GraphOf) -> None:
    steps = "\n".join(f"kept.append(df)\ndf = df.merge(pd.read_csv('more_{step}.csv'))" for step in range(30))
    program = f"import pandas as pd\nfrom elsewhere import packed\nkept = []\ndf = pd.read_csv('in.csv')\n{steps}\n"
    seen = graph_of(program + "pd.DataFrame(packed(kept, df)).to_csv('out.csv')\n")
    (edge,) = seen.writing("out.csv")
    assert len(seen.graph.into(edge.source, "DERIVES")) == 1
    assert all(seen.flows(name, "out.csv") for name in ("in.csv", *(f"more_{step}.csv" for step in range(30))))

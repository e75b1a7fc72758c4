"""Random programs are run and evaluated: the graph has the reads, writes and columns that really happen.

`MLDEBT_PROGRAMS=10000` makes so many of them, new ones each time.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from tests.many import checked
from tests.programs.comparing import disagreements
from tests.programs.making import make_program
from tests.programs.writing import Program

CHECKED = checked()


@st.composite
def programs(draw: st.DrawFn) -> Program:
    return make_program(lambda options: draw(st.sampled_from(options)))


@CHECKED
@given(programs())
def test_the_graph_of_a_program_says_what_its_run_does(program: Program) -> None:
    with TemporaryDirectory() as folder:
        found = disagreements(Path(folder).resolve(), program)
    assert found == [], "\n\n".join(f"# {name}\n{text}" for name, text in program.files().items())

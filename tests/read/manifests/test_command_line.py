"""What a command line runs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.read.facts import Command
from mldebt.read.manifests import parse_command_line


def one(text: str) -> Command:
    (command,) = parse_command_line(text, 1)
    return command


@pytest.mark.parametrize(
    ("text", "program", "target", "arguments"),
    [
        ("python train.py --x 1", "python", "train.py", ("--x", "1")),
        ("python3.11 -u ./src/train.py", "python", "src/train.py", ()),
        ("/usr/bin/python3 -m churn.train --x 1", "python", "churn.train", ("--x", "1")),
        ("./score.py a", "python", "score.py", ("a",)),
        ("./run.sh a", "bash", "run.sh", ("a",)),
        ("python -c 'print(1)'", "python", "", ("-c", "print(1)")),
        ("poetry run python x.py", "python", "x.py", ()),
        ("uv run --with pandas x.py", "python", "x.py", ()),
        ("uv run python -m a.b", "python", "a.b", ()),
        ("pipenv run python x.py", "python", "x.py", ()),
        ("conda run -n env python x.py", "python", "x.py", ()),
        ("nohup nice -n 5 env A=b python x.py &", "python", "x.py", ()),
        ("papermill in.ipynb out/o.ipynb -p a 1", "papermill", "in.ipynb", ("out/o.ipynb", "-p", "a", "1")),
        ("papermill -p a 1 in.ipynb o.ipynb", "papermill", "in.ipynb", ("-p", "a", "1", "o.ipynb")),
        ("python -m papermill in.ipynb o.ipynb", "papermill", "in.ipynb", ("o.ipynb",)),
        ("jupyter nbconvert --execute nb/x.ipynb", "jupyter", "nb/x.ipynb", ("nbconvert", "--execute")),
        ("uvicorn app.main:app --port 80", "uvicorn", "app.main", ("--port", "80")),
        ("gunicorn -w 4 -k uvicorn.workers.UvicornWorker app:create_app()", "gunicorn", "app", None),
        ("flask --app svc run", "flask", "svc", ("run",)),
        ("FLASK_APP=api/app.py flask run", "flask", "api/app.py", ("run",)),
        ("streamlit run dash/app.py -- --x", "streamlit", "dash/app.py", ("--", "--x")),
        ("spark-submit --master yarn --conf a=b job.py --date d", "spark-submit", "job.py", ("--date", "d")),
        ("accelerate launch --num_processes 2 train.py --lr 1", "accelerate", "train.py", ("--lr", "1")),
        ("torchrun --nproc_per_node 2 -m pkg.train x", "torchrun", "pkg.train", ("x",)),
        ("python -m torch.distributed.launch --nproc_per_node=2 t.py", "torchrun", "t.py", ()),
        ("celery -A proj.tasks worker", "celery", "proj.tasks", ("worker",)),
        ("docker compose exec -T api python -m x", "python", "x", ()),
        ("docker run --rm -v a:/b -e X=1 image:tag python x.py", "python", "x.py", ()),
        ("psql -h db -f sql/a.sql", "psql", "sql/a.sql", ("-h", "db")),
        ("psql < b.sql", "psql", "b.sql", ()),
        ("dbt run --select x", "dbt", "", ("run", "--select", "x")),
    ],
)  # fmt: skip
def test_program_target_and_arguments(text: str, program: str, target: str, arguments: tuple[str, ...] | None) -> None:
    command = one(text)
    assert (command.program, command.target) == (program, target)
    assert arguments is None or command.arguments == arguments


def test_changed_folder_holds_for_what_follows() -> None:
    commands = parse_command_line("cd src && python a.py; (cd b && python c.py); python d.py", 1, directory="root")
    assert [(c.target, c.directory) for c in commands] == [
        ("a.py", "root/src"),
        ("c.py", "root/src/b"),
        ("d.py", "root/src"),
    ]


def test_application_folder_of_a_server() -> None:
    assert one("uvicorn main:app --app-dir src").directory == "src"


def test_redirections_are_files_and_no_arguments() -> None:
    command = one("python x.py < in.csv > out/o.csv 2> /dev/null")
    assert (command.arguments, command.reads, command.writes) == ((), ("in.csv",), ("out/o.csv",))


def test_papermill_writes_its_output() -> None:
    assert one("cd nb && papermill a.ipynb b.ipynb").writes == ("nb/b.ipynb",)


def test_known_variables_are_filled_in_and_unknown_ones_become_holes() -> None:
    command = parse_command_line("OUT=data; python ${SCRIPT:-a.py} $OUT/x.csv --day $DAY --now $(date +%F)", 1)[0]
    assert command.target == "a.py"
    assert command.arguments == ("data/x.csv", "--day", "{DAY}", "--now", "{date}")


def test_a_default_that_is_set_where_a_variable_has_none_stays() -> None:
    text = 'DAY=monday\n: "${FOLDER:=data}" ${FILE=$FOLDER/x.csv} ${DAY:=friday}\npython a.py $FILE $DAY $END'
    assert parse_command_line(text, 1)[0].arguments == ("data/x.csv", "monday", "{END}")


def test_shells_that_are_given_a_command() -> None:
    assert [c.target for c in parse_command_line("bash -c 'cd a; python b.py && python c.py'", 1)] == ["b.py", "c.py"]


def test_commands_inside_conditions_loops_and_substitutions_are_seen() -> None:
    text = (
        "if [ -f x ]; then python a.py; else python b.py; fi; for i in 1 2; do python c.py $i; done; X=$(python d.py)"
    )
    assert {c.target for c in parse_command_line(text, 1)} == {"a.py", "b.py", "c.py", "d.py"}


def test_context_is_handed_on() -> None:
    (command,) = parse_command_line("python x.py", 7, job="j", trigger="schedule", schedule="@daily", reads=("r",))
    assert command == Command(7, "python", "x.py", (), "j", "schedule", "@daily", ("r",))


@pytest.mark.parametrize(
    "text", ["", "# only words", "echo python x.py", "pip install x", "python -m pip install x", "mkdir a", "scripts/"]
)
def test_what_only_prepares_or_prints_is_left_out(text: str) -> None:
    assert parse_command_line(text, 1) == ()


def test_open_quote_is_no_trouble() -> None:
    assert one("python x.py 'open").target == "x.py"


SHELL = (
    "python", "x.py", "-m", "&&", "||", ";", "|", "(", ")", "'", '"', "$", "${", "${A}", "$(", "`", ">", "<", ">>",
    "2>&1", "<<", "<<<", "EOF", "\n", "\\", "#", "if", "then", "fi", "case", "in", "esac", ";;", "for", "do", "done",
    "cd", "A=b", "A=(", "{", "}", "export", "uv", "run", "bash", "-c", "docker", "exec", "--",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SHELL), max_size=25).map(" ".join) | st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    assert all(command.line >= 1 and command.program for command in parse_command_line(text, 1))

"""Commands in pipeline, build, deploy and schedule files."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldebt.project.files import list_files
from mldebt.read.facts import Command
from mldebt.read.manifests import is_manifest, read_manifest
from mldebt.read.one_file import read_one


def commands(file: str, text: str) -> tuple[Command, ...]:
    found, problem = read_manifest(file, dedent(text).lstrip("\n"))
    assert problem == ""
    return found


@pytest.mark.parametrize(
    "file",
    [
        "dvc.yaml", "a/dvc.yaml", "MLproject", "Makefile", "a/makefile", "GNUmakefile", "Makefile.dev", "build/x.mk",
        "run.sh", "Dockerfile", "a/Dockerfile.prod", "api.Dockerfile", "docker/Dockerfile-gpu", "Containerfile",
        "docker-compose.yml", "compose.yaml", "docker-compose.prod.yml", ".github/workflows/ci.yml", ".gitlab-ci.yml",
        "ops/crontab", "etc/cron.d/retrain", "train.cron", "Procfile", "k8s/base/train.yaml", "deploy/cronjob.yaml",
        "pyproject.toml", "setup.cfg", "retrain-job.yaml", "Snakefile", "rules/a.smk", "prefect.yaml", "a/score.timer",
        "score.service", "data/raw.csv.dvc", "run_all", "jobs/train.slurm", "start.bat", "a/train-everything",
    ],
)  # fmt: skip
def test_manifests_are_known_by_name_and_folder(file: str) -> None:
    assert is_manifest(file)


@pytest.mark.parametrize(
    "file",
    [
        "params.yaml",
        "conf/config.yaml",
        "x.py",
        "README.md",
        "Makefile.py",
        "data/dvc.yaml.csv",
        "dockerfiles.md",
        "data/all",
    ],
)
def test_other_files_are_no_manifests(file: str) -> None:
    assert not is_manifest(file)


def test_dvc_stages() -> None:
    found = commands(
        "pipeline/dvc.yaml",
        """
        stages:
          prepare:
            wdir: ..
            cmd: python src/prepare.py ${raw.path}
            deps: [src/prepare.py, data/raw.csv]
            outs:
              - data/clean.csv:
                  cache: false
            metrics:
              - m.json
          train:
            cmd:
              - python train.py --lr ${lr}
              - cp a b
            outs: [model.pkl]
        """,
    )
    assert found[0] == Command(
        4,
        "python",
        "src/prepare.py",
        ("{raw.path}",),
        "prepare",
        "stage",
        reads=("src/prepare.py", "data/raw.csv"),
        writes=("data/clean.csv", "m.json"),
        settings=("pipeline/params.yaml",),
    )
    assert [(c.line, c.program, c.target, c.job, c.directory, c.writes) for c in found[1:]] == [
        (13, "python", "train.py", "train", "pipeline", ("pipeline/model.pkl",)),
        (14, "cp", "", "train", "pipeline", ("pipeline/model.pkl",)),
    ]


def test_dvc_stages_for_each_item() -> None:
    found = commands(
        "dvc.yaml",
        """
        vars:
          - params.yaml
          - cities: [rome, oslo]
            base: {dir: data}
        stages:
          train:
            foreach: ${cities}
            do:
              cmd: python train.py --city ${item} ${base.dir}
              outs: ["models/${item}.pkl"]
          each:
            foreach: {a: {lr: 1}, b: {lr: 2}}
            do:
              cmd: python t.py ${key} ${item.lr}
          grid:
            matrix:
              model: [x, y]
              n: [1, 2]
            cmd: python g.py ${item.model} ${item.n}
          later:
            foreach: ${elsewhere}
            do:
              cmd: python l.py ${item}
        """,
    )
    assert [(c.job, *c.arguments) for c in found] == [
        ("train@rome", "--city", "rome", "data"),
        ("train@oslo", "--city", "oslo", "data"),
        ("each@a", "a", "1"),
        ("each@b", "b", "2"),
        ("grid@x-1", "x", "1"),
        ("grid@x-2", "x", "2"),
        ("grid@y-1", "y", "1"),
        ("grid@y-2", "y", "2"),
        ("later@{item}", "{item}"),
    ]
    assert found[0].writes == ("models/rome.pkl",)


def test_stage_without_a_program_of_its_own_keeps_what_it_declares() -> None:
    (command,) = commands("dvc.yaml", "stages:\n  s:\n    cmd: cat a > b\n    deps: [a]\n    outs: [b]\n")
    assert (command.program, command.job, command.reads, command.writes) == ("cat", "s", ("a",), ("b",))


def test_dvc_run_in_a_script_declares_a_stage() -> None:
    (command,) = commands("run.sh", "dvc run -n prep -d a.csv -o b.csv \\\n  python prep.py a.csv\n")
    assert (command.program, command.target, command.job, command.trigger) == ("python", "prep.py", "prep", "stage")
    assert (command.reads, command.writes) == (("a.csv",), ("b.csv",))


def test_mlproject_entry_points() -> None:
    (command,) = commands(
        "MLproject",
        """
        name: x
        entry_points:
          main:
            parameters:
              alpha: {type: float, default: 0.1}
              data: {type: path}
            command: "python train.py {alpha} {data}"
        """,
    )
    assert (command.line, command.target, command.arguments, command.job) == (7, "train.py", ("0.1", "{data}"), "main")


def test_makefile_targets_variables_and_continuations() -> None:
    found = commands(
        "Makefile",
        "PY ?= python3\nDATA = data/raw.csv  # where\nARGS := --a 1 \\\n    --b 2\n.PHONY: train\n"
        "train: $(DATA) models ## train it\n\t@$(PY) src/train.py $(ARGS) \\\n\t\t--in $<\n"
        "out.csv: src/x.py\n\tcd src && $(PY) x.py > $@; echo $$HOME\n"
        "all: ; $(MAKE) train\n",
    )
    assert [(c.line, c.program, c.target, c.arguments, c.job) for c in found] == [
        (7, "python", "src/train.py", ("--a", "1", "--b", "2", "--in", "data/raw.csv"), "train"),
        (10, "python", "x.py", (), "out.csv"),
        (11, "make", "", ("train",), "all"),
    ]
    assert (found[0].reads, found[0].writes) == (("data/raw.csv",), ())
    assert (found[1].reads, found[1].writes, found[1].directory) == (("src/x.py",), ("out.csv", "src/out.csv"), "src")


def test_shell_scripts() -> None:
    found = commands(
        "jobs/run.sh",
        """
        #!/bin/bash
        # don't run python no.py
        NAME=prod
        MODELS=("a" "b")
        usage() { echo "python no.py"; }
        cat <<EOF > conf.txt
        python no.py
        EOF
        case "$1" in
          start|run) python start.py --name "$NAME" ;;
          *) usage ;;
        esac
        python - <<'PY'
        import no
        PY
        HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
        python "$HERE/own.py"
        cd "$(dirname "$0")/.."
        python src/a.py \\
            --x 1
        for m in "${MODELS[@]}"; do python b.py "$m"; done
        """,
    )
    assert [(c.line, c.program, c.target, c.arguments, c.directory) for c in found] == [
        (10, "python", "start.py", ("--name", "prod"), "jobs"),
        (13, "python", "", ("-",), "jobs"),
        (17, "python", "own.py", (), "jobs"),
        (19, "python", "src/a.py", ("--x", "1"), ""),
        (21, "python", "b.py", ("{m}",), ""),
    ]


def test_dockerfile_starts_with_its_command() -> None:
    found = commands(
        "Dockerfile",
        """
        FROM python:3.11 AS build
        RUN pip install x \\
            # a comment
            && python make.py
        FROM python:3.11
        ENV PORT=80
        CMD ["uvicorn", "app.main:app", "--port", "80"]
        CMD exec gunicorn --bind :$PORT app.main:app
        """,
    )
    assert [(c.line, c.program, c.target, c.job, c.trigger) for c in found] == [
        (2, "python", "make.py", "build", "deploy"),
        (8, "gunicorn", "app.main", "", "deploy"),
    ]
    assert found[1].arguments == ("--bind", ":80")


def test_entry_point_and_command_belong_together() -> None:
    (command,) = commands("Dockerfile", 'FROM x\nENTRYPOINT ["python", "-u"]\nCMD ["score.py", "--all"]\n')
    assert (command.target, command.arguments, command.line) == ("score.py", ("--all",), 2)
    found = commands("Dockerfile", 'FROM x\nENTRYPOINT ["./entry.sh"]\nCMD ["python", "score.py"]\n')
    assert [c.target for c in found] == ["entry.sh", "score.py"]


@pytest.mark.parametrize(
    ("file", "copies", "start", "target", "directory"),
    [
        ("api/Dockerfile", "WORKDIR /app\nCOPY . .", "python main.py", "main.py", "api"),
        ("Dockerfile", "WORKDIR /app\nCOPY ./api /app", "uvicorn main:app", "main", "api"),
        ("api/Dockerfile", "WORKDIR /app\nCOPY api/src ./src", "uvicorn src.main:app", "src.main", "api"),
        ("Dockerfile", "COPY jobs/ /opt/jobs/", "python /opt/jobs/score.py", "jobs/score.py", ""),
        ("Dockerfile", 'WORKDIR /app\nCOPY ["Pipfile", "score.py", "./"]', "python score.py", "score.py", ""),
    ],
)
def test_places_in_the_image_are_places_in_the_repository(
    file: str, copies: str, start: str, target: str, directory: str
) -> None:
    *_, command = commands(file, f"FROM x\n{copies}\nCMD {start}\n")
    assert (command.target, command.directory) == (target, directory)


def test_what_becomes_part_of_an_image() -> None:
    found = commands(
        "api/Dockerfile", "FROM x AS run\nWORKDIR /app\nCOPY ./models models\nCOPY --from=build /x .\nADD . .\n"
    )
    assert [(c.line, c.program, c.job, c.reads, c.directory) for c in found] == [
        (3, "COPY", "run", ("api/models",), "api"),
        (5, "COPY", "run", ("api",), "api"),
    ]


def test_what_a_container_sees_of_the_repository_as_it_is() -> None:
    found = commands(
        "deploy/compose.yml",
        """
        services:
          api:
            image: x
            volumes:
              - ../models:/app/models:ro
              - cache:/cache
              - type: bind
                source: ./conf
                target: /conf
        """,
    )
    assert [(c.line, c.program, c.job, c.reads) for c in found] == [
        (5, "MOUNT", "api", ("models",)),
        (7, "MOUNT", "api", ("deploy/conf",)),
    ]


def test_compose_services() -> None:
    found = commands(
        "deploy/docker-compose.yml",
        """
        services:
          api:
            build: {context: ../api}
            command: >
              uvicorn main:app
                --port 80
          worker:
            image: x
            entrypoint: ["python"]
            command: ["worker.py", "--n", "1"]
          shell:
            command: bash -c "python a.py && python b.py"
        """,
    )
    assert [(c.line, c.program, c.target, c.job, c.directory) for c in found] == [
        (5, "uvicorn", "main", "api", "api"),
        (9, "python", "worker.py", "worker", "deploy"),
        (12, "python", "a.py", "shell", "deploy"),
        (12, "python", "b.py", "shell", "deploy"),
    ]
    assert {c.trigger for c in found} == {"deploy"}


def test_github_workflows() -> None:
    found = commands(
        ".github/workflows/retrain.yml",
        """
        on:
          schedule:
            - cron: "0 3 * * *"
        defaults: {run: {working-directory: ml}}
        jobs:
          train:
            steps:
              - uses: actions/checkout@v4
              - run: |
                  pip install -r requirements.txt

                  python train.py --run ${{ github.sha }}
              - run: python score.py
                working-directory: ./scoring
              - shell: python
                run: print("no shell")
        """,
    )
    assert [(c.line, c.target, c.job, c.trigger, c.schedule, c.directory) for c in found] == [
        (12, "train.py", "train", "schedule", "0 3 * * *", "ml"),
        (13, "score.py", "train", "schedule", "0 3 * * *", "scoring"),
    ]
    assert found[0].arguments == ("--run", "{github.sha}")
    (command,) = commands(".github/workflows/ci.yml", "on: push\njobs: {t: {steps: [{run: pytest}]}}\n")
    assert (command.program, command.trigger) == ("pytest", "ci")


def test_gitlab_pipelines() -> None:
    found = commands(
        ".gitlab-ci.yml",
        """
        image: x
        before_script: [python setup_env.py]
        train:
          script:
            - python train.py
          rules:
            - if: $CI_PIPELINE_SOURCE == "schedule"
        test:
          script: pytest
        """,
    )
    assert [(c.line, c.program, c.target, c.job, c.trigger) for c in found] == [
        (2, "python", "setup_env.py", "", "ci"),
        (5, "python", "train.py", "train", "schedule"),
        (9, "pytest", "", "test", "ci"),
    ]


def test_crontabs() -> None:
    found = commands(
        "ops/crontab",
        "# 0 0 * * * python no.py\nPY=/usr/bin/python3\n0 3 * * * cd /srv/app && $PY score.py >> log.txt\n"
        "*/5 * * * 1-5 root python -m jobs.refresh\n@daily python daily.py\n",
    )
    assert [(c.line, c.target, c.trigger, c.schedule) for c in found] == [
        (3, "score.py", "schedule", "0 3 * * *"),
        (4, "jobs.refresh", "schedule", "*/5 * * * 1-5"),
        (5, "daily.py", "schedule", "@daily"),
    ]


def test_procfiles() -> None:
    (command,) = commands("Procfile", "web: gunicorn app:app\n")
    assert (command.target, command.job, command.trigger) == ("app", "web", "deploy")


def test_kubernetes_manifests() -> None:
    found = commands(
        "k8s/jobs.yaml",
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: retrain}
        spec:
          schedule: "0 2 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  containers:
                    - name: main
                      command: ["python"]
                      args: ["-m", "churn.train", "--full"]
        ---
        kind: Deployment
        metadata: {name: {{ .Values.name }} }
        {{- if .Values.x }}
        spec:
          template:
            spec:
              containers:
                - command: ["/bin/sh", "-c"]
                  args:
                    - |
                      cd src
                      uvicorn app:app
        {{- end }}
        ---
        kind: ConfigMap
        data: {command: python no.py}
        """,
    )
    assert [(c.line, c.target, c.job, c.trigger, c.schedule) for c in found] == [
        (12, "churn.train", "retrain", "schedule", "0 2 * * *"),
        (26, "app", "Values_name", "deploy", ""),
    ]


def test_console_scripts() -> None:
    (command,) = commands(
        "pyproject.toml",
        '[project]\nname = "x"\n[project.scripts]\n# one\nscore = "churn.cli:main"\n[tool.x]\nscore = 1\n',
    )
    assert command == Command(5, "python", "churn.cli:main", job="score", trigger="deploy")
    (command,) = commands("a/setup.cfg", "[options.entry_points]\nconsole_scripts =\n    score = churn.cli:main\n")
    assert (command.line, command.target, command.job, command.directory) == (3, "churn.cli:main", "score", "a")


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("dvc.yaml", "stages: [\n", "line 2"),
        ("docker-compose.yml", "a: b: c\n", "line 1"),
        ("pyproject.toml", "[project\n", "Expected"),
        ("setup.cfg", "no section\n", "no section headers"),
    ],
)
def test_broken_file_has_a_problem_and_no_commands(file: str, text: str, problem: str) -> None:
    found, said = read_manifest(file, text)
    assert found == ()
    assert problem in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text", ["", "- a\n", "1", "stages: 3\n", "stages: {a: }\n", "services: {a: {command: [[1]]}}\n"]
)
@pytest.mark.parametrize("file", ["dvc.yaml", "MLproject", "compose.yml", ".github/workflows/x.yml", ".gitlab-ci.yml"])
def test_files_of_another_shape_have_no_commands(file: str, text: str) -> None:
    assert read_manifest(file, text) == ((), "")


FILES = (
    "dvc.yaml", "MLproject", "Makefile", "x.sh", "Dockerfile", "compose.yml", ".github/workflows/x.yml",
    ".gitlab-ci.yml", "crontab", "Procfile", "k8s/x.yaml", "pyproject.toml", "setup.cfg",
)  # fmt: skip
PIECES = (
    "stages:\n  a:\n    cmd: x\n", "    foreach: ", "    matrix: ", "${item}", "vars:\n", "- a: b\n", "a: &x [*x]\n",
    "kind: Job\n", "spec:\n", "  containers:\n", "    - command: ", "[", "]", "{", "}", '"', "'", "python x.py\n",
    "FROM x\n", "RUN ", "CMD ", "ENTRYPOINT ", "COPY a b\n", "\\\n", "\t", "a: b\n", "$(x)", "$(", "x = $(x)\n",
    "<<EOF\n", "on:\n", "jobs:\n", "0 * * * * ", "[project.scripts]\n", "x = 1\n", ": ", "- ", "\n", "  ", "!tag ",
    "services:\n",
)  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=60))
def test_any_text_is_read(file: str, text: str) -> None:
    found, problem = read_manifest(file, text)
    assert isinstance(problem, str)
    assert all(1 <= command.line <= len(text.splitlines()) + 1 for command in found)


@pytest.mark.parametrize(
    "text",
    ["#!/usr/bin/env python3\nimport python\n", "1 2:0.5 python train.py\n", "import os\nos.system('python x.py')\n"],
)
def test_a_file_without_an_ending_may_be_anything(text: str) -> None:
    assert commands("train", text) == ()


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\0\1\2", b"word " * 300_000])
def test_data_that_are_named_for_their_use_are_not_told_of(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "train").write_bytes(data)
    listing = list_files(tmp_path)
    assert not listing.skipped
    for each in listing.files:
        facts = read_one(each.file, data)
        assert (facts.kind, facts.problem) == ("skipped", "")

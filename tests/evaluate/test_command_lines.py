"""What manifests and schedulers pass to the code that they run."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf, notebook

SCRIPT = """
    import argparse
    import pandas as pd

    parser = argparse.ArgumentParser()
    parser.add_argument("--source", default="default.csv")
    parser.add_argument("--target")
    args = parser.parse_args()
    pd.read_csv(args.source).to_csv(args.target)
"""

WORDS = "'copy.py', '--source', 'raw.csv', '--target', 'out.csv'"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("dvc.yaml", "stages:\n  copy:\n    cmd: python copy.py --source ${data.raw} --target ${data.out}\n"),
        (
            "MLproject",
            """
            name: copy
            entry_points:
              main:
                parameters:
                  source: {type: path, default: raw.csv}
                  target: {type: path, default: out.csv}
                command: "python copy.py --source {source} --target {target}"
            """,
        ),
        (
            "Snakefile",
            """
            configfile: "params.yaml"

            rule copy:
                input: config["data"]["raw"]
                output:
                    table="out.csv"
                shell:
                    "python copy.py --source {input} "
                    "--target {output.table}"
            """,
        ),
        ("run.py", f"import subprocess, sys\nsubprocess.run([sys.executable, {WORDS}])\n"),
        ("run.py", f"import subprocess, sys\npython_path = sys.executable\nsubprocess.run([python_path, {WORDS}])\n"),
        ("dags/run.py", "import os\nos.system('cd .. && python copy.py --source raw.csv --target out.csv')\n"),
        ("etc/copy.service", "[Service]\nExecStart=/bin/python3 /opt/copy.py --source raw.csv --target out.csv\n"),
    ],
)  # fmt: skip
def test_options_hold_what_the_command_passes(graph_of: GraphOf, file: str, text: str) -> None:
    seen = graph_of({"copy.py": SCRIPT, file: text, "params.yaml": "data: {raw: raw.csv, out: out.csv}\n"})

    assert seen.reads("copy.py") == {"raw.csv"}
    assert seen.writes("copy.py") == {"out.csv"}


def test_a_command_that_is_only_printed_passes_nothing(graph_of: GraphOf) -> None:
    seen = graph_of({"copy.py": SCRIPT, "help.py": "print('python copy.py --source raw.csv --target out.csv')\n"})

    assert seen.reads("copy.py") == {"default.csv"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("run.sh", "papermill report.ipynb out/report.ipynb -p source given.csv\n"),
        ("run.sh", "papermill report.ipynb out/report.ipynb -f params.yaml\n"),
        (
            "run.py",
            """
            import papermill as pm
            pm.execute_notebook("report.ipynb", "out/report.ipynb", parameters={"source": "given.csv"})
            """,
        ),
    ],
)
def test_a_notebook_works_on_the_parameters_that_it_is_given(graph_of: GraphOf, file: str, text: str) -> None:
    cells = notebook("source = 'default.csv'", "import pandas as pd\npd.read_csv(source)")
    seen = graph_of({"report.ipynb": cells, file: text, "params.yaml": "source: given.csv\n"})

    assert seen.reads() == {"given.csv"}


def test_a_script_of_a_rule_has_its_inputs_and_outputs(graph_of: GraphOf) -> None:
    rules = """
        rule prepare:
            output: "data/{day}.csv"
            script: "scripts/prepare.py"

        rule train:
            input:
                table=rules.prepare.output[0],
                more=expand("data/more_{n}.csv", n=[1, 2]),
            output: "model.pkl"
            params:
                folder="logs"
            script:
                "scripts/train.py"
    """
    train = """
        import joblib
        import pandas as pd
        from sklearn.svm import SVC

        table = pd.read_csv(snakemake.input.table)
        pd.read_csv(snakemake.input["more"])
        table.to_csv(f"{snakemake.params.folder}/seen.csv")
        joblib.dump(SVC().fit(table[["a"]], table["b"]), snakemake.output[0])
    """
    prepare = "import pandas as pd\npd.read_csv('raw.csv').to_csv(snakemake.output[0])\n"
    files = {"workflow/Snakefile": rules, "workflow/scripts/train.py": train, "workflow/scripts/prepare.py": prepare}
    seen = graph_of(files)

    assert seen.reads() == {"raw.csv", "data/{day}.csv", "data/more_{n}.csv"}
    assert seen.writes() == {"data/{day}.csv", "logs/seen.csv", "model.pkl"}
    assert seen.flows("raw.csv", "model.pkl")


def test_timers_and_deployments_are_schedules(graph_of: GraphOf) -> None:
    seen = graph_of({
        "flows/train.py": "from prefect import flow\n\n@flow\ndef main():\n    pass\n",
        "prefect.yaml": """
            deployments:
              - name: nightly
                entrypoint: flows/train.py:main
                schedules:
                  - cron: "0 2 * * *"
        """,
        "etc/score.timer": "[Timer]\nOnCalendar=daily\n",
        "etc/score.service": "[Service]\nExecStart=python /srv/score.py\n",
        "score.py": "print('scored')\n",
    })  # fmt: skip

    schedules = {
        str(node.attributes["schedule"]) for node in seen.graph.of_kind("job") if node.attributes.get("schedule")
    }
    started = {
        (seen.graph[edge.source].name, seen.graph[edge.target].name) for edge in seen.graph.edges_of_kind("TRIGGERS")
    }
    assert schedules == {"0 2 * * *", "daily"}
    assert {("nightly", "flows/train.py"), ("score", "etc/score.service"), ("score", "score.py")} <= started


def test_a_stage_that_cannot_be_seen_into_makes_what_it_declares(graph_of: GraphOf) -> None:
    stages = """
        stages:
          clean:
            cmd: Rscript clean.R
            deps: [clean.R, data/raw.csv]
            outs: [data/clean.csv]
    """
    code = "import pandas as pd\npd.read_csv('data/clean.csv').to_csv('o.csv')\n"
    seen = graph_of({"dvc.yaml": stages, "read.py": code})

    assert seen.flows("data/raw.csv", "o.csv")


def test_a_stage_declares_what_lies_in_the_folder_that_it_makes(graph_of: GraphOf) -> None:
    stages = "stages:\n  split:\n    cmd: python split.py\n    wdir: src\n    outs: [../data/parts]\n"
    code = "import pandas as pd\npd.read_csv('../raw.csv').to_csv('../data/parts/train.csv')\n"
    seen = graph_of({"dvc.yaml": stages, "src/split.py": code})

    (declared,) = seen.graph.edges_of_kind("DECLARES")
    assert (declared.target, declared.attributes["role"]) == ("dataset:data/parts/train.csv", "writes")


@pytest.mark.parametrize(
    "code",
    [
        "processor.run(code='copy.py', arguments=['--source', 'raw.csv', '--target', 'out.csv'])\n",
        "SKLearn(entry_point='copy.py', source_dir='.', hyperparameters={'source': 'raw.csv', 'target': 'out.csv'})\n",
    ],
)
def test_a_script_on_other_machines_gets_what_it_is_started_with(graph_of: GraphOf, code: str) -> None:
    seen = graph_of({"copy.py": SCRIPT, "start.py": code})

    assert (seen.reads("copy.py"), seen.writes("copy.py")) == ({"raw.csv"}, {"out.csv"})


def test_text_that_is_passed_becomes_a_path_where_the_option_asks_for_one(graph_of: GraphOf) -> None:
    program = """\
import argparse
import json
from pathlib import Path
parser = argparse.ArgumentParser()
parser.add_argument("--output", type=Path, default=Path("out/usual.json"))
args = parser.parse_args()
args.output.write_text(json.dumps({"a": 1}))
"""
    seen = graph_of({"report.py": program, "Makefile": "run:\n\tpython report.py --output out/other.json\n"})
    assert seen.writes() == {"out/other.json"}


def test_the_default_holds_where_a_command_leaves_an_option_out(graph_of: GraphOf) -> None:
    program = """\
import argparse
import pandas as pd
parser = argparse.ArgumentParser()
parser.add_argument("--source", default="usual.csv")
args = parser.parse_args()
pd.read_csv(args.source)
"""
    make = "one:\n\tpython load.py --source other.csv\n"
    assert graph_of({"load.py": program, "Makefile": make}).reads() == {"other.csv"}
    seen = graph_of({"load.py": program, "Makefile": make + "two:\n\tpython load.py\n"})
    assert seen.reads() == {"other.csv", "usual.csv"}


SWEPT = {
    "conf/small.yaml": "defaults:\n  - data: orders\nmode: train\nsource: raw\n",
    "conf/big.yaml": "defaults:\n  - data: orders\nmode: train\nsource: all\n",
    "conf/data/orders.yaml": "_target_: data.Orders\npath: ${source}.csv\n",
    "data.py": """
        import pandas as pd
        class Orders:
            def __init__(self, path):
                self.path = path
            def read(self):
                return pd.read_csv(self.path)
        """,
    "main.py": """
        import hydra
        from hydra.utils import instantiate
        @hydra.main(config_path="conf", config_name="small")
        def main(cfg):
            orders = instantiate(cfg.data).read()
            if cfg.mode == "train":
                orders.to_csv("features.csv")
            elif cfg.mode == "test":
                orders.to_csv("scores.csv")
        main()
        """,
}


@pytest.mark.parametrize(
    ("commands", "read"),
    [
        ("", {"raw.csv"}),
        ("python main.py\npython main.py mode=test source=new\n", {"raw.csv", "new.csv"}),
        ("python main.py --config-name=big.yaml mode=train\n", {"all.csv"}),
        ("python main.py -cn big mode=test\n", {"all.csv"}),
        ("python main.py --multirun mode=test source=june,july\n", {"june.csv", "july.csv"}),
        (
            "python main.py -m 'source=choice(june,july)'\npython main.py source=may\n",
            {"june.csv", "july.csv", "may.csv"},
        ),
    ],
)
def test_each_command_asks_for_a_configuration_of_its_own(commands: str, read: set[str], graph_of: GraphOf) -> None:
    assert graph_of(SWEPT | ({"run.sh": commands} if commands else {})).reads() == read


def test_a_file_that_says_that_it_belongs_to_its_group_does(graph_of: GraphOf) -> None:
    orders = "# @package _group_\n" + SWEPT["conf/data/orders.yaml"]

    assert graph_of(SWEPT | {"conf/data/orders.yaml": orders}).reads() == {"raw.csv"}


def test_what_one_command_asks_for_is_not_mixed_with_what_another_does(graph_of: GraphOf) -> None:
    seen = graph_of(SWEPT | {"run.sh": "python main.py\npython main.py mode=test source=new\n"})
    assert seen.flows("raw.csv", "features.csv")
    assert seen.flows("new.csv", "scores.csv")
    assert not seen.flows("raw.csv", "scores.csv")
    assert not seen.flows("new.csv", "features.csv")


def test_of_many_commands_those_are_followed_that_differ_most(graph_of: GraphOf) -> None:
    commands = [f"python main.py mode=test source=part{number}" for number in range(9)]
    commands += ["python main.py --config-name big mode=test", "python main.py mode=train source=last"]
    read = graph_of(SWEPT | {"run.sh": "\n".join(commands) + "\n"}).reads()
    assert {"all.csv", "last.csv", "part0.csv"} < read
    assert len(read) == 6


@pytest.mark.parametrize(
    ("program", "named"),
    [
        ("a.add_argument('--kind', choices=['rent', 'sale'])\nkind = a.parse_args().kind\n", {"rent.csv", "sale.csv"}),
        ("a.add_argument('kind', choices=('rent', 'sale'))\nkind = a.parse_args().kind\n", {"rent.csv", "sale.csv"}),
        ("a.add_argument('--kind', choices=['x', 'y'], default='x')\nkind = a.parse_args().kind\n", {"x.csv"}),
        ("a.add_argument('--kind', choices=list('abcdefg'))\nkind = a.parse_args().kind\n", {"{kind}.csv"}),
    ],
)
def test_an_option_that_takes_one_of_few_words_is_each_of_them(
    program: str, named: set[str], graph_of: GraphOf
) -> None:
    head = "import argparse\nimport pandas as pd\na = argparse.ArgumentParser()\n"
    assert graph_of(f"{head}{program}pd.read_csv(f'{{kind}}.csv')\n").reads() == named


def test_a_choice_of_click_is_each_of_its_words(graph_of: GraphOf) -> None:
    program = """
    import click
    import pandas as pd
    @click.command()
    @click.option("--kind", type=click.Choice(["rent", "sale"]))
    def main(kind):
        pd.read_csv(f"{kind}.csv")
    main()
    """
    assert graph_of(program).reads() == {"rent.csv", "sale.csv"}


def test_a_program_is_named_by_its_place_in_the_container_of_its_project(graph_of: GraphOf) -> None:
    run = (
        "docker exec -t spark spark-submit --conf a=b /app/src/copy.py --source ./data/raw.csv --target ./data/out.csv"
    )
    project = {"src/copy.py": SCRIPT, "run.sh": run, "compose.yml": "services: {}"}
    seen = graph_of({f"{folder}/{name}": text for folder in ("one", "two") for name, text in project.items()})
    assert seen.reads() == {"one/data/raw.csv", "two/data/raw.csv"}
    assert seen.writes() == {"one/data/out.csv", "two/data/out.csv"}


def test_a_configuration_is_composed_in_a_folder_that_is_named_from_the_root(graph_of: GraphOf) -> None:
    files = {
        "src/paths.py": "from pathlib import Path\nROOT = Path(__file__).parent.parent\n",
        "src/web/config.py": """
            import hydra
            from src.paths import ROOT
            hydra.initialize_config_dir(version_base="1.3", config_dir=str(ROOT.joinpath("conf")))
            settings = hydra.compose(config_name="web.yaml")
            """,
        "src/web/main.py": """
            import numpy as np
            from src.web.config import settings
            names = np.load(settings.names)
            """,
        "conf/web.yaml": "names: data/names.npy",
    }
    assert graph_of(files).reads() == {"data/names.npy"}


RUNS = "python train.py -v --names a.txt b.txt -e 3 --rate=0.1 in.csv models/m.pkl"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("run.sh", RUNS),
        ("train_all", f'bsub -R "rusage[mem=8192]" -oo logs/x {RUNS}\n'),
        ("job.slurm", f"#!/bin/bash\n#SBATCH -n 1\nsrun -n 1 singularity exec --nv image.sif {RUNS}\n"),
        ("run.bat", f"@echo off\nset IN=in.csv\ncall {RUNS.replace('in.csv', '%IN%').replace('/', chr(92))}\npause\n"),
    ],
)
def test_places_behind_flags_are_counted_by_what_each_flag_takes(graph_of: GraphOf, file: str, text: str) -> None:
    program = """
import argparse
import joblib
import pandas as pd
from sklearn.linear_model import SGDClassifier
parser = argparse.ArgumentParser()
parser.add_argument("source")
parser.add_argument("target")
parser.add_argument("-v", action="store_true")
parser.add_argument("-n", "--names", nargs="+")
parser.add_argument("-e", "--epochs", type=int)
parser.add_argument("--rate", type=float, default=0.5)
args = parser.parse_args()
data = pd.read_csv(args.source)
for name in args.names:
    data = data.merge(pd.read_csv(name))
data["a"] /= args.epochs
joblib.dump(SGDClassifier(alpha=args.rate).fit(data[["a"]], data["b"]), args.target)
"""
    seen = graph_of({"train.py": program, file: text})
    assert seen.reads() == {"in.csv", "a.txt", "b.txt"}
    assert seen.writes() == {"models/m.pkl"}
    assert seen.flows("in.csv", "models/m.pkl")

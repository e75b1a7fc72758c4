"""Configuration files, command lines and environment: what a program gets from around it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.evaluate.small import GraphOf

READ = "import argparse\nimport json\nimport os\nimport sys\nimport pandas as pd\nimport yaml\n"
YAML = "data:\n  orders: a.csv\n  columns: [x, y]\nseed: 7\n"


@pytest.mark.parametrize(
    ("file", "content", "load"),
    [
        ("config.yaml", YAML, "yaml.safe_load(open('config.yaml'))"),
        ("config.yaml", YAML, "yaml.load(open('config.yaml'), Loader=yaml.SafeLoader)"),
        ("conf/params.yml", YAML, "yaml.safe_load(open(os.path.join('conf', 'params.yml')))"),
        ("config.json", '{"data": {"orders": "a.csv", "columns": ["x", "y"]}}', "json.load(open('config.json'))"),
        ("config.toml", '[data]\norders = "a.csv"\ncolumns = ["x", "y"]\n', "tomllib.load(open('config.toml', 'rb'))"),
        ("config.yaml", YAML, "OmegaConf.load('config.yaml')"),
    ],
)
def test_a_configuration_file_is_read_for_real(file: str, content: str, load: str, graph_of: GraphOf) -> None:
    seen = graph_of({"main.py": configured(load), file: content})
    assert seen.asked("a.csv") == {("x", "y")}
    assert {node.name for node in seen.graph.of_kind("config")} == {file}


def configured(load: str) -> str:
    program = READ + "import tomllib\nfrom pathlib import Path\nfrom omegaconf import OmegaConf\n"
    return program + f"config = {load}\npd.read_csv(config['data']['orders'], usecols=config['data']['columns'])\n"


@pytest.mark.parametrize(
    "use",
    [
        "config['data']['orders']",
        "config.get('data')['orders']",
        "config.get('data', {}).get('orders', 'none.csv')",
        "Settings(**config['data']).orders",
        "Settings(config['data']['orders']).orders",
    ],
)
def test_configuration_passes_through_code(use: str, graph_of: GraphOf) -> None:
    program = """
        import yaml
        import pandas as pd
        class Settings:
            def __init__(self, orders, columns=None):
                self.orders = orders
        def load(path):
            with open(path) as handle:
                return yaml.safe_load(handle)
        config = load("config.yaml")
    """
    main = {"main.py": dedent(program) + f"pd.read_csv({use})\n", "config.yaml": YAML}
    assert graph_of(main).reads() == {"a.csv"}


PARSER = """\
parser = argparse.ArgumentParser()
parser.add_argument("--input", "-i", default="default.csv")
args = parser.parse_args()
pd.read_csv(args.input)
"""


def test_a_default_of_the_command_line_is_inferred(graph_of: GraphOf) -> None:
    seen = graph_of(READ + PARSER)
    assert seen.reads() == {"default.csv"}
    assert seen.evidence("default.csv") == {"inferred"}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("dvc.yaml", "stages:\n  train:\n    cmd: python main.py --input given.csv\n"),
        ("Makefile", "train:\n\tpython main.py --input given.csv\n"),
        ("Makefile", "INPUT = given.csv\ntrain:\n\tpython main.py --input=$(INPUT)\n"),
        ("run.sh", "#!/bin/bash\npython main.py -i given.csv\n"),
        ("Dockerfile", 'FROM python\nCMD ["python", "main.py", "--input", "given.csv"]\n'),
    ],
)
def test_a_command_line_of_the_repository_gives_the_value(file: str, content: str, graph_of: GraphOf) -> None:
    assert graph_of({"main.py": READ + PARSER, file: content}).reads() == {"given.csv"}


@pytest.mark.parametrize(
    "program",
    [
        "pd.read_csv(sys.argv[1])",
        "_, path, target = sys.argv\npd.read_csv(path)",
        "def main(path):\n    pd.read_csv(path)\nif __name__ == '__main__':\n    main(sys.argv[1])",
        "def read(path):\n    pd.read_csv(path)\ndef main():\n    read(sys.argv[1])\nraise SystemExit(main())",
        "def main(argv):\n    pd.read_csv(argv[1])\nmain(sys.argv)",
    ],
)
def test_positional_arguments_come_from_a_stage(program: str, graph_of: GraphOf) -> None:
    stage = "stages:\n  train:\n    cmd: python main.py given.csv out.csv\n"
    assert graph_of({"main.py": READ + program + "\n", "dvc.yaml": stage}).reads() == {"given.csv"}


def test_settings_of_pydantic_have_their_defaults(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            folder: str = "data"
        settings = Settings()
        pd.read_csv(f"{settings.folder}/a.csv")
    """
    assert graph_of(program).reads() == {"data/a.csv"}


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("dvc.yaml", "stages:\n  train:\n    cmd: python main.py\n"),
        ("crontab", "0 3 * * * python main.py\n"),
        ("Dockerfile", 'FROM python\nCMD ["python", "main.py"]\n'),
    ],
)
def test_what_a_manifest_runs_is_production(file: str, content: str, graph_of: GraphOf) -> None:
    seen = graph_of({"main.py": "import helper\n", "helper.py": "x = 1\n", "alone.py": "x = 1\n", file: content})
    assert {name for name, unit in seen.graph.units.items() if unit.production} == {"main.py", "helper.py"}
    assert str(seen.graph.units["helper.py"].roots[0]).startswith(file)


@pytest.mark.parametrize(
    ("file", "write", "read"),
    [
        ("best_params.json", "json.dump(study.best_params, f)", "json.load(f)"),
        ("best_params.yaml", "yaml.dump(study.best_params, f)", "yaml.safe_load(f)"),
    ],
)
def test_settings_that_the_repository_writes_itself_are_read(
    file: str, write: str, read: str, graph_of: GraphOf
) -> None:
    seen = graph_of({
        "tune.py": f"{READ}import optuna\nstudy = optuna.create_study()\nwith open('{file}', 'w') as f:\n    {write}\n",
        "train.py": f"{READ}with open('{file}') as f:\n    {read}\n",
    })  # fmt: skip
    assert seen.writes() == {file}
    assert seen.reads() == {file}

"""Configuration files, command lines and environment: what a program gets from around it."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

READ = "import argparse\nimport json\nimport os\nimport sys\nimport pandas as pd\nimport yaml\n"
YAML = "data:\n  orders: a.csv\n  columns: [x, y]\nseed: 7\n"


@pytest.mark.parametrize(
    ("file", "content", "load"),
    [
        ("config.yaml", YAML, "yaml.safe_load(open('config.yaml'))"),
        ("config.yaml", YAML, "yaml.load(open('config.yaml'), Loader=yaml.SafeLoader)"),
        ("config.yaml", YAML, "yaml.safe_load(Path('config.yaml').read_text())"),
        ("conf/params.yml", YAML, "yaml.safe_load(open(os.path.join('conf', 'params.yml')))"),
        ("config.json", '{"data": {"orders": "a.csv", "columns": ["x", "y"]}}', "json.load(open('config.json'))"),
        ("config.json", '{"data": {"orders": "a.csv", "columns": ["x", "y"]}}', "json.loads(open('config.json').read())"),
        ("config.toml", '[data]\norders = "a.csv"\ncolumns = ["x", "y"]\n', "tomllib.load(open('config.toml', 'rb'))"),
        ("config.yaml", YAML, "OmegaConf.load('config.yaml')"),
    ],
)
def test_a_configuration_file_is_read_for_real(file: str, content: str, load: str, graph_of: GraphOf) -> None:
    program = READ + "import tomllib\nfrom pathlib import Path\nfrom omegaconf import OmegaConf\n"
    program += f"config = {load}\npd.read_csv(config['data']['orders'], usecols=config['data']['columns'])\n"
    seen = graph_of({"main.py": program, file: content})
    assert seen.asked("a.csv") == {("x", "y")}
    assert {node.name for node in seen.graph.of_kind("config")} == {file}


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
    main = {"main.py": f"{_flat(program)}pd.read_csv({use})\n", "config.yaml": YAML}
    assert graph_of(main).reads() == {"a.csv"}


def _flat(text: str) -> str:
    from textwrap import dedent

    return dedent(text).lstrip("\n")


def test_an_ini_file_is_read_for_real(graph_of: GraphOf) -> None:
    program = "import configparser\nimport pandas as pd\nc = configparser.ConfigParser()\nc.read('x.ini')\n"
    seen = graph_of({"main.py": program + "pd.read_csv(c['data']['orders'])\npd.read_csv(c.get('data', 'zones'))\n",
                     "x.ini": "[data]\norders = a.csv\nzones = b.csv\n"})  # fmt: skip
    assert seen.reads() == {"a.csv", "b.csv"}


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
        "path, target = sys.argv[1:3]\npd.read_csv(path)",
        "_, path, target = sys.argv\npd.read_csv(path)",
        "parser = argparse.ArgumentParser()\nparser.add_argument('path')\nparser.add_argument('target')\n"
        "pd.read_csv(parser.parse_args().path)",
        "def main(path):\n    pd.read_csv(path)\nif __name__ == '__main__':\n    main(sys.argv[1])",
        "def main(argv):\n    pd.read_csv(argv[1])\nmain(sys.argv)",
    ],
)
def test_positional_arguments_come_from_a_stage(program: str, graph_of: GraphOf) -> None:
    stage = "stages:\n  train:\n    cmd: python main.py given.csv out.csv\n"
    assert graph_of({"main.py": READ + program + "\n", "dvc.yaml": stage}).reads() == {"given.csv"}


def test_options_of_click_and_typer_have_their_defaults(graph_of: GraphOf) -> None:
    click = """
        import click
        import pandas as pd
        @click.command()
        @click.option("--path", default="a.csv")
        def main(path):
            pd.read_csv(path)
        main()
    """
    typer = """
        import typer
        import pandas as pd
        def main(path: str = typer.Option("b.csv")):
            pd.read_csv(path)
        typer.run(main)
    """
    assert graph_of({"one.py": click, "two.py": typer}).reads() == {"a.csv", "b.csv"}


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


def test_hydra_reads_its_configuration(graph_of: GraphOf) -> None:
    program = """
        import hydra
        import pandas as pd
        @hydra.main(config_path="conf", config_name="config")
        def main(cfg):
            pd.read_csv(cfg.data.orders)
        main()
    """
    assert graph_of({"main.py": program, "conf/config.yaml": YAML}).reads() == {"a.csv"}


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

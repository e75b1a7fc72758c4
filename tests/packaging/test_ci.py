"""What is offered for CI, run as the servers run it: the shell of the action, of the examples and of the image.

Programs that would install something are replaced by ones that do nothing, but for the action's own installation.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mldebt.cli.replay import SURROUNDINGS

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
EXAMPLES = ROOT / "examples" / "ci"
UNUSED = """\
import pandas as pd

{0} = pd.read_csv("data/{0}.csv")
{0}.to_parquet("data/{0}_copy.parquet")
"""
USED = """\
import pandas as pd

pd.read_csv("data/a.csv").to_parquet("data/used.parquet")
print(pd.read_parquet("data/used.parquet"))
"""


class Checkout:
    """A branch with new debt, as a server checks it out, and the programs that it has."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "shop"
        self.temp = folder / "temp"
        self.programs = folder / "programs"
        for each in (self.root, self.temp, self.programs):
            each.mkdir()
        self.program("mldebt", f'exec {shlex.quote(sys.executable)} -m mldebt "$@"')
        self.program("python", f'exec {shlex.quote(sys.executable)} "$@"')
        origin = folder / "origin"
        for command in (
            f"git init -q --bare -b main {origin}",
            f"git clone -q file://{origin} {self.root}",
        ):
            subprocess.run(shlex.split(command), check=True, capture_output=True)
        self.commit({"old.py": UNUSED.format("old"), "used.py": USED})
        self.git("push", "-q", "origin", "HEAD:main")
        self.git("checkout", "-q", "-b", "feature")
        self.commit({"new.py": UNUSED.format("new")})
        self.git("push", "-q", "origin", "feature")

    def program(self, name: str, text: str = "true") -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def git(self, *arguments: str) -> str:
        own = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
        done = subprocess.run(["git", *own, *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a step")

    def shell(self, script: str, **variables: str) -> tuple[int, str]:
        kept = {name: value for name, value in os.environ.items() if name not in SURROUNDINGS}
        environment = kept | {"PATH": f"{self.programs}:{os.environ['PATH']}", **variables}
        environment.setdefault("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "rules")]))
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        done = subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


# The action


def step(name: str) -> dict[str, Any]:
    return next(each for each in ACTION["runs"]["steps"] if each["name"] == name)


def run_check(checkout: Checkout, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """The exit code, the log, the outputs and the summary of the step that checks."""
    files = {name: checkout.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for file in files.values():
        file.write_text("")
    given = {name: str(each["default"]) for name, each in ACTION["inputs"].items()} | inputs
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: given[match[1]], value)
        for name, value in step("Check")["env"].items()
        if "inputs." in value
    }
    packages = checkout.temp / "mldebt" / "packages"
    packages.mkdir(parents=True, exist_ok=True)
    for name, place in (("mldebt", ROOT), ("mldebt_rules", ROOT / "rules")):
        if not (packages / name).exists():
            (packages / name).symlink_to(place / name)
    variables["MLDEBT_PYTHON"] = sys.executable
    surroundings = {"RUNNER_TEMP": str(checkout.temp), **{name: str(file) for name, file in files.items()}}
    code, log = checkout.shell(step("Check")["run"], **variables, **surroundings, GITHUB_BASE_REF="main")
    outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
    return code, log, outputs, files["GITHUB_STEP_SUMMARY"].read_text()


def test_on_a_pull_request_the_action_reports_what_is_new_and_uploads_everything(checkout: Checkout) -> None:
    code, log, outputs, summary = run_check(checkout, **{"new-debt-only": "true", "args": "--select MLD2"})
    assert code == 0, log
    assert [line for line in log.splitlines() if line.startswith("::")] == [
        line for line in log.splitlines() if "file=new.py,line=4" in line
    ]
    assert (outputs["findings"], outputs["code"]) == ("1", "1")
    assert summary.startswith("## mldebt: 1 new finding\n")
    uploaded = json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"]
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in uploaded]
    assert places == ["new.py", "old.py"]


def test_elsewhere_the_action_reports_all(checkout: Checkout) -> None:
    code, _, outputs, summary = run_check(checkout, **{"new-debt-only": "false", "args": "--select MLD2"})
    assert (code, outputs["findings"]) == (0, "2")
    assert summary.startswith("## mldebt: 2 findings\n")


def test_the_action_without_upload_makes_no_log(checkout: Checkout) -> None:
    options = {"new-debt-only": "false", "args": "--select MLD2", "upload-sarif": "false"}
    assert "sarif" not in run_check(checkout, **options)[2]


def test_a_mistake_fails_the_action_at_once_and_inputs_are_no_code(checkout: Checkout) -> None:
    code, log, _, _ = run_check(checkout, **{"new-debt-only": "false", "args": "--selct MLD2"})
    assert code == 2
    assert "unknown option" in log
    code, log, _, _ = run_check(checkout, **{"new-debt-only": "false", "args": "$(touch hacked) ;touch hacked2 *"})
    assert code == 2
    assert not list(checkout.root.glob("hacked*"))


def test_the_last_step_fails_where_something_is_found(checkout: Checkout) -> None:
    last = step("Fail where something is found")
    assert [checkout.shell(last["run"], MLDEBT_CODE=code)[0] for code in ("0", "1")] == [0, 1]


def test_the_action_fetches_what_a_checkout_of_one_commit_lacks(checkout: Checkout, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    origin = f"file://{tmp_path / 'origin'}"
    command = ["git", "clone", "-q", "--depth=1", "--branch=feature", origin, str(shallow)]
    subprocess.run(command, check=True, capture_output=True)
    checkout.root = shallow
    code, log, _, _ = run_check(checkout, **{"new-debt-only": "true", "args": "--select MLD2"})
    assert (code, "the clone is shallow" in log) == (2, True)
    code, log = checkout.shell(step("Fetch the history")["run"], GITHUB_BASE_REF="main")
    assert code == 0, log
    code, log, outputs, _ = run_check(checkout, **{"new-debt-only": "true", "args": "--select MLD2"})
    assert (code, outputs["findings"]) == (0, "1"), log


def test_the_action_installs_itself_beside_the_packages_of_the_job(checkout: Checkout) -> None:
    """What it installs is found by the step that checks, and by nobody else."""
    offline = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"}
    variables = {"MLDEBT_PYTHON": sys.executable, "RUNNER_TEMP": str(checkout.temp), "GITHUB_ACTION_PATH": str(ROOT)}
    code, log = checkout.shell(step("Install mldebt")["run"], **variables, **offline)
    assert code == 0, log
    packages = checkout.temp / "mldebt" / "packages"
    assert {"mldebt", "mldebt_rules"} <= {path.name for path in packages.iterdir()}
    functions = step("Check")["run"].partition("set -f")[0]
    code, log = checkout.shell(f"{functions}\nmldebt rule --all | grep -c MLD", **variables)
    assert code == 0, log
    assert int(log) > 10


def test_the_action_says_what_each_input_is_for_and_uses_all_of_them() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name, each in ACTION["inputs"].items():
        assert each["description"]
        assert f"inputs.{name}" in text
    given = yaml.safe_load((EXAMPLES / "github.yml").read_text(encoding="utf-8"))
    options = given["jobs"]["mldebt"]["steps"][-1]["with"]
    assert options.keys() <= ACTION["inputs"].keys()


# The examples


def test_the_example_for_gitlab(checkout: Checkout) -> None:
    job = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text(encoding="utf-8"))["mldebt"]
    for name in ("apt-get", "pip"):
        checkout.program(name)
    base = checkout.git("rev-parse", "origin/main")
    script = "\n".join([*job["before_script"], *job["script"]])
    variables = {name: value for name, value in job["variables"].items() if name == "MLDEBT"}
    code, log = checkout.shell(script, CI_MERGE_REQUEST_DIFF_BASE_SHA=base, **variables)
    assert code == 1
    assert "data/new_copy.parquet" in log and "old_copy" not in log
    reports = job["artifacts"]["reports"]
    issues = json.loads((checkout.root / reports["codequality"]).read_text())
    assert {"old.py", "new.py"} <= {issue["location"]["path"] for issue in issues}
    assert "data/new_copy.parquet" in (checkout.root / reports["junit"]).read_text()


def test_the_example_for_azure(checkout: Checkout) -> None:
    pipeline = yaml.safe_load((EXAMPLES / "azure-pipelines.yml").read_text(encoding="utf-8"))
    install, check = (each["bash"] for each in pipeline["steps"] if "bash" in each)
    assert "pip install" in install
    surroundings = {
        "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
        "BUILD_ARTIFACTSTAGINGDIRECTORY": str(checkout.temp),
    }
    code, log = checkout.shell(check, **surroundings)
    assert code == 1
    assert "##vso[task.logissue type=warning;sourcepath=new.py;linenumber=4;" in log
    assert f"##vso[task.uploadsummary]{checkout.temp}/mldebt.md" in log
    published = pipeline["steps"][-1]["inputs"]["testResultsFiles"]
    assert (checkout.temp / Path(published).name).exists()
    checkout.git("checkout", "-q", "main")
    assert checkout.shell(check, **surroundings)[0] == 0


# The image


def test_the_image_is_built_from_the_wheel_of_what_it_copies(tmp_path: Path) -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    first, _, second = text.partition("\n\nFROM ")
    source = tmp_path / "source"
    source.mkdir()
    for line in re.findall(r"^COPY (?!--from)(.*)$", first, re.MULTILINE):
        *names, target = line.split()
        for name in names:
            subprocess.run(["cp", "-r", ROOT / name, source / target], check=True)
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{path.name}" for path in source.iterdir()} <= set(ignored)
    (build,) = re.findall(r"^RUN (pip .*)$", first, re.MULTILINE)
    offline = {"PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1"}
    command = f"{sys.executable} -m {build.replace('/dist', str(tmp_path / 'dist'))}"
    subprocess.run(shlex.split(command), cwd=source, env=os.environ | offline, check=True, capture_output=True)
    assert [path.suffix for path in (tmp_path / "dist").iterdir()] == [".whl"]
    assert "COPY --from=build /dist /dist" in second
    assert 'ENTRYPOINT ["mldebt"]' in second

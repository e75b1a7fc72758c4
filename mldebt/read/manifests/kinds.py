"""Which kind of manifest a file is, by its name and folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from msgspec import Struct

from mldebt.project.files import COMMANDS
from mldebt.read.facts import Command
from mldebt.read.manifests import (
    ci,
    compose,
    crontab,
    dockerfile,
    dvc,
    entry_points,
    kubernetes,
    makefile,
    mlproject,
    prefect,
    procfile,
    script,
    snakefile,
    systemd,
    tracked,
)


class Kind(Struct, frozen=True):
    """A kind of manifest; `pattern` matches its path, `read` gives its commands or raises what its parser raises."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[str, str], Iterable[Command]]


def kind_of(file: str) -> Kind | None:
    return next((kind for kind in KINDS if kind.pattern.fullmatch(file)), None)


def _kind(name: str, pattern: str, read: Callable[[str, str], Iterable[Command]]) -> Kind:
    return Kind(name, re.compile(pattern, re.IGNORECASE), read)


YAML = r"[^/]*\.ya?ml"
KUBERNETES_FOLDERS = (
    r"k8s|kube|kubernetes|kustomize|helm|charts|templates|manifests?|deploy|deploys|deployments?|cronjobs?|jobs|overlays"
    r"|argo|argocd|argo-workflows|workflows|openshift|infra|infrastructure|ops|base"
)
KINDS = (
    _kind("dvc", r"(?:.*/)?dvc\.yaml", dvc.read),
    _kind("mlproject", r"(?:.*/)?MLproject", mlproject.read),
    _kind("make", r"(?:.*/)?(?:GNU)?makefile(?:\.(?!py$|md$|txt$|in$)[\w-]+)?|.*\.mk", makefile.read),
    _kind("shell", r".*\.(?:sh|bash|zsh|ksh|slurm|sbatch|lsf|pbs|sge)", script.read),
    _kind("batch", r".*\.(?:bat|cmd)", script.read_batch),
    _kind("commands", rf"(?:.*/)?{COMMANDS}", script.read_commands),
    _kind(
        "docker",
        r"(?:.*/)?(?:[^/]*\.)?(?:Docker|Container)file(?:[.-](?![^/]*\.?(?:md|py|txt|rst)$)[^/]*)?",
        dockerfile.read,
    ),
    _kind("compose", r"(?:.*/)?(?:docker-)?compose[^/]*\.ya?ml", compose.read),
    _kind("github", rf"(?:.*/)?\.github/workflows/{YAML}|(?:.*/)?action\.ya?ml", ci.read_github),
    _kind("gitlab", r"(?:.*/)?[^/]*\.gitlab-ci\.ya?ml", ci.read_gitlab),
    _kind("crontab", r"(?:.*/)?(?:[^/]*crontab(?:\.txt)?|[^/]*\.cron(?:tab)?|cron\.d/[^/.]+)", crontab.read),
    _kind("procfile", r"(?:.*/)?Procfile(?:\.[\w-]+)?", procfile.read),
    _kind("snakefile", r"(?:.*/)?Snakefile(?:\.\w+)?|.*\.smk", snakefile.read),
    _kind("prefect", r"(?:.*/)?prefect\.ya?ml", prefect.read),
    _kind("service", r".*\.service", systemd.read_service),
    _kind("timer", r".*\.timer", systemd.read_timer),
    _kind("tracked", r".*[^/]\.dvc", tracked.read),
    _kind("pyproject", r"(?:.*/)?pyproject\.toml", entry_points.read_pyproject),
    _kind("setup", r"(?:.*/)?setup\.cfg", entry_points.read_setup),
    _kind(
        "kubernetes",
        rf"(?:.*/)?(?:{KUBERNETES_FOLDERS})/(?:.*/)?{YAML}|(?:.*/)?[^/]*(?:cronjob|deployment|job|k8s|kube|pod){YAML}",
        kubernetes.read,
    ),
)

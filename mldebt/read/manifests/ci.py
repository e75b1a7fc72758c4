"""Continuous integration: GitHub workflows and actions, GitLab pipelines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context, commands_of
from mldebt.read.yaml_nodes import entries, first_document, get, items, text, text_line

GITLAB_SCRIPTS = ("before_script", "script", "after_script")


def read_github(file: str, content: str) -> Iterator[Command]:
    """The `run` steps of a workflow's jobs, or of a composite action."""
    root = first_document(content)
    crons = [text(get(item, "cron")) for item in items(get(root, "on", "schedule"))]
    context = Context(trigger="schedule" if crons else "ci", schedule=" | ".join(filter(None, crons)))
    context = replace(context, directory=_working_directory(root, ""))
    for name, job in entries(get(root, "jobs")):
        own = replace(context, job=name, directory=_working_directory(job, context.directory))
        yield from _steps(get(job, "steps"), own)
    yield from _steps(get(root, "runs", "steps"), replace(context, job=text(get(root, "name"))))


def _working_directory(node: Any, default: str) -> str:
    return text(get(node, "defaults", "run", "working-directory")).removeprefix("./") or default


def _steps(steps: Any, context: Context) -> Iterator[Command]:
    for step in items(steps):
        run = get(step, "run")
        if run is None or text(get(step, "shell")).startswith(("python", "pwsh", "cmd")):
            continue
        folder = text(get(step, "working-directory")).removeprefix("./").rstrip("/")
        yield from commands_of(text(run), text_line(run), replace(context, directory=folder or context.directory))


def read_gitlab(file: str, content: str) -> Iterator[Command]:
    """The scripts of a pipeline's jobs; a job that only a schedule starts is scheduled."""
    root = first_document(content)
    yield from _scripts(root, Context(trigger="ci"))
    for name, job in entries(root):
        if not name.startswith(".") or get(job, "script") is not None:
            yield from _scripts(job, Context(job=name, trigger="schedule" if _is_scheduled(job) else "ci"))


def _scripts(node: Any, context: Context) -> Iterator[Command]:
    for key in GITLAB_SCRIPTS:
        script = get(node, key)
        for part in items(script) or ([script] if text(script) else []):
            yield from commands_of(text(part), text_line(part), context)


def _is_scheduled(job: Any) -> bool:
    only = get(job, "only")
    if "schedules" in [text(item) for item in (*items(only), *items(get(only, "refs")))]:
        return True
    rules = [text(get(rule, "if")).replace("'", '"') for rule in items(get(job, "rules"))]
    return any('$CI_PIPELINE_SOURCE == "schedule"' in rule for rule in rules)

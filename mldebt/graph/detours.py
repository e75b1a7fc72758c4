"""Data that is written to a file, handed to another program, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, normpath, splitext

from mldebt.evaluate.trace import Trace, TracedEdge
from mldebt.graph.records import Detour
from mldebt.graph.stored import READING, WRITING
from mldebt.sites import Site

CARRIERS = frozenset({
    "cp", "mv", "rm", "ln", "ls", "mkdir", "touch", "cat", "echo", "git", "dvc", "aws", "gsutil", "az", "gcloud",
    "rclone", "scp", "rsync", "sftp", "curl", "wget", "chmod", "chown", "tar", "gzip", "gunzip", "zip", "unzip",
    "zstd", "xz", "bzip2", "pigz", "7z", "split", "head", "tail", "wc", "sort", "uniq", "cmp", "diff", "md5sum",
    "sha256sum", "open", "xdg-open", "start", "display", "explorer", "mlflow", "wandb", "kaggle", "hdfs", "hadoop",
    "docker", "kubectl", "pip", "conda", "uv", "make", "bash", "sh",
})  # fmt: skip
"""Programs that carry, pack or show a file and compute nothing from it."""
OWN = ("python", "python2", "python3", "jupyter", "papermill", "poetry", "pytest", "streamlit", "Rscript")
_SHORTEST = 3
_HOLE = re.compile(r"\{[^}]*\}")
_PACKED = re.compile(r"\.(gz|bz2|xz|zst)$")
_MADE = r"(\.\w+)?"
"""Programs often put an ending behind the name that they are given."""
_WRAPPERS = ("sudo", "time", "nice", "nohup", "env")


def detours(trace: Trace) -> Iterator[Detour]:
    commands = [task for task in trace.tasks.values() if task.get("kind") == "command"]
    if not commands:
        return
    writes = [edge for edge in trace.edges.values() if edge.kind in WRITING]
    reads = [edge for edge in trace.edges.values() if edge.kind in READING]
    made = {edge.target for edge in writes}
    for task in commands:
        given, at = task.get("words"), task.get("at")
        words = [str(word) for word in given] if isinstance(given, (list, tuple)) else []
        program = next((word for word in words if word not in _WRAPPERS), "")
        if not isinstance(at, Site) or _is_no_detour(basename(program)):
            continue
        handed = [(edge, site) for edge in _named(writes, words, "") for site in edge.sites if _is_before(site, at)]
        back = (edge for edge in _named(reads, words, _MADE) if edge.source not in made)
        taken = [(edge, site) for edge in back for site in edge.sites]
        if handed and taken:
            (write, wrote), (read, got) = min(handed, key=_place), min(taken, key=_place)
            yield Detour(basename(program), at, write.target, wrote, read.source, got)


def _is_no_detour(program: str) -> bool:
    return not program or "{" in program or program in CARRIERS or program.startswith(OWN) or program.startswith("-")


def _is_before(one: Site, other: Site) -> bool:
    return one.file == other.file and (one.cell, one.line) < (other.cell, other.line)


def _place(found: tuple[TracedEdge, Site]) -> tuple[Site, str]:
    return found[1], found[0].source


def _named(edges: Iterable[TracedEdge], words: list[str], rest: str) -> Iterator[TracedEdge]:
    """The edges whose stored thing one of the words names; `rest`: what may stand behind the name, on either side."""
    patterns = [_pattern(normpath(word.strip("'\";,").lstrip("<>")), rest) for word in words if _is_telling(word)]
    for edge in edges:
        name = (edge.target if edge.kind in WRITING else edge.source).partition(":")[2]
        if any(pattern.fullmatch(name) for pattern in patterns):
            yield edge


def _is_telling(word: str) -> bool:
    """Whether a word is the name of a file of which enough is known."""
    return "." in word and len(splitext(_HOLE.sub("", basename(word)))[0]) >= _SHORTEST


def _pattern(word: str, rest: str) -> re.Pattern[str]:
    """A name as a command has it: from another folder, perhaps, and with parts that are not known."""
    packed = _PACKED.sub("", word) if rest == "" else word
    text = "[^/]*".join(re.escape(part) for part in _HOLE.split(packed))
    return re.compile(rf"(.*/)?{text}{rest}" if not word.startswith(("/", "~")) else rf"{text}{rest}")

"""Which names mean the same thing in every repository, and which mean another thing in each.

A bucket has one owner in the whole world. A relative path, `localhost`, a folder of a container, and a table called
`users` are another thing in each repository. In between, a name counts that hardly anybody else would think of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from mldebt.graph.everyday_words import EVERYDAY, TUTORIAL

NOWHERE = ("memory", "temp", "unknown")
EVERYWHERE = ("builtin", "hub")
"""Data that comes with a library or from a public hub."""
OBJECTS = {"s3a": "s3", "s3n": "s3", "gcs": "gs"}
"""Other words for the same store."""
BUCKETS = frozenset({"s3", "gs", "abfs", "abfss", "wasb", "wasbs", "oss", "cos", "adl", "r2", "b2"})
MOUNTS = frozenset({
    "mnt", "mount", "nfs", "shared", "share", "efs", "lustre", "gpfs", "volumes", "dbfs", "net", "media", "srv", "san",
    "nas", "lake", "datalake", "fsx", "ceph", "gfs", "groups", "projects", "storage",
})  # fmt: skip
"""Where a machine sees storage that others see, too."""
_URL = re.compile(r"^([a-zA-Z][\w+.-]*)://([^/]*)(.*)$")
_LOCAL_HOST = re.compile(
    r"^(?:[^@]*@)?(localhost|[\d.]+|0|\[.*\]|[^.]*|.*\.(local|localhost|internal|test|example|invalid|svc|lan)|.*\{.*"
    r"|(.*\.)?example\.(com|org|net))(:\d+)?$",
    re.IGNORECASE,
)
_HOLE = re.compile(r"\{[^}]*\}")
_DEFAULT_SCHEMAS = frozenset({"public", "dbo", "main", "default", "guest", "information_schema"})
_SERVER_WORDS = frozenset({"api", "app", "backend", "server", "service", "svc", "web", "rest", "http", "prod", "dev"})
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{2,62}(@[\w.-]+)?")
_PLACEHOLDER = re.compile(r"[<>\s$\[\]]")
BUCKET, TELLING = 1.0, 2.0
"""The weight that is enough for a name that has one owner in the world, and for any other."""


def is_shared(name: str, store: str, said: Iterable[str] = ()) -> bool:
    """Whether a stored thing of this name is the same in every repository.

    `said`: patterns of names that the user says are shared; one with ! before it, that aren't. The last that fits
    counts.
    """
    for pattern in reversed(list(said)):
        if fnmatchcase(name, pattern.removeprefix("!")):
            return not pattern.startswith("!")
    if (
        store in NOWHERE
        or name.startswith(("http::", "~", "{", "memory of "))
        or _PLACEHOLDER.search(_HOLE.sub("", name))
    ):
        return False
    if store in EVERYWHERE:
        return True
    if found := _URL.match(name):
        return _is_shared_url(found[1].lower(), found[2], found[3])
    if name.startswith("/"):
        return _is_shared_path(name)
    return store in ("table", "topic") and "::" not in name and is_telling(name)


def _is_shared_url(scheme: str, host: str, path: str) -> bool:
    if scheme in ("http", "https", "ftp", "sftp"):
        return not _LOCAL_HOST.match(host)
    if scheme in BUCKETS or scheme in OBJECTS:
        return bool(_BUCKET.fullmatch(host)) and weight(host) >= BUCKET
    return not host.endswith(":") and is_telling(f"{host}{path}")


def is_worldwide(name: str) -> bool:
    """A name that nobody else can have: that of a bucket, or of a host in the internet."""
    found = _URL.match(name)
    return bool(found) and (found[1].lower() in BUCKETS or found[1].lower().startswith("http"))  # type: ignore[index]


def _is_shared_path(path: str) -> bool:
    """A path of a mounted store, which says where it leads; any other is one of a machine or a container."""
    parts = path.split("/")
    return parts[1].lower() in MOUNTS and weight(path) + (0.5 if len(parts) > 4 else 0) >= TELLING


def is_telling(name: str) -> bool:
    """Whether a name of a table, topic or registered thing is one that hardly anybody else would give.

    A schema that somebody chose helps, a project in front of it more.
    """
    parts = [part for part in name.split(".") if part]
    chosen = min(len(parts) - 1, 2) if parts[0].lower() not in _DEFAULT_SCHEMAS and "{" not in parts[0] else 0
    return weight(name) + chosen / 2 >= TELLING


def weight(name: str) -> float:
    """How much the words of a name say: nothing for everyday ones, half for all that tutorials are about."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", _HOLE.sub(" ", name))
    words = {word.strip("0123456789") for word in re.split(r"[^a-z0-9]+", spaced.lower())}
    words = {word for word in words if len(word) > 2 and not _is_one_of(EVERYDAY, word)}
    taught = {word for word in words if _is_one_of(TUTORIAL, word)}
    return len(words - taught) + (0.5 if taught else 0)


def _is_one_of(known: frozenset[str], word: str) -> bool:
    return word in known or word.removesuffix("s") in known


def canonical(name: str) -> str:
    """One name for a store that is called by several."""
    scheme, separator, rest = name.partition("://")
    return f"{OBJECTS.get(scheme, scheme)}{separator}{rest}" if separator else name


def tells_server(url: str, repository: str) -> bool:
    """Whether a URL leads to what a repository serves: its host is called so, or its path is one of a kind."""
    found = _URL.match(url)
    host, path = (found[2], found[3]) if found else ("", url)
    label = re.sub(r"^.*@|:\d+$", "", host).partition(".")[0]
    if label and "{" not in label and _bare(label) == _bare(repository):
        return True
    outside = bool(found) and not _LOCAL_HOST.match(host)
    return not outside and label.lower() != "localhost" and not label.isdigit() and weight(path) >= TELLING


def _bare(name: str) -> tuple[str, ...]:
    """The words of a service's name without those that only say that it is one."""
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    return tuple(word for word in words if word not in _SERVER_WORDS) or tuple(words)

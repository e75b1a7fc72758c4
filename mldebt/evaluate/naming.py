"""Identity of stored things: one canonical name for what reads and writes mean."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from posixpath import normpath, splitext

from msgspec import Struct

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import CONSTANT, Hole, Text

_SCHEME = re.compile(r"^([a-z][a-z0-9+.]*):/{1,3}", re.IGNORECASE)
_FILE = re.compile(r"://|/[^/]*\.\w+$|\.(?:csv|parquet|jsonl?|tsv|csv\.gz)$")
_OWN_FOLDER = re.compile(r"\.{0,2}/|~|[A-Za-z]:[\\/]|[^/]+/[^/]+/.")
"""What no model of a hub is called: a place on the disk, or one with more parts than an owner and a name."""
_FORMATS = {
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".pq": "parquet", ".pkl": "pickle", ".pickle": "pickle",
    ".joblib": "joblib", ".json": "json", ".jsonl": "jsonl", ".feather": "feather", ".h5": "hdf5", ".hdf5": "hdf5",
    ".xlsx": "excel", ".xls": "excel", ".npy": "numpy", ".npz": "numpy", ".txt": "text", ".db": "sqlite",
    ".sqlite": "sqlite", ".pt": "torch", ".pth": "torch", ".keras": "keras", ".onnx": "onnx", ".bin": "binary",
    ".ubj": "xgboost", ".cbm": "catboost", ".png": "image", ".jpg": "image", ".html": "html", ".md": "text",
    ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".sav": "pickle", ".gz": "gzip", ".zip": "zip", ".orc": "orc",
}  # fmt: skip

PLACED = ("file", "object", "http", "memory", "temp", "url")
"""Stores whose names are paths or URLs; every other store's names are its own."""
DATABASE = "database"
"""The store of a connection that is a bare name, no address and no file: documents, as Spark asks for them."""
SCHEMES = {"topic": "kafka"}
SERVERS = {"postgresql": "postgres"}
"""What a server is called, where its URL calls it differently."""
DIALECTS = ("postgres", "mysql", "mssql", "oracle", "snowflake", "clickhouse", "bigquery", "warehouse")
"""Databases that are servers: a table is named by the kind of server, a name of a database is no path."""
LONGEST = 300
SCRATCH = ("/tmp/", "/var/tmp/", "/dev/", "/proc/", "/sys/")
"""Where nothing is stored: what lies there is temporary, a device, or a word of the system about itself."""
ESCAPED = str.maketrans({"\a": "/a", "\b": "/b", "\f": "/f", "\v": "/v", "\t": "/t", "\n": "/n", "\r": "/r"})
"""What has become of `\\a` in `"D:\\artifacts"`, a path that its author meant as it stands."""


class Identity(Struct, frozen=True):
    """`name` is canonical; `evidence` is inferred where a step of the way is a convention, not code.

    `asked`: not known, but whoever starts the program names it: what is read is one thing for each such option.
    """

    name: str
    store: str
    format: str = ""
    template: bool = False
    evidence: str = "resolved"
    known: bool = True
    asked: bool = False


def identify(machine: Machine, name: Text, store: str = "file", format: str = "") -> Identity:
    """The identity of what a path, URL or table name stands for."""
    template = name.template.rstrip().lstrip("\r\n\t")  # a folder's name may begin with spaces
    if store == "file" and len(template) < LONGEST:
        template = template.translate(ESCAPED)
    holes = name.literal is None
    evidence = "inferred" if name.assumed else "resolved"
    if any(isinstance(part, Hole) and part.kind == "tmp" for part in name.parts):
        return Identity(template, "temp", format, True)
    if not name.known and store in PLACED and _is_asked_for(name, "cli"):
        program = machine.root.file or machine.scope.file
        return Identity(f"{program}::{template}", store, format, True, "inferred", known=False, asked=True)
    if not name.known:
        return Identity(template, store, format, True, "inferred", known=_is_variable(name))
    if store in ("table", "builtin"):
        return Identity(template, store, format, holes, evidence)
    store = _without_hub(name, template) if store == "hub" else store
    if "://" in store:  # a place within a store: `mlflow://models`
        inside = f"{store}/{template.strip('/')}"
        return Identity(inside, store.partition("://")[0], format, holes or "{" in store, evidence)
    if store not in PLACED and not template.startswith(f"{SCHEMES.get(store, store)}:"):
        return Identity(f"{SCHEMES.get(store, store)}://{template.lstrip('/')}", store, format, holes, evidence)
    scheme = _SCHEME.match(template)
    if scheme:
        return _of_url(template, scheme[1].lower(), holes, format, evidence)
    if template.startswith(SCRATCH) and not machine.workspace.handed_over(template):
        return Identity(template, "temp", format, True)
    path, shifted = _from_code(name, template) or _placed(machine, template)
    form = format or _FORMATS.get(splitext(path)[1].lower(), "")
    return Identity(path, store, form, holes, "inferred" if shifted else evidence)


def _without_hub(name: Text, template: str) -> str:
    """Where a model lies that may be one of a hub: `from_pretrained("./best")` names a folder."""
    return "file" if name.path or name.rooted or _OWN_FOLDER.match(template) else "hub"


def _is_variable(name: Text) -> bool:
    """A place that variables of the environment or constants name alone, or the files in it: all mean the same."""
    holes = [part for part in name.parts if isinstance(part, Hole) and part.kind != "loop"]
    return bool(holes) and all(hole.kind in ("env", CONSTANT) and hole.name.isupper() for hole in holes)


def _is_asked_for(name: Text, kind: str) -> bool:
    """Whether a place is named by something from outside alone; or the files in it."""
    first, *others = [part for part in name.parts if isinstance(part, Hole)] or [Hole("")]
    return first.kind == kind and all(one.kind == "loop" for one in others)


def names_a_file(table: str) -> bool:
    """Whether a table's name is that of a file: some databases query those."""
    return _FILE.search(table) is not None


def file_identity(name: str) -> Identity:
    """What the name of a file in a query stands for, where nothing but the name is known."""
    scheme = _SCHEME.match(name)
    if scheme:
        return _of_url(name, scheme[1].lower(), "{" in name, "", "resolved")
    return Identity(normpath(name), "file", _FORMATS.get(splitext(name)[1].lower(), ""), "{" in name)


def _of_url(template: str, scheme: str, holes: bool, format: str, evidence: str) -> Identity:
    form = format or _FORMATS.get(splitext(template)[1].lower(), "")
    if scheme == "file":
        return Identity(normpath(template[7:]), "file", form, holes, evidence)
    store = "http" if scheme in ("http", "https") else "object"
    return Identity(template.rstrip("/"), store, form, holes, evidence)


def _from_code(name: Text, template: str) -> tuple[str, bool] | None:
    """Where a path points that begins where the code lies; None where it leaves the repository."""
    path = normpath(template)
    return (path, False) if name.rooted and not path.startswith(("..", "/", "{")) else None


def _placed(machine: Machine, template: str) -> tuple[str, bool]:
    """Where a path points in the repository, and whether that took a guess."""
    if template.startswith("/"):
        return _inside(machine, normpath(template))
    if template.startswith("{"):
        return _in_project(machine, template), False
    if template.startswith("~") or re.match(r"^[A-Za-z]:[\\/]", template):
        return template.replace("\\", "/"), False
    start = machine.root.file or machine.scope.file
    path = normpath(template.replace("\\", "/"))
    folders = {command.directory or "." for command in machine.commands.get(start, ()) if command.trigger == "stage"}
    place = machine.workspace.place(path, start)
    if len(folders) == 1 and not machine.workspace.exists(place):
        return normpath(f"{folders.pop()}/{path}"), False
    return place, False


def _in_project(machine: Machine, template: str) -> str:
    """An unknown folder is not the same one in two projects of a repository."""
    start = machine.root.file or machine.scope.file
    base = machine.workspace.base_of(start.rpartition("/")[0] or ".")
    return template if base == "." else f"{base}/{template}"


def _inside(machine: Machine, path: str) -> tuple[str, bool]:
    """An absolute path as seen in a container: its tail, if the repository has it or the folder of it; or if one of the
    folders above the code has both the file's folder and the folder that this one is in.
    """
    parts = path.strip("/").split("/")
    start = machine.root.file or machine.scope.file
    above = [str(folder) for folder in PurePosixPath(start).parents if str(folder) != "."]
    for at in range(1, len(parts)):
        tail = "/".join(parts[at:])
        folder = tail.rpartition("/")[0]
        for base in ("", *above) if "/" in folder else ("",):
            place = f"{base}/{tail}" if base else tail
            if "{" not in tail and machine.workspace.exists(place):
                return place, True
            if folder and "{" not in folder and machine.workspace.exists(place.rpartition("/")[0]):
                return place, True
    return path, False


def table_identity(machine: Machine, database: Text | None, table: str, store: str = "table") -> Identity:
    """`<file>::<table>`, `<server>://<table>`, `mongodb://<database>::<collection>`; or else the table alone."""
    holes = "{" in table
    if store in DIALECTS:
        return Identity(f"{store}://{table}", "table", store, holes)
    if database is None or not database.known:
        return Identity(table, "table", store, holes)
    template = database.template.removeprefix("jdbc:")
    if store == DATABASE:
        return Identity(f"mongodb://{template}::{table}", "table", "", holes)
    if template.endswith(":memory:") or template == "sqlite://":
        return Identity(f"memory of {machine.root.file or machine.scope.file}::{table}", "memory", "", holes)
    found = re.match(r"^sqlite(?:\+\w+)?:///?(.*)$", template)
    if found:
        place = identify(machine, Text((found[1] or ":memory:",)))
        return Identity(f"{place.name}::{table}", "table", "sqlite", holes or database.literal is None, place.evidence)
    url = re.match(r"^(?:jdbc:)?(\w+)(?:\+\w+)?://(?:[^/]*)/?([\w{}-]*)", template)
    if url:
        server = SERVERS.get(url[1], url[1])
        return Identity(f"{server}://{table}", "table", server, holes)
    place = identify(machine, database)
    return Identity(f"{place.name}::{table}", "table", store, holes or database.literal is None, place.evidence)

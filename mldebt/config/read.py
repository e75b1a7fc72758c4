"""Reading a configuration strictly: an unknown key or a value of the wrong kind is an error, never ignored."""

from __future__ import annotations

from pathlib import Path

from mldebt import __version__
from mldebt.config.document import Document, read_document
from mldebt.config.find import OWN_FILES, SHARED_FILE, find_config
from mldebt.config.keys import KEYS
from mldebt.config.model import Config, Settings
from mldebt.config.shapes import Place, unknown
from mldebt.config.version import fits
from mldebt.errors import UsageError, near_name_hint


def load_config(start: Path, root: Path, explicit: Path | None = None) -> Config:
    """The configuration that the user named, else the nearest one from `start` up to `root`, else the empty one."""
    if explicit is not None:
        return read_config(explicit)
    found = find_config(start, root)
    return read_config(found) if found else Config()


def load_settings(root: Path) -> Settings:
    """What the configuration in this folder declares for rules."""
    return (config := load_config(root, root)).settings(config.name(root))


def read_config(path: Path, text: str | None = None) -> Config:
    """`text`: another content than the file has now."""
    if text is None and not path.is_file():
        beside = [name for name in (*OWN_FILES, SHARED_FILE) if (path.parent / name).is_file()]
        hint = near_name_hint(path.name, beside)
        raise UsageError(f"there is no configuration file {path}{hint}")
    document = read_document(path, text)
    _require_version(document)
    _require_known_keys(document)
    values = {
        key.replace("-", "_"): KEYS[key].shape.read(Place(document, (key,), key), value)
        for key, value in document.table.items()
    }
    return Config(path=path, document=document, **values)


def _require_version(document: Document) -> None:
    """Asked first: a configuration for another version may have keys that this one doesn't know."""
    required = document.table.get("required-version")
    if isinstance(required, str) and not fits(__version__, required):
        raise document.error(f"this is mldebt {__version__}, and {required} is required", "required-version")


def _require_known_keys(document: Document) -> None:
    for key in document.table:
        if key == "tool" and not document.prefix:
            raise document.error("the keys stand at the top of this file, without [tool.mldebt]", key)
        if key not in KEYS:
            raise document.error(unknown("key", key, KEYS), key)

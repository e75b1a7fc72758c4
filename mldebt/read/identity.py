"""What the facts of a file depend on besides its bytes: the reader itself, its parsers and the version of Python."""

from __future__ import annotations

import sys
from functools import cache, cached_property
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from mldebt import __version__
from mldebt.project.written import code_digest
from mldebt.read.one_file import kind_of_file

PARSERS = ("libcst", "sqlglot", "yaml")
VERSION_FILES = ("_version.py", "__init__.py")


class Identity:
    """Keys for the cache."""

    def key(self, file: str, data: bytes) -> bytes:
        """The key of a file's facts. What a manifest says depends on where it lies; other files are their bytes."""
        kind = kind_of_file(file) or ""
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(f"{kind}\0{file if kind == 'manifest' else ''}\0".encode("utf-8", "surrogateescape"))
        hashed.update(data)
        return hashed.digest()

    def key_of_query(self, text: str) -> bytes:
        """The key of what a text of SQL says that stands in code."""
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(b"query\0" + text.encode("utf-8", "surrogatepass"))
        return hashed.digest()

    @cached_property
    def _base(self) -> bytes:
        return reader_digest()


@cache
def reader_digest() -> bytes:
    hashed = blake2b(f"{__version__} {sys.version_info[:2]} {sys.byteorder}".encode(), digest_size=20)
    hashed.update(code_digest(("read",)))
    for parser in PARSERS:
        hashed.update(f"\0{parser}\0".encode())
        hashed.update(version_text(parser))
    return hashed.digest()


def version_text(package: str) -> bytes:
    """The file that tells a package's version, found without importing the package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return b""
    for name in VERSION_FILES:
        path = Path(spec.origin).with_name(name)
        if path.is_file():
            return path.read_bytes()
    return b""

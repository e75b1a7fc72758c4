"""Code that could not be read: nothing that it speaks of is said to be used by nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from mldebt.read.facts import FileFacts
from mldebt.read.one_file import kind_of_file

CODE = ("python", "notebook", "sql")


class UnreadCode:
    """The files of code that were not read, or only in part; `content` gives the bytes of a file, b"" without it."""

    def __init__(self, facts: Iterable[FileFacts], content: Callable[[str], bytes]) -> None:
        self._files = [each.file for each in facts if each.problem and kind_of_file(each.file) in CODE]
        self._content = content

    def speaks_of(self, name: str) -> bool:
        """Whether a name is written in any of them."""
        spelled = name.encode("utf-8", "surrogatepass")
        return any(spelled in text for text in self._texts)

    @cached_property
    def _texts(self) -> list[bytes]:
        return [text for text in map(self._content, self._files) if text]

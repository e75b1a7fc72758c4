"""Where code names files in a folder for temporary files."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FUNCTION = re.compile(r"^[\s\"]*(?:async\s+)?def\s")
_PATH = re.compile(r"""["']((?:/var)?/tmp/[^"'{}\\\n]+)\\?["']""")
_CONSTANT = re.compile(r"""^[\s\"]{0,8}([A-Za-z_]\w*)\s*(?::[^=]+)?=\s*\\?["']((?:/var)?/tmp/[^"'{}\\\n]+)\\?["']""")
_KEPT = re.compile(r"""^[\s\"]*(?:async\s+)?(?:def\s|[A-Za-z_][\w.]*\s*(?::[^=]+)?=\s*\\?["'])""")
"""Where a path is given a name, or is what a parameter is by default: how often it is used can't be told."""


def temporary_names(code: str) -> Iterator[tuple[str, int]]:
    """Each use of a path that is written out or named by a constant, with the line of the function that uses it.

    A path that is kept under another name counts twice.
    """
    constants: dict[str, str] = {}
    function = 0
    for number, line in enumerate(code.splitlines(), 1):
        if _FUNCTION.match(line):
            function = number
        elif line[:1] not in (" ", "\t", "\n", "", ")", "#", "@"):
            function = 0
        constant = _CONSTANT.match(line) if not function else None
        if constant is not None:
            constants[constant[1]] = constant[2]
            continue
        for match in _PATH.finditer(line):
            yield from [(match[1], function)] * (2 if _KEPT.match(line) else 1)
        for name, path in constants.items():
            if name in line and re.search(rf"\b{name}\b", line):
                yield path, function

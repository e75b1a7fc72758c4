"""What a module does only when it is run itself."""

from __future__ import annotations

from mldebt.read.facts import Stmt

_NAME, _MAIN = ("name", "__name__"), ("const", "__main__")
_IS_MAIN = (("cmp", "==", _NAME, _MAIN), ("cmp", "==", _MAIN, _NAME))


def as_imported(body: tuple[Stmt, ...]) -> tuple[tuple[Stmt, ...], tuple[Stmt, ...]]:
    """What an import runs, and what stands behind that below `if __name__ == "__main__"`, without an `else`."""
    end = len(body)
    while end and is_main(body[end - 1]) and not body[end - 1][5]:
        end -= 1
    return body[:end], body[end:]


def is_main(statement: Stmt) -> bool:
    return bool(statement[0] == "if" and statement[3] in _IS_MAIN)

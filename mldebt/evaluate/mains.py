"""What a module does only when it is run itself."""

from __future__ import annotations

from mldebt.read.facts import Stmt


def as_imported(body: tuple[Stmt, ...]) -> tuple[tuple[Stmt, ...], tuple[Stmt, ...]]:
    """What an import runs, and what stands behind that below `if __name__ == "__main__"`."""
    end = len(body)
    while end and is_main(body[end - 1]):
        end -= 1
    return body[:end], body[end:]


def is_main(statement: Stmt) -> bool:
    return bool(statement[0] == "if" and statement[3][0] == "cmp" and ("name", "__name__") in statement[3][2:])

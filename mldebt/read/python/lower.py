"""Python source → IR: by Python's own parser, and by libcst's where that one refuses.

Two parsers, one IR. `by_ast` reads nearly all files. It knows the syntax of the Python that runs it and no other, so
what it refuses goes to `by_libcst`, which is slower and knows the syntax of newer versions too. Except for
what is nested too deeply: over that, libcst's parser ends the process.
"""

from __future__ import annotations

from mldebt.read.facts import Stmt
from mldebt.read.python.by_ast.module import lower as lower_by_ast
from mldebt.read.python.refusal import is_refused_by_all
from mldebt.read.python.unreadable import Unreadable


def lower(source: str, *, newer: bool = True) -> tuple[tuple[Stmt, ...], int]:
    """The IR of a module and its number of lines; raises `Unreadable` where it is not Python 3.

    `newer`: whether code that this Python refuses is tried as that of a newer one.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = source.count("\n") + (source[-1:] not in ("", "\n"))
    if not source.endswith("\n"):
        source += "\n"
    try:
        return lower_by_ast(source), lines
    except SyntaxError as error:
        if not newer or is_refused_by_all(error.msg):
            line = error.lineno or 1
            raise Unreadable(f"syntax error at line {line}", line) from None
    except (RecursionError, MemoryError):
        raise Unreadable("nested too deeply") from None
    except ValueError as error:
        if not newer:
            raise Unreadable(f"not parsed: {type(error).__name__}") from None
    from mldebt.read.python.by_libcst.module import lower as lower_by_libcst

    return lower_by_libcst(source), lines

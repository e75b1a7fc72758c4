"""What reading a file leaves behind: small, immutable, made of tuples, strings and numbers only.

Facts are a pure function of the file's bytes (and of the version of mldebt), so they are cached by content and made in
parallel. No syntax tree outlives its file.

The intermediate representation (IR) of Python code is nested tuples whose first item is a tag.

Expressions
    ("const", value)                      str, int, float, bool, None; bytes, complex and ... become ("opaque", ())
    ("name", id)
    ("attr", base, name)                  base.name
    ("index", base, index)                index is an expression; a slice is ("slice", low|None, high|None, step|None);
                                          several are ("tuple", items)
    ("call", func, args, kwargs, line, ordinal)
                                          args: expressions, ("star", e) for *e; kwargs: (name, e), (None, e) for **e;
                                          line: that of the call's opening parenthesis (the decorator's line where
                                          it decorates); ordinal: number of the call in the file, in source order
    ("list", items) ("tuple", items) ("set", items)
                                          items beyond the 200th are dropped and ("opaque", ()) ends the list
    ("dict", pairs)                       (key, value); (None, value) for **value
    ("bin", op, left, right)              op as written: + - * / // % @ ** & | ^ << >>
    ("cmp", op, left, right)              == != < <= > >= in, not in, is, is not; a < b < c is ("bool", "and", …)
    ("bool", "and"|"or", left, right)
    ("un", op, operand)                   - + ~ not
    ("fstr", parts)                       a part is a str or (expression, format spec as str or None)
    ("if", test, then, otherwise)
    ("comp", kind, element, generators)   kind: list set gen dict (element is then ("tuple", (key, value)));
                                          generators: (target, iterable, conditions)
    ("lambda", params, body)
    ("walrus", name, value)
    ("star", value)  ("yield", value|None)
    ("opaque", children)                  anything else, with its sub-expressions
    `await e` is e; parentheses vanish; implicit concatenation of strings is one const or fstr; more than 200 operators
    in a row are ("opaque", operands).

Statements: (tag, line, end_line, …); for a compound statement the lines are those of its header
    ("assign", l, e, targets, value|None, annotation|None)    a = b = v has two targets; a bare annotation no value
    ("aug", l, e, target, op, value)                          op without "="
    ("expr", l, e, value)
    ("return", l, e, value|None)
    ("raise", l, e, value|None)  ("assert", l, e, test)  ("del", l, e, targets)
    ("global", l, e, names)      nonlocal too
    ("import", l, e, ((dotted, asname|None), …))
    ("from", l, e, module ("" for `from . import`), level, ((name, asname|None), …) or "*")
    ("if", l, e, test, body, otherwise)            elif is an "if" in otherwise; from the 201st on they stand in it
                                                   side by side
    ("for", l, e, target, iterable, body, otherwise)
    ("while", l, e, test, body, otherwise)
    ("with", l, e, ((expression, target|None), …), body)
    ("try", l, e, body, ((type|None, name|None, body), …), otherwise, final)
    ("match", l, e, subject, bodies)               patterns are dropped
    ("def", l, e, name, params, decorators, body, returns|None)    l is the line of `def`, decorators have their own
                                                   calls' lines; async too
    ("class", l, e, name, bases, keywords, decorators, body)
    ("magic", l, e, kind, text)                    notebooks: kind is "!" (shell line), "%" (line magic) or "%%bash",
                                                   "%%sql", … (cell magic; text is the cell's body)
                                                   one with arguments follows ("magic", l, e, "%%", first line)
    `pass`, `break`, `continue` and statements that are only a string without holes (docstrings) are dropped.

Params are (name, annotation|None, default|None, kind), kind one of "pos", "kw", "*", "**".

Lines of a notebook are those of its joined source; `FileFacts.site` turns them into cell and line.
"""

from __future__ import annotations

import marshal
from bisect import bisect_right
from typing import Any

from msgspec import Struct

from mldebt.sites import Site
from mldebt.terms.term import Packed

COPY, MOUNT = "COPY", "MOUNT"
"""The `program` of what is put into an image, and of what a container sees in place of it; `reads` says what."""

Expr = tuple[Any, ...]
Stmt = tuple[Any, ...]


class Command(Struct, frozen=True):
    """A command line found in a pipeline, build, deploy or schedule file, in a notebook or in a shell script.

    `program`: python, papermill, jupyter, uvicorn, gunicorn, flask, streamlit, dvc, dbt, … as called, without path.
    `target`: the file or module it runs (`src/train.py`, `churn.train`, `notebooks/x.ipynb`), "" where it has none;
    `arguments`: the words behind it. `job`: name of the stage, target, task or service that holds it.
    `trigger`: schedule, deploy, stage, ci, manual. `reads` and `writes`: paths that the job declares. `directory`:
    where it runs, relative to the root of the repository. `settings`: files whose values fill the named holes.
    `parameters`: what the job declares to depend on in files of settings, as `params.yaml:train.seed`, without a key
    for a whole file. `reruns`: when its tool runs it again: changed (when what it declares has changed), always, never.
    """

    line: int
    program: str
    target: str
    arguments: tuple[str, ...] = ()
    job: str = ""
    trigger: str = "manual"
    schedule: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    directory: str = ""
    settings: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    reruns: str = "changed"


class SqlColumn(Struct, frozen=True):
    """An output of a SELECT: `sources` are (table, column); `transform` is False for a column passed on unchanged.

    `name` is "*" for a star; its sources are then (table, "*"). `term` is how it is computed (`mldebt.terms`, packed),
    None where that can't be told.
    """

    name: str
    sources: tuple[tuple[str, str], ...] = ()
    transform: bool = False
    term: Packed | None = None


OUTPUT = "()"


class SqlStatement(Struct, frozen=True):
    """One SQL statement. Table names keep their qualifiers as written, without quotes.

    `kind`: select, insert, create_table, create_view, create_model, update, delete, merge, drop, other. `target`: the
    table written, "" for a bare select. `mode`: replace, append, merge, error (only where it isn't there yet).
    `columns`: those defined (CREATE TABLE) or named as targets (INSERT). `outputs`: of its SELECT. `uses`: (table,
    column, use) with use filter, key, order or value; table "" where several tables make it ambiguous, `OUTPUT` for its
    own results.
    `incomplete` says why it could not be fully read, "" otherwise. `rows`: which rows a SELECT without groups gives, as
    operations of the canonical expressions with settings and condition. `outer`: rows stay for which a joined table has
    none. `model`: the one that `create_model` lets the database learn from the outputs, of a `model_kind` and with
    `labels`; `asked`: the models of the database that predict what is read.
    """

    line: int
    end_line: int
    kind: str
    target: str = ""
    mode: str = ""
    reads: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    outputs: tuple[SqlColumn, ...] = ()
    uses: tuple[tuple[str, str, str], ...] = ()
    incomplete: str = ""
    rows: tuple[tuple[str, tuple[tuple[str, str], ...], Packed | None], ...] = ()
    outer: bool = False
    model: str = ""
    model_kind: str = ""
    labels: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Pragma(Struct, frozen=True):
    """A comment, or the part of one, that speaks to mldebt: `# mldebt: ignore[MLD203] reason`, `# noqa: MLD203`.

    `word`: ignore, ignore-file, noqa, or what stands in their place. `labels`: what stands between the brackets, None
    without brackets. `line`, `column` and `end_column` count from 1 (in the cell, in code points): where
    it stands, its `mark` (# or --) included. `first` to `last` are the lines that it speaks of. `blanks` are before it;
    `alone`: nothing else is on its line.
    """

    word: str
    labels: tuple[str, ...] | None
    reason: str
    line: int
    column: int
    end_column: int
    first: int
    last: int
    blanks: int = 0
    alone: bool = False
    mark: str = "#"
    cell: int = -1


class Outline(Struct, frozen=True):
    """What a file of code shares with others when it runs, told without its statements.

    `imports`: (level, module, names), no names for `import module`, "*" for all. `names`: (name here, level, module,
    name there or "" for the module itself). `objects`: names bound at the top level to what a call made, and the
    dotted name that was called, "" for anything more complicated. `containers`: those bound to lists, dictionaries and
    sets. `held`: the ones of both that functions mention. `changed`: dotted names that are changed in place.
    `attributes`: (imported name, attribute of it that is mentioned). `classes`: (name, whether its methods change an
    instance after it was made). `rebound`: names that functions declare global. `runs`: notebooks run by `%run`.
    `lists`: (line of the statement, texts) of lists that are written out and hold three texts or more, nothing else.
    `borrowed`: (line of an assignment, imported name that it calls or hands to a call). `decorators`: imported names
    that decorate functions and classes of the top level.
    """

    imports: tuple[tuple[int, str, tuple[str, ...]], ...] = ()
    names: tuple[tuple[str, int, str, str], ...] = ()
    objects: tuple[tuple[str, str], ...] = ()
    containers: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    classes: tuple[tuple[str, bool], ...] = ()
    rebound: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    lists: tuple[tuple[int, tuple[str, ...]], ...] = ()
    borrowed: tuple[tuple[int, str], ...] = ()
    decorators: tuple[str, ...] = ()


NOTHING = Outline()


class Layout(Struct, frozen=True):
    """The units of a Python file in the order of its text: what is at the top level, and bodies of functions there.

    `top` stands for all that is not in a body. `starts` and `ends`: the first and last line of each unit; `digests`:
    what stands for the text of a body, b"" for a unit of the top level. Empty where a file isn't laid out.
    """

    top: bytes = b""
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    digests: tuple[bytes, ...] = ()

    def unit(self, line: int) -> int:
        """The number of the unit that holds a line; -1 where none does."""
        at = bisect_right(self.starts, line) - 1
        return at if at >= 0 and line <= self.ends[at] else -1

    def body_of(self, line: int) -> int:
        """The number of the unit that is the body of a definition whose header, or statement, is on a line; or -1."""
        at = self.unit(line)
        if 0 <= at < len(self.digests) - 1 and not self.digests[at]:
            at += 1
        return at if at >= 0 and self.digests[at] else -1


UNKNOWN = Layout()


class FileFacts(Struct, frozen=True):
    """Everything that later stages may know of one file.

    `kind`: python, notebook, sql, manifest, skipped. `packed`: the statements of the code as bytes, which `body`
    unpacks. `cells`: for each code cell of a notebook (first line in the joined source, index over all cells).
    `lines`: of source code. `problem`: why the file, or a part of it, could not be read, "" otherwise. `key` stands for
    the bytes of the file and for what reads them.
    """

    file: str
    kind: str
    packed: bytes = b""
    cells: tuple[tuple[int, int], ...] = ()
    lines: int = 0
    commands: tuple[Command, ...] = ()
    sql: tuple[SqlStatement, ...] = ()
    problem: str = ""
    outline: Outline = NOTHING
    pragmas: tuple[Pragma, ...] = ()
    layout: Layout = UNKNOWN
    key: bytes = b""

    @property
    def body(self) -> tuple[Stmt, ...]:
        """The statements of the code; unpacked at each call, for most files are not needed when little has changed."""
        statements: tuple[Stmt, ...] = marshal.loads(self.packed) if self.packed else ()
        return statements

    def site(self, line: int, end_line: int | None = None) -> Site:
        """The position of a line of the joined source, as a reader of the file would name it."""
        end = max(line, end_line or line)
        if not self.cells:
            return Site(self.file, line, end)
        at = max(0, bisect_right(self.cells, (line, 1 << 60)) - 1)
        first, cell = self.cells[at]
        return Site(self.file, line - first + 1, end - first + 1, cell)

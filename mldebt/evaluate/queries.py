"""SQL met in Python: which tables a query reads and writes, and which columns it brings."""

from __future__ import annotations

import re

from mldebt.evaluate.calls import Call, use_frame
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.handles import read_handle
from mldebt.evaluate.joins import join
from mldebt.evaluate.learned_in_sql import of_models
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import DATABASE, DIALECTS, identify, names_a_file, table_identity
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.picking import clock_among, clocked
from mldebt.evaluate.provenance import columns_of, sources_of
from mldebt.evaluate.queried import (
    FETCHED,
    ONE,
    asked_columns,
    cells_of_query,
    first_row,
    note_borrowed,
    note_uses,
    owners,
)
from mldebt.evaluate.quotients import divided
from mldebt.evaluate.reshaping import without_index
from mldebt.evaluate.storage import dataset_node, gap, reason_of, resolve, settled
from mldebt.evaluate.strings import concatenate
from mldebt.evaluate.values import (
    ColumnRef,
    Connection,
    Const,
    Frame,
    Handle,
    Map,
    Object,
    Seq,
    Text,
    Value,
    options_of,
)
from mldebt.evaluate.views import choose_of_views, put_output, read_views
from mldebt.evaluate.writing import write_mode
from mldebt.read.facts import OUTPUT, SqlColumn, SqlStatement
from mldebt.sites import Site
from mldebt.terms.term import unpacked

MEMORY = ":memory:"
_HOLE = re.compile(r"\{[^{}]*\}")
_SQL = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*+(?:SELECT|INSERT|UPDATE|MERGE|REPLACE|WITH|CREATE|COPY)\s", re.IGNORECASE | re.DOTALL
)
_NAME = re.compile(r"^[\w.\[\]\"`{}-]+$")


def connect(operation: Operation) -> Value:
    value = operation.given("name")
    store = operation.entry.text("store", "table")
    found: list[Value] = []
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Connection):
            found.append(Connection(option.name, option.store))
        else:
            found.append(Connection(option if isinstance(option, Text) else Text(("",)), store))
    in_memory = operation.entry.selector("name") and store not in DIALECTS
    return join(found) if found else Connection(Text((MEMORY if in_memory else "",)), store)


def connections(operation: Operation) -> list[Connection]:
    value = operation.given("connection")
    found = [option for option in options_of(value) if isinstance(option, Connection)] if value is not None else []
    if not found and isinstance(value, Text):
        found = [Connection(value, DATABASE if re.fullmatch(r"[\w-]+", value.template) else "table")]
    return found or [Connection(Text(("",)), "table")]


def read_query(operation: Operation) -> Value:
    """pandas.read_sql and its kin."""
    from mldebt.evaluate.orm import STATEMENT, run_statement

    results: list[Value] = []
    for option in options_of(operation.given("sql") or Const(None)):
        for connection in connections(operation):
            if isinstance(option, Object) and option.kind == STATEMENT:
                results += [rows.copy(form="table") for rows in run_statement(operation, option, connection)]
                continue
            if isinstance(option, Frame) and option.form == "query":
                results.append(option.copy(form="table"))
                continue
            named = _in_schema(operation, option, "bucket")
            results.append(_read_one(operation, _sql_text(named), connection, named))
    return join(results)


def _sql_text(value: Value) -> str | None:
    """The text of a query; its holes stay in it as `{name}`."""
    if isinstance(value, Object) and value.kind == "sql":
        return str(value.facts["text"])
    return value.template if isinstance(value, Text) and value.known else None


def _read_one(operation: Operation, sql: str | None, connection: Connection, value: Value) -> Value:
    machine, site = operation.machine, operation.site
    frame = new_frame(machine, operation.name_in_scope("rows"), (operation.call.ordinal, sql), site, operation="read")
    if sql is None:
        node = gap(machine, f"query: {reason_of(value)}", "the text of the query is not known", site, "READS")
        machine.trace.access(site, "read", "unresolved", reason_of(value))
        machine.trace.edge(node, frame.node, "READS", site, "guessed")
        frame.vague = True
        return frame
    statements = statements_of(machine, sql)
    if not statements and _NAME.match(sql.strip()):
        if not read_views(operation, frame, (sql.strip(),)):
            _read_table(machine, frame, sql.strip(), connection, site)
        frame.rest = frame.open
        return frame
    note_borrowed(machine, frame.node, sql, site)
    for statement in statements:
        _apply_reads(operation, frame, statement, connection)
    frame.vague = frame.vague or not (frame.columns or frame.open)
    frame.ordered, frame.rest = frame.closed, frame.open
    form = FETCHED.get(operation.entry.text("returns"), "")
    if form in ONE and len(statements) == 1:
        frame.cells = cells_of_query(divided(statements[0], connection))
        return first_row(frame, form)
    return frame


def is_statement(machine: Machine, method: str, call: Call) -> bool:
    """`connection.execute("INSERT INTO …")` on whatever it is: what it is told is a statement about tables."""
    first = call.args[0] if call.args and method.startswith("execute") else None
    if not isinstance(first, Text) or not _SQL.match(first.template):
        return False
    return any(statement.reads or statement.target for statement in statements_of(machine, first.template))


def statements_of(machine: Machine, sql: str) -> tuple[SqlStatement, ...]:
    """What a query says; a mere name says nothing yet."""
    return () if _NAME.match(sql.strip()) else machine.others.sql_texts.statements(sql)


def _read_table(machine: Machine, frame: Frame, table: str, connection: Connection, site: Site) -> None:
    node = table_node(machine, table, connection, site)
    machine.trace.access(site, "read", "resolved")
    machine.trace.edge(node, frame.node, "READS", site)
    frame.open = (node,)


def table_node(machine: Machine, table: str, connection: Connection, site: Site) -> str:
    if names_a_file(table):
        return dataset_node(machine, identify(machine, Text((table,))), site)
    identity = table_identity(machine, connection.name, table, connection.store)
    return dataset_node(machine, identity, site)


def _apply_reads(operation: Operation, frame: Frame, statement: SqlStatement, connection: Connection) -> None:
    machine, site = operation.machine, operation.site
    statement = divided(statement, connection)
    views = read_views(operation, frame, statement.reads)
    choose_of_views(machine, frame, statement, views, site)
    nodes = {table: table_node(machine, table, connection, site) for table in statement.reads if table not in views}
    of_models(machine.trace, statement, frame.node, nodes, frame.node.partition(":")[2], site)
    if not nodes:
        return
    unnamed = not any(_is_known(table) for table in nodes)
    machine.trace.access(site, "read", "unresolved" if unnamed else "resolved", "table name with unknown parts")
    picks = tuple((op, told, unpacked(test) if test else None) for op, told, test in statement.rows)
    beside = clock_among(machine, [*operation.call.args, *operation.call.kwargs.values()])
    for table, node in nodes.items():
        asked = asked_columns(statement, table, len(nodes))
        told = {**(clocked(*picks) or beside), "outer": statement.outer or None}
        machine.trace.edge(node, frame.node, "READS", site, columns=asked, **told)
    note_uses(machine, statement, nodes, site)
    for output in statement.outputs:
        _add_output(machine, frame, output, nodes, site)
    for table, name, use in statement.uses:
        for ref in frame.columns.get(name, ()) if table == OUTPUT else ():
            machine.trace.use(ref, use, site)
    frame.picked = picks


def _is_known(table: str) -> bool:
    """Whether a table's name has more than holes."""
    return bool(re.search(r"\w", _HOLE.sub("", table)))


def _add_output(machine: Machine, frame: Frame, output: SqlColumn, nodes: dict[str, str], site: Site) -> None:
    if output.name == "*":
        stars = [node for table, _ in output.sources for node in owners(nodes, table)] or list(nodes.values())
        frame.open = tuple(dict.fromkeys((*frame.open, *stars)))
        return
    refs: set[ColumnRef] = set()
    for table, name in output.sources:
        for node in owners(nodes, table):
            machine.trace.column((node, name), "projection", site)
            refs.add((node, name))
    put_output(machine, frame, output, refs, site)


def execute(operation: Operation) -> Value:
    """`cursor.execute(sql, parameters)`: rows to fetch, or a write."""
    from mldebt.evaluate.orm import STATEMENT, ask, asks_rows, run_statement

    if asks_rows(operation.machine, operation.call):
        return ask(operation)
    rows: list[Frame] = []
    receiver = connections(operation)
    asked = operation.given("sql") or operation.call.pick((0,), Const(None))
    for option in options_of(asked) if asked is not None else ():
        for connection in receiver:
            if isinstance(option, Object) and option.kind == STATEMENT:
                rows += run_statement(operation, option, connection)
            else:
                rows += _execute_one(operation, _sql_text(option), connection, option)
    _copied(operation, rows)
    for connection in receiver:
        connection.rows = tuple(rows)  # a cursor is asked for its rows in a statement of its own
    return Connection(receiver[0].name, receiver[0].store, tuple(rows))


def _copied(operation: Operation, rows: list[Frame]) -> None:
    """`copy_expert("COPY … TO STDOUT", file)`: the rows go into an open file."""
    from mldebt.evaluate.storage import node_of
    from mldebt.evaluate.writing import write_data

    machine, site, target = operation.machine, operation.site, operation.given("data")
    for handle in options_of(target) if target is not None else ():
        if isinstance(handle, Handle) and set(handle.mode) & set("wax"):
            node, evidence = node_of(machine, handle, site)
            for frame in rows if node else ():
                write_data(machine, frame, node, site, evidence, "append" if "a" in handle.mode else "replace")


def _execute_one(operation: Operation, sql: str | None, connection: Connection, value: Value) -> list[Frame]:
    machine, site = operation.machine, operation.site
    if sql is None:
        machine.trace.access(site, "execute", "unresolved", reason_of(value))
        gap(machine, f"query: {reason_of(value)}", "the text of the query is not known", site, "READS")
        return []
    rows: list[Frame] = []
    for number, statement in enumerate(statements_of(machine, sql)):
        frame = new_frame(
            machine, operation.name_in_scope("rows"), (operation.call.ordinal, sql, number), site, operation="read"
        )
        note_borrowed(machine, frame.node, sql, site)
        if statement.reads or statement.kind == "select" or statement.asked:
            _apply_reads(operation, frame, statement, connection)
        if statement.target and statement.kind in (
            "insert",
            "update",
            "merge",
            "create_table",
            "create_view",
            "delete",
        ):
            _apply_write(operation, statement, frame, connection)
        elif statement.kind == "select":
            frame.form, frame.cells = "records", cells_of_query(divided(statement, connection))
            rows.append(frame)
    return rows


def _apply_write(operation: Operation, statement: SqlStatement, frame: Frame, connection: Connection) -> None:
    from mldebt.evaluate.adjusting import on_data
    from mldebt.evaluate.writing import computed

    machine, site = operation.machine, operation.site
    node = table_node(machine, statement.target, connection, site)
    if statement.kind == "create_table" and not statement.reads:
        for name in statement.columns:
            machine.trace.column((node, name), "schema", site)
        machine.trace.node(node, "dataset", machine.trace.nodes[node].name, closed=True)
        return
    if statement.kind == "delete":
        return
    known = "resolved" if _is_known(statement.target) else "unresolved"
    machine.trace.access(site, "write", known, "table name with unknown parts")
    parameters = contents_of(operation, operation.call.pick((1, "parameters", "params", "seq_of_parameters", "file")))
    sources = sorted(sources_of(parameters)) if parameters is not None else []
    if statement.reads or not sources:
        sources.append(frame.node)
    mode = statement.mode or "append"
    for source in sources:
        told = on_data(computed(machine, frame)) if source == frame.node and not statement.columns else {}
        machine.trace.edge(source, node, "WRITES", site, columns=statement.columns or None, mode=mode, **told)
    _written(machine, statement, parameters, node, site)
    if statement.reads:
        _written_rows(machine, statement, frame, node, site)


def _written_rows(machine: Machine, statement: SqlStatement, frame: Frame, node: str, site: Site) -> None:
    """`INSERT INTO … SELECT`, `CREATE TABLE … AS`: what the columns of the target are made of; all of it is used."""
    names = [output.name for output in statement.outputs]
    targets = statement.columns if len(statement.columns) == len(names) and "*" not in names else names
    for target, name in zip(targets, names, strict=True):
        if name != "*":
            machine.trace.column((node, target), "written", site, frame.columns.get(name, frozenset()))
    use_frame(machine, frame, "sink", site)


def _written(machine: Machine, statement: SqlStatement, parameters: Value | None, node: str, site: Site) -> None:
    """Which written column gets which value: by position, or by name."""
    values: dict[str, Value] = {}
    if isinstance(parameters, Seq) and len(parameters.items) == len(statement.columns):
        values = dict(zip(statement.columns, parameters.items, strict=True))
    elif isinstance(parameters, Map):
        values = {str(key): value for key, value in parameters.entries.items()}
    for name in statement.columns:
        parents = columns_of(values[name]) if name in values else frozenset()
        machine.trace.column((node, name), "written", site, parents)
    for ref in sorted(columns_of(parameters)) if parameters is not None else ():
        machine.trace.use(ref, "sink", site)


def fetch(operation: Operation) -> Value:
    """Rows out of an executed cursor; a session that is given the statement executes it first."""
    if operation.call.args and isinstance(operation.call.args[0], Object):
        executed = execute(operation)
        operation.call.receiver = executed
    rows: list[Value] = []
    form = FETCHED.get(operation.entry.text("returns"), "records")
    for option in options_of(operation.receiver) if operation.receiver else ():
        if isinstance(option, Connection):
            rows += [first_row(frame, form) if form in ONE else frame.copy(form=form) for frame in option.rows]
    from mldebt.evaluate.values import Unknown

    return join(rows) if rows else Unknown("rows of an unknown query")


def write_table(operation: Operation) -> Value:
    """`df.to_sql(table, connection)`."""
    data = contents_of(operation, operation.content())
    if isinstance(data, Frame) and truthy(operation.given("index"), True) is False:
        data = without_index(data)
    _write_into_table(operation, operation.given("name"), data)
    return Const(None)


def fill_table(operation: Operation) -> Value:
    """A job of the database that takes what files hold into a table."""
    from mldebt.evaluate.reading import read_target

    machine = operation.machine
    for number, source in enumerate(resolve(operation, "from", "READS")):
        data = read_target(operation, settled(machine, source), str(number))
        _write_into_table(operation, operation.given("to"), data)
    return Object("cursor", operation.dotted)


def _write_into_table(operation: Operation, name: Value | None, data: Value | None) -> None:
    from mldebt.evaluate.writing import write_data

    machine, site = operation.machine, operation.site
    for option in options_of(name) if name is not None else ():
        option = _in_schema(operation, option)
        for connection in connections(operation):
            if not isinstance(option, Text) or not option.known:
                node = gap(machine, reason_of(option), "the name of the table is not known", site, "WRITES")
                machine.trace.access(site, "write", "unresolved", reason_of(option))
            else:
                node = table_node(machine, option.template, connection, site)
                machine.trace.access(site, "write", "resolved")
            write_data(machine, data, node, site, "resolved", write_mode(operation, ""))


def contents_of(operation: Operation, value: Value | None) -> Value | None:
    """What is in an open file, what a query gave; anything else is itself."""
    if isinstance(value, Handle):
        return read_handle(operation.machine, value, operation.site, "records")
    if isinstance(value, Connection):
        return join([*value.rows]) if value.rows else None
    return value


def _in_schema(operation: Operation, name: Value, field: str = "schema") -> Value:
    schema = operation.given(field)
    if isinstance(name, Text) and isinstance(schema, Text) and schema.known:
        return concatenate([schema, Text((".",)), name])
    return name


def sql_text(operation: Operation) -> Value:
    """sqlalchemy.text("…")."""
    value = operation.given("data")
    return value if value is not None else Const(None)

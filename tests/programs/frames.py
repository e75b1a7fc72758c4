"""Ways to read a frame and to write one, as people wrap them."""

from __future__ import annotations

from collections.abc import Callable

from tests.programs.names import path_expression
from tests.programs.snippets import LIBRARIES, READING_CLASSES, READING_FUNCTIONS, SAVE, SAVER
from tests.programs.writing import KEY, Program, Script, Table

Reader = Callable[[Program, Script], Table]
Writer = Callable[[Program, Script, Table], None]


def _read(program: Program, script: Script, expression: str, columns: dict[str, str]) -> Table:
    script.need("import pandas as pd")
    name = program.fresh("df")
    script.body.append(f"{name} = {expression}")
    return Table(name, columns)


def _an_input(program: Program, script: Script) -> tuple[str, dict[str, str]]:
    """A new file, or one that is read a second time; and how its name is said."""
    known = [name for name in program.inputs if name.endswith(".csv")]
    if known and program.chance(5):
        path = program.pick(known)
        columns = program.inputs[path]
    else:
        path, columns = program.new_input()
    return path_expression(program, script, path), dict(columns)


def plain(program: Program, script: Script) -> Table:
    path, columns = _an_input(program, script)
    word = program.pick(["", "filepath_or_buffer="])
    more = program.pick(["", ", sep=','", ", encoding='utf-8'", ", low_memory=False"])
    return _read(program, script, f"pd.read_csv({word}{path}{more})", columns)


def with_columns(program: Program, script: Script) -> Table:
    path, columns = _an_input(program, script)
    chosen = [KEY, *program.some([name for name in columns if name != KEY], 2)]
    kept = {name: columns[name] for name in columns if name in chosen}
    way = program.pick(["usecols", "constant", "after", "loc", "dtype"])
    if way == "after":
        return _read(program, script, f"pd.read_csv({path})[{chosen!r}]", {name: columns[name] for name in chosen})
    if way == "loc":
        return _read(
            program, script, f"pd.read_csv({path}).loc[:, {chosen!r}]", {name: columns[name] for name in chosen}
        )
    if way == "dtype":
        return _read(program, script, f"pd.read_csv({path}, dtype={{'{KEY}': 'int64'}})", columns)
    listed = repr(chosen)
    if way == "constant":
        listed = program.fresh("COLUMNS")
        program.define("settings.py", f"{listed} = {chosen!r}")
        script.need(f"from settings import {listed}")
    return _read(program, script, f"pd.read_csv({path}, usecols={listed})", kept)


def through_a_function(program: Program, script: Script) -> Table:
    path, columns = _an_input(program, script)
    way = program.pick(list(READING_FUNCTIONS))
    program.define("helpers.py", READING_FUNCTIONS[way], "import pandas as pd", LIBRARIES.get(way, ""))
    script.need(f"from helpers import load_{way}")
    if way == "context":
        name = program.fresh("df")
        script.need("import pandas as pd")
        script.body += [f"with load_context({path}) as {name}_inner:", f"    {name} = {name}_inner.copy()"]
        return Table(name, columns)
    call = f"load_{way}({path})"
    return _read(program, script, f"next({call})" if way == "generator" else call, columns)


def through_a_class(program: Program, script: Script) -> Table:
    path, columns = _an_input(program, script)
    way = program.pick(list(READING_CLASSES))
    program.define("loaders.py", READING_CLASSES[way], "import pandas as pd", LIBRARIES.get(way, ""))
    script.need(f"from loaders import {way}")
    return _read(program, script, f"{way}({path}).load()", columns)


def through_a_handle(program: Program, script: Script) -> Table:
    path, columns = _an_input(program, script)
    name, handle = program.fresh("df"), program.fresh("handle")
    script.need("import pandas as pd")
    script.body.append(f"with open({path}, newline='') as {handle}:")
    if program.chance():
        script.body.append(f"    {name} = pd.read_csv({handle})")
        return Table(name, columns)
    script.need("import csv")
    script.body.append(f"    {name} = pd.DataFrame(list(csv.DictReader({handle})))")
    numbers = {column: "int64" for column, kind in columns.items() if kind == "n"}
    script.body.append(f"{name} = {name}.astype({numbers!r})")
    return Table(name, columns)


def several(program: Program, script: Script) -> Table:
    """Files of the same columns, read in a loop and put on top of each other."""
    first, columns = program.new_input()
    second, _ = program.new_input(columns=columns)
    script.need("import pandas as pd")
    name = program.fresh("df")
    paths = f"[{path_expression(program, script, first)}, {path_expression(program, script, second)}]"
    way = program.pick(["loop", "comprehension", "generator", "map", "dict", "enumerate", "extend", "stems"])
    if way == "stems" and first.rpartition("/")[0] == second.rpartition("/")[0]:
        folder, stems = first.rpartition("/")[0], [path.rpartition("/")[2][:-4] for path in (first, second)]
        script.body += [f"{name} = pd.concat(pd.read_csv(f'{folder}/{{stem}}.csv') for stem in {stems!r})"]
        return Table(name, columns)
    script.body += {
        "comprehension": [f"{name} = pd.concat([pd.read_csv(path) for path in {paths}], ignore_index=True)"],
        "generator": [f"{name} = pd.concat((pd.read_csv(path) for path in {paths}), ignore_index=True)"],
        "map": [f"{name} = pd.concat(map(pd.read_csv, {paths}))"],
        "dict": [f"{name}_all = {{str(n): pd.read_csv(path) for n, path in enumerate({paths})}}",
                 f"{name} = pd.concat({name}_all.values())"],
        "enumerate": [f"{name}_all = {{}}", f"for n, path in enumerate({paths}):",
                      f"    {name}_all[n] = pd.read_csv(path)",
                      f"{name} = pd.concat(list({name}_all.values()), axis=0)"],
        "extend": [f"{name} = None", f"for path in {paths}:", "    part = pd.read_csv(path)",
                   f"    {name} = part if {name} is None else pd.concat([{name}, part])"],
    }.get(way, [f"{name}_all = []", f"for path in {paths}:", f"    {name}_all.append(pd.read_csv(path))",
                f"{name} = pd.concat({name}_all)"])  # fmt: skip
    return Table(name, columns)


def of_a_folder(program: Program, script: Script) -> Table:
    """Files that a pattern finds in a folder of their own."""
    columns = {KEY: "n", "price": "n", "city": "s"}
    folder = f"data/{program.fresh('parts')}"
    for number in (1, 2):
        program.inputs[f"{folder}/part_{number}.csv"] = dict(columns)
    script.need("import pandas as pd")
    name = program.fresh("df")
    way = program.pick(["glob", "pathlib", "listdir"])
    if way == "glob":
        script.need("import glob")
        paths = f"sorted(glob.glob('{folder}/*.csv'))"
    elif way == "pathlib":
        script.need("from pathlib import Path")
        paths = f"sorted(Path('{folder}').glob('part_*.csv'))"
    else:
        script.need("import os")
        paths = f"[os.path.join('{folder}', name) for name in sorted(os.listdir('{folder}'))]"
    script.body.append(f"{name} = pd.concat([pd.read_csv(path) for path in {paths}])")
    return Table(name, columns)


def other_format(program: Program, script: Script) -> Table:
    ending = program.pick([".parquet", ".json"])
    path, columns = program.new_input(ending)
    said = path_expression(program, script, path)
    if ending == ".json":
        return _read(program, script, f"pd.read_json({said}, orient='records')", columns)
    if program.chance():
        chosen = [KEY, *program.some([name for name in columns if name != KEY], 2)]
        return _read(program, script, f"pd.read_parquet({said}, columns={chosen!r})", {n: columns[n] for n in chosen})
    return _read(program, script, f"pd.read_parquet({said})", columns)


def from_a_database(program: Program, script: Script) -> Table:
    """A table of a database in a file, with a query that names columns."""
    path, columns = program.new_input(".db")
    said, name = path_expression(program, script, path), program.fresh("df")
    chosen = {KEY: "n", **{each: columns[each] for each in program.some([n for n in columns if n != KEY], 2)}}
    where = program.pick(["", f" WHERE {KEY} > 0", f" ORDER BY {KEY}"])
    query = program.pick([
        repr(f"SELECT {', '.join(chosen)} FROM records{where}"),
        f"f\"SELECT {{', '.join({list(chosen)!r})}} FROM records{where}\"",
        f"'SELECT ' + ', '.join({list(chosen)!r}) + ' FROM {{}}'.format('records')",
    ])  # fmt: skip
    script.need("import sqlite3")
    script.need("import pandas as pd")
    if program.chance():
        script.need("from contextlib import closing")
        script.body += [f"with closing(sqlite3.connect({said})) as connection:",
                        f"    {name} = pd.read_sql({query}, connection)"]  # fmt: skip
    else:
        script.body += [f"connection = sqlite3.connect({said})", f"{name} = pd.read_sql_query({query}, con=connection)"]
        script.body.append("connection.close()")
    return Table(name, chosen)


def what_was_written(program: Program, script: Script) -> Table:
    """The output of an earlier step, if there is one."""
    if not program.outputs:
        return plain(program, script)
    path = program.pick(sorted(program.outputs))
    reader = "read_parquet" if path.endswith(".parquet") else "read_csv"
    columns = program.outputs[path]
    return _read(program, script, f"pd.{reader}({path_expression(program, script, path)})", dict(columns))


READERS: tuple[Reader, ...] = (
    plain, with_columns, through_a_function, through_a_class, through_a_handle, several, of_a_folder, other_format,
    from_a_database, what_was_written,
)  # fmt: skip


def read_something(program: Program, script: Script) -> Table:
    reader: Reader = program.pick(READERS)
    return reader(program, script)


# -- writing


def _target(program: Program, script: Script, table: Table, ending: str = ".csv") -> str:
    path = program.new_output(ending)
    if not table.index and ending != ".json":
        program.outputs[path] = dict(table.columns)
    return path_expression(program, script, path)


def to_file(program: Program, script: Script, table: Table) -> None:
    path = _target(program, script, table)
    index = "" if table.index else ", index=False"
    script.body.append(program.pick([
        f"{table.variable}.to_csv({path}{index})",
        f"{table.variable}.to_csv(path_or_buf={path}{index}, sep=',')",
    ]))  # fmt: skip


def to_other_format(program: Program, script: Script, table: Table) -> None:
    ending = program.pick([".parquet", ".json", ".pkl"])
    path = _target(program, script, table, ending)
    if ending == ".json":
        script.body.append(f"{table.variable}.reset_index(drop=True).to_json({path}, orient='records')")
    elif ending == ".pkl":
        program.outputs.popitem() if not table.index else None
        script.body.append(f"{table.variable}.reset_index(drop=True).to_pickle({path})")
    else:
        script.body.append(f"{table.variable}.to_parquet({path})")


def through_a_saver(program: Program, script: Script, table: Table) -> None:
    path = _target(program, script, table)
    way = program.pick(["plain", "pipe", "class", "handle", "nested"])
    options = "" if table.index else ", index=False"
    if way == "handle":
        script.body += [f"with open({path}, 'w') as out:", f"    {table.variable}.to_csv(out{options})"]
        return
    if way == "class":
        program.define("loaders.py", SAVER)
        script.need("from loaders import Saver")
        indexed = table.variable if table.index else f"{table.variable}.set_index('{next(iter(table.columns))}')"
        script.body.append(f"Saver({path}).save({indexed})")
        return
    program.define("helpers.py", SAVE)
    script.need("from helpers import save")
    if way == "nested":
        name = program.fresh("store")
        script.top.append(f"def {name}(path, frame):\n    save(frame, path=path{options})\n")
        script.body.append(f"{name}({path}, {table.variable})")
    elif way == "pipe":
        script.body.append(f"{table.variable}.pipe(save, {path}{options})")
    else:
        script.body.append(f"save({table.variable}, {path}{options})")


def to_a_database(program: Program, script: Script, table: Table) -> None:
    path = program.new_output(program.pick([".db", ".sqlite"]))
    said = path_expression(program, script, path)
    script.need("import sqlite3")
    options = "" if table.index else ", index=False"
    written = (
        f"{table.variable}.to_sql({program.pick(['', 'name='])}'results', con=connection, if_exists='replace'{options})"
    )
    if program.chance():
        script.body += [f"connection = sqlite3.connect({said})", written, "connection.close()"]
    else:
        script.body += [f"with sqlite3.connect({said}) as connection:", f"    {written}"]


def with_some_columns(program: Program, script: Script, table: Table) -> None:
    if table.index:
        return to_file(program, script, table)
    chosen = program.some(list(table.columns))
    path = path_expression(program, script, program.new_output())
    script.body.append(program.pick([
        f"{table.variable}.to_csv({path}, columns={chosen!r}, index=False)",
        f"{table.variable}[{chosen!r}].to_csv({path}, index=False)",
        f"{table.variable}['{chosen[0]}'].to_csv({path}, index=False)",
    ]))  # fmt: skip
    return None


def dated(program: Program, script: Script, table: Table) -> None:
    """A name that only the run knows."""
    script.need("from datetime import date")
    name = program.fresh("out")
    options = "" if table.index else ", index=False"
    path = program.pick([
        f"f'out/{name}_{{date.today()}}.csv'",
        f"'out/{name}_' + date.today().strftime('%Y%m%d') + '.csv'",
        f"'out/{name}_{{}}.csv'.format(date.today().isoformat())",
    ])  # fmt: skip
    script.body.append(f"{table.variable}.to_csv({path}{options})")


def in_a_loop(program: Program, script: Script, table: Table) -> None:
    stem = program.fresh("out/part")
    options = "" if table.index else ", index=False"
    labels, said = program.pick([
        ("label in ['low', 'high']", "{label}"),
        ("label in ('low', 'high')", "{label}"),
        ("number in range(2)", "{number:02d}"),
        ("number, label in enumerate(['low', 'high'])", "{number}_{label}"),
        ("label, more in {'low': 1, 'high': 2}.items()", "{label}_{more}"),
        ("label, more in zip(['low', 'high'], ['x', 'y'])", "{label}_{more}"),
    ])  # fmt: skip
    script.body += [f"for {labels}:", f"    {table.variable}.to_csv(f'{stem}_{said}.csv'{options})"]


WRITERS: tuple[Writer, ...] = (
    to_file, to_other_format, through_a_saver, to_a_database, with_some_columns, dated, in_a_loop,
)  # fmt: skip


def write_somewhere(program: Program, script: Script, table: Table) -> None:
    writer: Writer = program.pick(WRITERS)
    writer(program, script, table)

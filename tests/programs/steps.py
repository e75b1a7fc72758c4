"""Steps that change a frame: each writes statements and says what the frame is afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from textwrap import indent

from tests.programs.frames import plain, with_columns
from tests.programs.snippets import STAGE
from tests.programs.writing import KEY, Program, Script, Table

Step = Callable[[Program, Script, Table], Table]


def _changed(program: Program, script: Script, table: Table, call: str, columns: dict[str, str]) -> Table:
    """`new = old.call`, under the old name or a new one."""
    name = table.variable if program.chance() else program.fresh("df")
    script.body.append(f"{name} = {call}")
    return Table(name, columns)


def _a_number(program: Program, table: Table) -> str:
    found = table.of("n")
    return str(program.pick(found))


def new_column(program: Program, script: Script, table: Table) -> Table:
    v, new, a, b = table.variable, program.fresh("c"), _a_number(program, table), _a_number(program, table)
    script.need("import numpy as np")
    script.need("import pandas as pd")
    statement = program.pick([
        f"{v}['{new}'] = {v}['{a}'] + {v}['{b}']",
        f"{v}['{new}'] = {v}.{a} * 2",
        f"{v}.loc[:, '{new}'] = {v}['{a}'] - 1",
        f"{v}['{new}'] = np.where({v}['{a}'] > 2, {v}['{b}'], 0)",
        f"{v}['{new}'] = {v}['{a}'].apply(lambda x: x + 1)",
        f"{v}['{new}'] = {v}.apply(lambda row: row['{a}'] + row['{b}'], axis=1)",
        f"{v}['{new}'] = {v}['{a}'].map({{1: 10, 2: 20}}).fillna(0)",
        f"{v}['{new}'] = {v}['{a}'].cumsum()",
        f"{v}['{new}'] = {v}['{a}'].rank()",
        f"{v}['{new}'] = ({v}['{a}'] - {v}['{b}'].mean()) / 2",
        f"{v}['{new}'] = pd.to_numeric({v}['{a}'])",
        f"{v}['{new}'] = {v}[['{a}', '{b}']].sum(axis=1)",
        f"{v}['{new}'] = {v}['{a}'].astype(float).round(1).clip(0, 3)",
        f"{v} = {v}.assign({new}={v}['{a}'] / 2)",
        f"{v} = {v}.assign({new}=lambda d: d['{a}'] + d.{b})",
        f"{v} = {v}.assign(**{{'{new}': 1}})",
        f"{v}.insert(0, '{new}', {v}['{a}'])",
        f"{v} = {v}.eval('{new} = {a} + {b}')",
        f"{v}['{new}'] = [x + 1 for x in {v}['{a}']]",
        f"{v}['{new}'] = {v}.groupby('{b}')['{a}'].transform('mean')",
        f"{v}['{new}'] = {v}['{a}'].shift(1).fillna({v}['{b}'])",
        f"{v}['{new}'] = {v}['{a}'].where({v}['{b}'] > 1, 0)",
    ])  # fmt: skip
    script.body.append(statement)
    front = ".insert" in statement
    return replace(table, columns={new: "n", **table.columns} if front else {**table.columns, new: "n"})


def new_words(program: Program, script: Script, table: Table) -> Table:
    words = table.of("s")
    if not words:
        return new_column(program, script, table)
    v, new, a = table.variable, program.fresh("w"), program.pick(words)
    script.body.append(program.pick([
        f"{v}['{new}'] = {v}['{a}'].str.upper()",
        f"{v}['{new}'] = {v}['{a}'] + '_x'",
        f"{v}['{new}'] = {v}['{a}'].astype(str).str.cat({v}['{KEY}'].astype(str))" if KEY in table.columns
        else f"{v}['{new}'] = {v}['{a}'].str.lower()",
        f"{v}['{new}'] = {v}['{a}'].fillna('none').replace('a', 'b')",
        f"{v}['{new}'] = {v}['{a}'].str.slice(0, 1)",
    ]))  # fmt: skip
    return replace(table, columns={**table.columns, new: "s"})


def columns_in_a_loop(program: Program, script: Script, table: Table) -> Table:
    chosen, ending = program.some(table.of("n")), program.fresh("l")
    v = table.variable
    body = program.pick([
        f"    {v}[f'{{column}}_{ending}'] = {v}[column] * 2",
        f"    {v}[column + '_{ending}'] = {v}[column].fillna(0)",
        f"    {v}['{{}}_{ending}'.format(column)] = {v}[column] - {v}[column].min()",
    ])  # fmt: skip
    script.body += [f"for column in {chosen!r}:", body]
    return replace(table, columns={**table.columns, **{f"{name}_{ending}": "n" for name in chosen}})


def renamed(program: Program, script: Script, table: Table) -> Table:
    v, old, new = table.variable, program.pick(list(table.columns)), program.fresh("r")
    columns = {new if name == old else name: kind for name, kind in table.columns.items()}
    way = program.pick(["dict", "axis", "in_place", "all", "comprehension", "prefix", "upper"])
    if way == "in_place":
        script.body.append(f"{v}.rename(columns={{'{old}': '{new}'}}, inplace=True)")
        return replace(table, columns=columns)
    if way == "all":
        script.body.append(f"{v}.columns = {list(columns)!r}")
        return replace(table, columns=columns)
    if way == "comprehension":
        script.body.append(f"{v}.columns = [name + '_{new}' for name in {v}.columns]")
        return replace(table, columns={f"{name}_{new}": kind for name, kind in table.columns.items()})
    if way == "prefix":
        named = {f"{new}_{name}": kind for name, kind in table.columns.items()}
        return _changed(program, script, table, f"{v}.add_prefix('{new}_')", named)
    if way == "upper":
        named = {name.upper(): kind for name, kind in table.columns.items()}
        return _changed(program, script, table, f"{v}.rename(columns=str.upper)", named)
    argument = f"columns={{'{old}': '{new}'}}" if way == "dict" else f"{{'{old}': '{new}'}}, axis=1"
    return _changed(program, script, table, f"{v}.rename({argument})", columns)


def dropped(program: Program, script: Script, table: Table) -> Table:
    v, name = table.variable, program.pick(list(table.columns))
    columns = {other: kind for other, kind in table.columns.items() if other != name}
    if "n" not in columns.values():
        return projected(program, script, table)
    way = program.pick(["columns", "axis", "in_place", "del", "pop", "difference"])
    if way in ("in_place", "del", "pop"):
        script.body.append({
            "in_place": f"{v}.drop(columns=['{name}'], inplace=True)", "del": f"del {v}['{name}']",
            "pop": f"taken = {v}.pop('{name}')",
        }[way])  # fmt: skip
        return replace(table, columns=columns)
    call = {
        "columns": f"{v}.drop(columns={program.pick([repr(name), repr([name])])})",
        "axis": f"{v}.drop('{name}', axis=1)",
        "difference": f"{v}[[c for c in {v}.columns if c != '{name}']]",
    }[way]  # fmt: skip
    return _changed(program, script, table, call, columns)


def projected(program: Program, script: Script, table: Table) -> Table:
    v = table.variable
    chosen = program.some(list(table.columns), 2)
    if not any(table.columns[name] == "n" for name in chosen):
        chosen = [*chosen, *table.of("n")[:1]]
    columns = {name: table.columns[name] for name in chosen}
    listed = repr(chosen)
    if program.chance(3):
        listed = program.fresh("FEATURES")
        script.top.append(f"{listed} = {chosen[:1]!r} + {chosen[1:]!r}")
    call = program.pick([
        f"{v}[{listed}]", f"{v}.loc[:, {listed}]", f"{v}.filter(items={listed})", f"{v}[{listed}].copy()",
        f"{v}.reindex(columns={listed})",
    ])  # fmt: skip
    return _changed(program, script, table, call, columns)


def rows(program: Program, script: Script, table: Table) -> Table:
    v, a, b = table.variable, _a_number(program, table), program.pick(list(table.columns))
    call = program.pick([
        f"{v}[{v}['{a}'] > 0]",
        f"{v}[({v}['{a}'] > 0) & ({v}.{a} < 90)].copy()",
        f"{v}.loc[{v}['{a}'].notna()]",
        f"{v}.query('{a} > 0')",
        f"{v}[{v}['{a}'].isin([1, 2, 3, 4])]",
        f"{v}.sort_values('{a}')",
        f"{v}.sort_values(by=['{a}', '{b}'], ascending=False)" if a != b else f"{v}.sort_index()",
        f"{v}.drop_duplicates(subset=['{b}'])",
        f"{v}.dropna(subset=['{b}'])",
        f"{v}.head(3)",
        f"{v}.iloc[:3]",
        f"{v}.sample(frac=1.0, random_state=0)",
        f"{v}.reset_index(drop=True)",
        f"{v}.nlargest(3, '{a}')",
        f"{v}.fillna(0)" if not table.of("s") else f"{v}.ffill()",
        f"{v}[{v}['{a}'].between(0, 99)]",
        f"{v}.mask({v}.isna())",
        f"{v}.astype({{'{a}': 'float64'}})",
        f"{v}.copy()",
    ])  # fmt: skip
    return replace(_changed(program, script, table, call, table.columns), index=())


def in_place(program: Program, script: Script, table: Table) -> Table:
    v, a = table.variable, _a_number(program, table)
    script.body.append(program.pick([
        f"{v}['{a}'] = {v}['{a}'].fillna(0)",
        f"{v}.sort_values('{a}', inplace=True)",
        f"{v}.reset_index(drop=True, inplace=True)",
        f"{v}.loc[{v}['{a}'] > 50, '{a}'] = 50",
        f"{v}[['{a}']] = {v}[['{a}']].clip(lower=0)",
        f"{v}['{a}'] += 1",
    ]))  # fmt: skip
    return table


def merged(program: Program, script: Script, table: Table) -> Table:
    if KEY not in table.columns or table.columns[KEY] != "n":
        return rows(program, script, table)
    other = program.pick([plain, with_columns])(program, script)
    ours, theirs = table.columns, other.columns
    v, w, tag = table.variable, other.variable, program.fresh("m")
    shared = [name for name in ours if name in theirs and name != KEY]
    left = {name if name not in shared else f"{name}_x": kind for name, kind in ours.items()}
    right = {name if name not in shared else f"{name}_y": kind for name, kind in theirs.items() if name != KEY}
    tagged = {f"{name}_{tag}" if name in shared else name: kind for name, kind in theirs.items() if name != KEY}
    way = program.pick(["method", "function", "suffixes", "sides", "join", "selected"])
    if any(f"{name}{ending}" in {**ours, **theirs} for name in shared for ending in ("_x", "_y")):
        way = "suffixes"  # pandas refuses to give the same name twice
    if way == "selected":
        only = program.pick([name for name in theirs if name != KEY])
        script.body.append(f"{w} = {w}[['{KEY}', '{only}']].rename(columns={{'{only}': '{only}_{tag}'}})")
        call, columns = f"{v}.merge({w}, on='{KEY}', how='left')", {**ours, f"{only}_{tag}": theirs[only]}
    elif way == "method":
        how = program.pick(["", ", how='left'", ", how='inner'"])
        call, columns = f"{v}.merge({w}, on='{KEY}'{how})", {**left, **right}
    elif way == "function":
        call, columns = f"pd.merge({v}, {w}, on=['{KEY}'], how='left')", {**left, **right}
    elif way == "join":
        call = f"{v}.join({w}.set_index('{KEY}'), on='{KEY}', rsuffix='_{tag}')"
        columns = {**ours, **tagged}
    elif way == "sides":
        script.body.append(f"{w} = {w}.rename(columns={{'{KEY}': '{tag}'}})")
        call = f"{v}.merge({w}, left_on='{KEY}', right_on='{tag}')"
        columns = {**left, tag: "n", **right}
    else:
        call = f"{v}.merge({w}, on='{KEY}', suffixes=('', '_{tag}'))"
        columns = {**ours, **tagged}
    return _changed(program, script, table, call, columns)


def grouped(program: Program, script: Script, table: Table) -> Table:
    by = program.pick(list(table.columns))
    values = [name for name in table.of("n") if name != by]
    if not values:
        return rows(program, script, table)
    v, a, b, new = table.variable, program.pick(values), program.pick(values), program.fresh("g")
    kinds = {by: table.columns[by]}
    call, columns, index = program.pick([
        (f"{v}.groupby('{by}')['{a}'].mean().reset_index()", {**kinds, a: "n"}, ()),
        (f"{v}.groupby(['{by}'])['{a}'].sum().reset_index(name='{new}')", {**kinds, new: "n"}, ()),
        (f"{v}.groupby('{by}', as_index=False)['{a}'].max()", {**kinds, a: "n"}, ()),
        (f"{v}.groupby('{by}').agg({{'{a}': 'mean'}}).reset_index()", {**kinds, a: "n"}, ()),
        (f"{v}.groupby('{by}').agg({new}=('{a}', 'sum'), {new}_n=('{b}', 'count')).reset_index()",
         {**kinds, new: "n", f"{new}_n": "n"}, ()),
        (f"{v}.groupby('{by}', as_index=False).agg({new}=('{a}', 'sum'))", {**kinds, new: "n"}, ()),
        (f"{v}.groupby('{by}').size().reset_index(name='{new}')", {**kinds, new: "n"}, ()),
        (f"{v}.groupby('{by}')[{values!r}].sum().reset_index()", {**kinds, **dict.fromkeys(values, "n")}, ()),
        (f"{v}.groupby('{by}')['{a}'].mean().rename('{new}').reset_index()", {**kinds, new: "n"}, ()),
        (f"{v}.groupby('{by}')[{values!r}].mean()", {**kinds, **dict.fromkeys(values, "n")}, (by,)),
        (f"{v}.groupby('{by}')[['{a}']].agg('min')", {**kinds, a: "n"}, (by,)),
    ])  # fmt: skip
    return replace(_changed(program, script, table, call, columns), index=index)


def stacked(program: Program, script: Script, table: Table) -> Table:
    v, new, a = table.variable, program.fresh("s"), _a_number(program, table)
    script.need("import pandas as pd")
    again = f"{v}.reset_index(drop=True)"
    call, columns = program.pick([
        (f"pd.concat([{v}.head(2), {v}.tail(2)])", table.columns),
        (f"pd.concat([{v}, {v}], ignore_index=True)", table.columns),
        (f"pd.concat([{again}, {again}[['{a}']].rename(columns={{'{a}': '{new}'}})], axis=1)",
         {**table.columns, new: "n"}),
        (f"pd.concat([{v}, {v}.assign({new}=1)])", {**table.columns, new: "n"}),
    ])  # fmt: skip
    return _changed(program, script, table, call, columns)


def long_form(program: Program, script: Script, table: Table) -> Table:
    values = [name for name in table.of("n") if name != KEY]
    if KEY not in table.columns or not values or "value" in table.columns:
        return rows(program, script, table)
    v, new = table.variable, program.fresh("v")
    kept = {KEY: table.columns[KEY]}
    call, columns = program.pick([
        (f"{v}.melt(id_vars=['{KEY}'], value_vars={values!r})", {**kept, "variable": "s", "value": "n"}),
        (f"pd.melt({v}, id_vars='{KEY}', value_vars={values!r}, var_name='{new}_k', value_name='{new}')",
         {**kept, f"{new}_k": "s", new: "n"}),
    ])  # fmt: skip
    script.need("import pandas as pd")
    return _changed(program, script, table, call, columns)


def indexed(program: Program, script: Script, table: Table) -> Table:
    by = program.pick(list(table.columns))
    rest = {name: kind for name, kind in table.columns.items() if name != by}
    if "n" not in rest.values():
        return table
    made = _changed(program, script, table, f"{table.variable}.set_index('{by}')", {by: table.columns[by], **rest})
    return replace(made, index=(by,))


def index_back(program: Program, script: Script, table: Table) -> Table:
    return _changed(program, script, table, f"{table.variable}.reset_index()", table.columns)


def in_a_function(program: Program, script: Script, table: Table) -> Table:
    """Some steps in a function of their own, here or in another module."""
    inner = Script(script.name)
    inside = Table("data", table.columns)
    for _ in range(program.pick([1, 2])):
        if not inside.index and inside.of("n"):
            inside = program.pick(SMALL)(program, inner, inside)
    name, result = program.fresh("prepare"), program.fresh("df")
    code = f"def {name}(data):\n{indent(chr(10).join(inner.body), '    ')}\n    return {inside.variable}\n"
    if program.chance() and not inner.top:
        program.define("features.py", code, *inner.imports, "import pandas as pd", "import numpy as np")
        script.need(f"from features import {name}")
    else:
        script.imports |= inner.imports
        script.top += [*inner.top, code]
    v = table.variable
    call = program.pick([f"{name}({v})", f"{name}(data={v})", f"{v}.pipe({name})", f"{name}({v}.copy())"])
    script.body.append(f"{result} = {call}")
    return replace(inside, variable=result)


def in_a_class(program: Program, script: Script, table: Table) -> Table:
    """Steps as methods of a class that keeps the frame."""
    inner = Script(script.name)
    inside = program.pick(SMALL)(program, inner, Table("self.data", table.columns))
    name, result = program.fresh("Stage").replace("_", ""), program.fresh("df")
    body = "\n".join([*inner.body, f"self.data = {inside.variable}"])
    code = STAGE.replace("NAME", name).replace("BODY", indent(body, "        "))
    script.imports |= inner.imports
    script.top += [*inner.top, code]
    script.body.append(f"{result} = {name}({table.variable}).prepare().{program.pick(['result()', 'data'])}")
    return replace(inside, variable=result)


def looked_at(program: Program, script: Script, table: Table) -> Table:
    v, a = table.variable, _a_number(program, table)
    script.body.append(program.pick([
        f"print({v}['{a}'].mean())", f"print(len({v}))", f"print({v}.shape)", f"assert {v}['{a}'].max() < 10 ** 9",
        f"print({v}[['{a}']].describe())", f"print(f\"mean {{{v}.{a}.sum():.1f}}\")",
    ]))  # fmt: skip
    return table


SMALL: tuple[Step, ...] = (
    new_column, new_words, columns_in_a_loop, renamed, dropped, projected, rows, in_place, grouped, stacked, long_form,
)  # fmt: skip
STEPS: tuple[Step, ...] = (*SMALL, merged, merged, indexed, in_a_function, in_a_class, looked_at)


def some_steps(program: Program, script: Script, table: Table) -> Table:
    for _ in range(program.pick([0, 1, 2, 3, 4])):
        if not table.of("n"):
            break
        step = index_back if table.index else program.pick(STEPS)
        table = step(program, script, table)
    return table

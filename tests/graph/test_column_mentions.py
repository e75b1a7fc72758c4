from mldebt.graph.code import Code
from mldebt.graph.column_mentions import Mentions
from mldebt.read.one_file import read_one
from mldebt.sites import Site


def spoken_of(name: str, code: str, line: int, **others: str) -> bool:
    """Whether main.py, or a file that it imports, speaks of the name at another line than the given one."""
    files = {"main.py": code, **{f"{module}.py": text for module, text in others.items()}}
    facts = {file: read_one(file, text.encode()) for file, text in files.items()}
    imports = {"main.py": [file for file in files if file != "main.py"]}
    return Mentions(Code(facts), imports).elsewhere(name, [Site("main.py", line, line)])


def test_a_key_an_attribute_and_a_keyword_are_mentions():
    assert spoken_of("age", "df['age'] = 1\nuse(df['age'])\n", 1)
    assert spoken_of("age", "df['age'] = 1\ndf.apply(lambda row: row.age)\n", 1)
    assert spoken_of("age", "df['age'] = 1\nadd(df, age='max')\n", 1)
    assert spoken_of("age", "df['age'] = 1\ndf.groupby('k').agg({'age': 'max'})\n", 1)


def test_the_place_itself_and_other_names_are_none():
    assert not spoken_of("age", "df['age'] = df['age'] + 1\nuse(df['ages'])\n", 1)


def test_a_list_of_names_does_not_tell_what_becomes_of_them():
    assert not spoken_of("age", "df = read(path, COLUMNS)\nCOLUMNS = ['age', 'fax']\n", 1)


def test_a_list_takes_what_is_made_here():
    facts = {"main.py": read_one("main.py", b"df['age'] = 1\nfit(df, ['age', 'fax'])\nother = ['fax']\n")}
    spoken = Mentions(Code(facts), {})
    assert spoken.elsewhere("age", [Site("main.py", 1, 1)], made=True)
    assert not spoken.elsewhere("age", [Site("main.py", 1, 1)])
    assert not spoken.elsewhere("fax", [Site("main.py", 2, 3)], made=True)


def test_a_list_that_names_the_columns_of_a_table_takes_none():
    facts = {"main.py": read_one("main.py", b"df['age'] = 1\ndf[['age']].show()\nx = make(columns=['age'])\n")}
    assert not Mentions(Code(facts), {}).elsewhere("age", [Site("main.py", 1, 1)], made=True)


def test_fields_of_records_are_mentions():
    assert spoken_of("age", "df['age'] = 1\n", 1, other="class Person(Model):\n    age: int\n    name: str = ''\n")
    assert not spoken_of("age", "df['age'] = 1\n", 1, other="class Person:\n    age = 3\n")


def test_words_count_in_expressions_but_not_in_prose():
    assert spoken_of("age", "df['age'] = 1\ndf.query('age > 30')\n", 1)
    assert not spoken_of("age", "df['age'] = 1\nprint('the age of reason')\n", 1)
    assert not spoken_of("age", "df = read(QUERY)\nQUERY = 'SELECT age FROM users WHERE id > 3'\n", 1)


def test_files_next_by_import_are_searched():
    assert spoken_of("age", "df['age'] = 1\n", 1, other="def f(d): return d['age']\n")
    assert not spoken_of("age", "df['age'] = 1\n", 1, other="def f(d): return d\n")


def test_of_a_stored_column_only_the_readers_are_searched():
    facts = {file: read_one(file, text) for file, text in {"w.py": b"d = {'age': 1}\n", "r.py": b"read()\n"}.items()}
    sites = [Site("w.py", 9, 9), Site("r.py", 1, 1)]
    assert Mentions(Code(facts), {}).elsewhere("age", sites)
    assert not Mentions(Code(facts), {}).elsewhere("age", sites, readers=["r.py"])


def test_deeply_nested_code_is_no_obstacle():
    assert spoken_of("age", "df['age'] = 1\nx = " + " + ".join(["df['age']"] * 900) + "\n", 1)


def test_arguments_called_like_collections_are_no_lists():
    code = "df['age'] = 1\ndef pick(table, list=4, set='fax'):\n    return table\npick(df, list=3, set=('age', 1))\n"
    facts = {"main.py": read_one("main.py", code.encode())}
    assert Mentions(Code(facts), {}).elsewhere("age", [Site("main.py", 1, 1)], made=True)
    assert not Mentions(Code(facts), {}).elsewhere("height", [Site("main.py", 1, 1)], made=True)

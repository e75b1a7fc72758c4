"""Definitions that programs are made of, as people write them."""

from __future__ import annotations

READING_FUNCTIONS = {
    "plain": """\
def load_plain(path):
    df = pd.read_csv(path)
    return df
""",
    "options": """\
def load_options(path, **options):
    return pd.read_csv(path, **options)
""",
    "cached": """\
@lru_cache(maxsize=None)
def load_cached(path):
    return pd.read_csv(path)
""",
    "timed": """\
def timed(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)

    return inner


@timed
def load_timed(path):
    return pd.read_csv(path)
""",
    "generator": """\
def load_generator(*paths):
    for path in paths:
        yield pd.read_csv(path)
""",
    "context": """\
@contextmanager
def load_context(path):
    df = pd.read_csv(path)
    yield df
""",
    "chosen": """\
READERS = {"csv": pd.read_csv, "parquet": pd.read_parquet}


def load_chosen(path, kind="csv"):
    reader = READERS[kind]
    return reader(path)
""",
    "tried": """\
def load_tried(path):
    try:
        return pd.read_csv(path)
    except OSError:
        return None
""",
}
READING_CLASSES = {
    "Loader": """\
class Loader:
    def __init__(self, path, options=None):
        self.path = path
        self.options = options or {}

    def load(self):
        return pd.read_csv(self.path, **self.options)
""",
    "Inheriting": """\
class Base(ABC):
    def __init__(self, path):
        self.path = path

    def load(self):
        return self.read().copy()

    @abstractmethod
    def read(self): ...


class Inheriting(Base):
    def __init__(self, path):
        super().__init__(path)
        self.kind = "csv"

    def read(self):
        return pd.read_csv(self.path)
""",
    "Callable": """\
class Callable:
    def __init__(self, path):
        self.path = path

    def load(self):
        return self(0)

    def __call__(self, number):
        return pd.read_csv(self.path)
""",
    "Lazy": """\
class Lazy:
    def __init__(self, path):
        self._path = path
        self._data = None

    @property
    def data(self):
        if self._data is None:
            self._data = pd.read_csv(self._path)
        return self._data

    def load(self):
        return self.data
""",
    "Context": """\
class Context:
    def __init__(self, path):
        self.path = path

    def __enter__(self):
        self.data = pd.read_csv(self.path)
        return self

    def __exit__(self, *error):
        return None

    def load(self):
        with self as opened:
            return opened.data
""",
}
LIBRARIES = {
    "cached": "from functools import lru_cache",
    "timed": "import functools",
    "context": "from contextlib import contextmanager",
    "Inheriting": "from abc import ABC, abstractmethod",
    "dataclass": "from dataclasses import dataclass",
    "enum": "from enum import Enum",
    "namedtuple": "from collections import namedtuple",
    "partial": "import functools",
}
SAVE = """\
def save(df, path, **options):
    df.to_csv(path, **options)
    return path
"""
SAVER = """\
class Saver:
    def __init__(self, path):
        self.path = path

    def save(self, table):
        table.to_csv(self.path)
"""
PLACE = """\
def place(name, folder="x", *, root="."):
    return os.path.join(root, folder, name)
"""
PLACES = """\
class Places:
    def __init__(self, folder):
        self.folder = Path(folder)

    def of(self, name):
        return self.folder / name

    def __truediv__(self, name):
        return self.folder / name
"""
STAGE = """\
class NAME:
    def __init__(self, data):
        self.data = data

    def prepare(self):
BODY
        return self

    def result(self):
        return self.data
"""

# In what follows NAME is a new name, TEXT the text to be said, FIRST and LAST its halves; the second part says it.
CLASSES_WITH_A_TEXT = {
    "attribute": ("class NAME:\n    raw = TEXT\n", "NAME.raw"),
    "dataclass": ("@dataclass\nclass NAME:\n    number: int = 0\n    raw: str = TEXT\n", "NAME().raw"),
    "init": (
        "class NAME:\n    def __init__(self, raw, more=None):\n        self.raw = raw\n        self.more = more\n",
        "NAME(TEXT).raw",
    ),
    "property": ("class NAME:\n    @property\n    def raw(self):\n        return TEXT\n", "NAME().raw"),
    "enum": ("class NAME(Enum):\n    OTHER = 'x'\n    RAW = TEXT\n", "NAME.RAW.value"),
    "namedtuple": ("NAME = namedtuple('NAME', ['other', 'raw'])\n", "NAME('x', TEXT).raw"),
    "inherited": (
        "class BaseNAME:\n    def raw(self):\n        return self.part\n\n\nclass NAME(BaseNAME):\n    part = TEXT\n",
        "NAME().raw()",
    ),
    "static": (
        "class NAME:\n    @staticmethod\n    def raw():\n        return TEXT\n\n"
        "    @classmethod\n    def same(cls):\n        return cls.raw()\n",
        "NAME.same()",
    ),
}
FUNCTIONS_WITH_A_TEXT = {
    "plain": ("def NAME():\n    return TEXT\n", "NAME()"),
    "argument": ("def NAME(a, b):\n    return a + b\n", "NAME(FIRST, b=LAST)"),
    "default": ("def NAME(a, b=LAST):\n    joined = a + b\n    return joined\n", "NAME(FIRST)"),
    "star": ("def NAME(*parts):\n    return ''.join(parts)\n", "NAME(FIRST, LAST)"),
    "keywords": ("def NAME(**parts):\n    return parts['x']\n", "NAME(x=TEXT)"),
    "closure": ("def NAME(x):\n    def inner():\n        return x\n\n    return inner\n", "NAME(TEXT)()"),
    "lambda": ("NAME = lambda a, b=LAST: a + b\n", "NAME(FIRST)"),
    "early": ("def NAME(kind):\n    if kind == 'x':\n        return TEXT\n    return 'nothing'\n", "NAME('x')"),
    "none": ("def NAME(name=None):\n    if name is None:\n        name = TEXT\n    return name\n", "NAME()"),
    "or": ("def NAME(name=None):\n    return name or 'nothing'\n", "NAME(TEXT)"),
    "partial": ("def NAME(a, b):\n    return a + b\n", "functools.partial(NAME, FIRST)(LAST)"),
}

"""Which operations an entry may name, which fields each of them has, and what is wrong with an entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from mldebt.errors import UsageError, near_name_hint
from mldebt.knowledge import frameworks, mapped
from mldebt.knowledge.meaning import parse_meaning
from mldebt.knowledge.patterns import expand

SELECTOR, TEXT, TEXTS, FLAG, NUMBER, CONDITION = "selector", "text", "texts", "flag", "number", "condition"

# Where a method is looked for when its own kind of receiver has none.
FALLBACKS: Final[Mapping[str, str]] = MappingProxyType({
    "series": "frame", "array": "frame", "strings": "series", "dates": "series", "categories": "series",
    "missing": "frame",
    "cursor": "connection", "examples": "frame",
})  # fmt: skip

_KINDS = """
    accelerator app array augmenter axes azure_client blob bucket bunch categories channel client config connection
    consumer cursor dates dbt dynamo_table engine evaluator examples explainer expression feature_group feature_store
    feature_tables feature_view feed filesystem firebase firestore flink_source frame graph_session groupby handle
    hopsworks hub instance learner logger loop matrix message messenger missing mlflow_client model model_server mongo
    parallel parser path plot pool producer queue raster_driver reader redis registered report request response rng
    saver scheduler
    schema search_client series session snowflake_registry snowpark spark splitter strings study summary text trainer
    tuner window word_form writer yaml
"""
_STORES = "azure_blob azure_container config_store environment gcs_hook s3_hook"
KINDS: Final = frozenset((*_KINDS.split(), *_STORES.split(), *frameworks.KINDS.split(), *mapped.KINDS.split()))

# Fields that an entry of any operation may have.
_COMMON = "apart attribute distinctive doc format note only op pure returns seed store"
COMMON: Final = frozenset(_COMMON.split())

OPS: Final[Mapping[str, str]] = MappingProxyType({
    **frameworks.OPS,
    **mapped.OPS,
    "act": "data what",
    "aggregate": "columns counts data function keys opens_columns other values",
    "app": "holds_settings prefix",
    "application": "",
    "context": "",
    "kept": "",
    "pass": "",
    "set_columns": "data",
    "column_set": "",
    "apply": "axis data function whole",
    "argument": "default dest flags space",
    "argv": "",
    "array": "data makes named",
    "assign": "column data in_place position value",
    "check": "data other what",
    "concat": "arrays axis data default_axis",
    "config": "data default_name handle into name",
    "configure": "name value",
    "compose": "folder name overrides whole",
    "construct": "data function",
    "build": "data",
    "declare_settings": "data name",
    "defaults": "",
    "field": "default function",
    "fixture": "",
    "look_up": "data default key",
    "overlay": "data",
    "session": "space",
    "settings": "",
    "vendor": "",
    "command": "pushed pushes words",
    "connect": "name",
    "consume": "function topic",
    "copy": "bucket data from from_store into_folder moves opened to to_store uploads",
    "cross_validate": "X cv groups model params y",
    "tuning_score": "",
    "draw": "data in_place",
    "drop": "axis columns columns_by_default data rows",
    "duplicate": "columns data opens_columns reshapes",
    "encode": "by_batch columns data learns opens_columns state",
    "env": "default name",
    "evaluate": "X model y",
    "as_table": "data",
    "examples": "columns data orient",
    "filter_examples": "columns data function",
    "load_examples": "files name revision wanted",
    "map_examples": "columns data function gone",
    "mapped": "function",
    "engine": "function model",
    "drive": "X family model y",
    "expression": "alias columns every several some state",
    "project": "keeps",
    "execute": "connection data locals sql",
    "fill": "connection default_mode from to",
    "fetch": "connection data",
    "fit": "X best divides eval family held_back loaders model params partial stopping y",
    "fit_resample": "X y",
    "fit_transform": "X y",
    "frame": "columns data name orient",
    "group": "data keys",
    "identity": "columns data decorator fresh from function parses part partial prefix",
    "autolog": "logs off",
    "formula": "data expression",
    "backward": "data",
    "call": "arguments data each function later packed ranked tries",
    "map": "data function",
    "arguments_of_class": "dest function",
    "map_batches": "function",
    "ignore": "asked bucket joint clock decorator distinct file function name service subclass weighs",
    "inverse_transform": "X",
    "iterate": "columnwise data",
    "literal": "is",
    "load": "into name predicts_by revision",
    "melt": "columns data name value values",
    "matrix": "X in_place paired scope shuffle weight y",
    "memory": "data",
    "merge": "by by_index data how in_place left_on nearby on other right_on validate",
    "model": "X columns composite cv encodes_label entry_point family final folder formula function keeps_best layers "
    "load more_rows params per_column predicts_by remainder scope stateless steps stochastic stopping subclass "
    "supervised task weights y takes sets target told_by usual",
    "moment": "value",
    "open": "bucket default_mode mode name",
    "option": "default envvar flags",
    "parse": "args space",
    "parser": "function",
    "listed": "how name",
    "placeholder": "",
    "path": "how name repository revision",
    "handle": "data gives kept_in loaded_by model name session",
    "graph_run": "X fetches",
    "history": "",
    "keep_graph": "data name",
    "predict": "X endpoint fits loaders method model names_checked y",
    "publish": "data topic",
    "random": "data in_place scope",
    "read": "anyhow beside bucket chunks column_names column_separator columns connection data dataset filter header "
    "in_stored_order keys label locals method name names params parses revision sql topic",
    "records": "data makes orient parses",
    "reduce": "axis columns data distinct filter how other use",
    "reindex": "axis columns data",
    "remove": "bucket name",
    "rename": "axis columns data names new old prefix suffix",
    "request": "asked key never_null one_value",
    "reset_index": "data drop names",
    "restore": "model name",
    "respond": "data",
    "rng": "",
    "route": "function method methods path",
    "same": "axis data reshapes state value",
    "sample": "arrays axis beside data duplicate replace",
    "save": "artifacts data name registered registered_store signature",
    "seed": "scope value",
    "select": "columns data pattern removes",
    "set_index": "data drop keys",
    "sink": "columns data name sink",
    "sort": "columns data",
    "split": "arrays groups scope shuffle shuffle_default stratify",
    "split_indices": "X groups y",
    "splitter": "grouped shuffle shuffle_default time",
    "statistic": "among axis columns data distinct picks weighs y",
    "task": "context config folder function name passes schedule topic trigger",
    "temp": "",
    "train": "X eval family params rounds scope seed_param stochastic stopping y",
    "trainer": "X eval kept_in model told_by y",
    "transform": "X",
    "value": "data distinct function",
    "watch": "best monitor name",
    "window": "axis nearby center data function keys periods",
    "share": "name",
    "workers": "config data family function",
    "unpickle": "data parses",
    "write": "bucket by_name columns connection data default_mode ending index method mode name name_in params "
    "piecewise schema temporary topic within",
})  # fmt: skip

_TEXT = """
    apart name_in
    composite dataset default_mode default_name doc ending family format from_store gives holds_settings kept_in
    loaded_by session
    makes method note op part predicts_by registered_store returns sink store task to_store trigger use what within is
    joint
    usual
"""
_FLAG = """
    among anyhow arguments asked attribute by_batch by_index by_name clock columns_by_default columnwise counts
    decorator distinct divides
    distinctive
    duplicate encodes_label every fits fresh grouped in_place in_stored_order into_folder keeps
    keeps_best learns locals more_rows moves named opened
    nearby never_null one_value opens_columns paired parses partial per_column picks piecewise pure ranked
    removes reshapes several shuffle_default some state
    stateless subclass supervised temporary time tries uploads weighs whole
"""
TYPES: Final[Mapping[str, str]] = MappingProxyType({
    **dict.fromkeys((*_TEXT.split(), *frameworks.TEXT.split(), *mapped.TEXT.split()), TEXT),
    **dict.fromkeys((*_FLAG.split(), *frameworks.FLAG.split()), FLAG),
    **dict.fromkeys(frameworks.TEXTS.split(), TEXTS),
    **dict.fromkeys(("beside", "column_names", "loaders", "only", "pushed", "pushes", "scope", "seed_param"), TEXTS),
    "default_axis": NUMBER,
    "stochastic": CONDITION,
})  # fmt: skip


def type_of(op: str, field: str) -> str:
    """What a field holds; a selector where nothing else is said. `how` is a word for paths, an argument for merges."""
    return TEXT if (op, field) == ("path", "how") else TYPES.get(field, SELECTOR)


def check_file(path: str, tables: Mapping[str, object]) -> None:
    """Raise for the first mistake in a file of entries."""
    checks = {"aliases": _alias_problems, "meanings": _meaning_problems}
    for key, table in tables.items():
        for problem in checks[key](table) if key in checks else entry_problems(key, table):
            raise UsageError(f'Knowledge file {path}, entry "{key}": {problem}' + "." * (not problem.endswith("?")))


def _alias_problems(table: object) -> Iterator[str]:
    if not isinstance(table, dict) or not all(isinstance(name, str) for name in table.values()):
        yield "aliases must map one dotted name to another"


def _meaning_problems(table: object) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "meanings must map what is called to what it computes"
        return
    for key, text in table.items():
        if not isinstance(text, str) or parse_meaning(text) is None:
            yield f'what "{key}" computes must be written like "round(self, decimals=0|decimals:0)"'
        yield from _key_problems(key)


def entry_problems(key: str, table: object) -> Iterator[str]:
    """Everything that is wrong with an entry, in words."""
    if not isinstance(table, dict):
        yield "an entry must be a table"
        return
    op = table.get("op")
    if not isinstance(op, str):
        yield 'the field "op" is missing'
        return
    if op not in OPS:
        yield f'unknown operation "{op}"{near_name_hint(op, OPS)}'
        return
    yield from _key_problems(key)
    yield from _field_problems(op, table)


def _key_problems(key: str) -> Iterator[str]:
    for name in expand(key):
        kind, closing, method = name[1:].partition(">.")
        if not name.startswith("<"):
            continue
        if not closing or not method:
            yield "a method must be written <kind>.name"
        elif kind not in KINDS:
            yield f'unknown kind of receiver "{kind}"{near_name_hint(kind, KINDS)}'


def _field_problems(op: str, table: Mapping[str, object]) -> Iterator[str]:
    known = {*COMMON, *OPS[op].split()}
    for field, value in table.items():
        if field not in known:
            yield f'unknown field "{field}" of the operation "{op}"{near_name_hint(field, known)}'
        elif not _fits(type_of(op, field), value):
            yield f'the field "{field}" must be {EXPECTED[type_of(op, field)]}'


EXPECTED: Final[Mapping[str, str]] = MappingProxyType({
    SELECTOR: 'a position, a keyword, "self", "*", or a list of them',
    TEXT: "a text",
    TEXTS: "a text or a list of texts",
    FLAG: "true or false",
    NUMBER: "a whole number",
    CONDITION: '"always", "never", or a table with "argument" and "values"',
})  # fmt: skip


def _fits(type_name: str, value: object) -> bool:
    if type_name == FLAG:
        return isinstance(value, bool)
    if type_name == NUMBER:
        return _is_position(value)
    if type_name == TEXT:
        return isinstance(value, str)
    if type_name == CONDITION:
        return value in ("always", "never") or _is_condition(value)
    items = value if isinstance(value, list) else [value]
    return all(isinstance(item, str) or (type_name == SELECTOR and _is_position(item)) for item in items)


def _is_position(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_condition(value: object) -> bool:
    if not isinstance(value, dict) or not {"argument", "values"} <= set(value) <= {"argument", "values", "default"}:
        return False
    return isinstance(value["argument"], str) and isinstance(value["values"], list)

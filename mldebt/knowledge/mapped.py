"""What entries may say of libraries that map classes to tables: their kinds of receivers, operations and fields."""

from __future__ import annotations

KINDS = "column query records sql_table statement"
OPS = {
    "add": "connection data default_mode rows",
    "ask": "connection",
    "change": "data",
    "column": "",
    "statement": "tables values verb",
    "table": "name",
}
TEXT = "verb"

"""What entries may say of libraries that map objects to what is stored: their kinds, operations and fields."""

from __future__ import annotations

KINDS = "column model_version query records sql_metadata sql_table statement table_manager table_row"
OPS = {
    "add": "connection data default_mode rows",
    "ask": "connection",
    "change": "data",
    "column": "",
    "find": "",
    "keep": "data default_mode",
    "statement": "tables values verb",
    "table": "name",
    "version": "name",
}
TEXT = "verb"

"""The baseline on disk: JSON, sorted, one entry to a line that ends in a comma, so that two branches merge well."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from mldebt.config.document import told
from mldebt.errors import UsageError
from mldebt.rules.judge.baseline import Entry

DEFAULT = "mldebt-baseline.json"
SCHEMA = "mldebt-baseline/1"
KEYS = tuple(name for name in Entry.__struct_fields__ if name not in ("rule", "fingerprint"))


def read_baseline(path: Path) -> tuple[Entry, ...]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise UsageError(f"there is no baseline {told(path)}; `mldebt baseline create` writes it") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the baseline {told(path)} can't be read: {getattr(error, 'strerror', 'not UTF-8')}"
        ) from None
    if any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in text.splitlines()):
        raise UsageError(
            f"the baseline {told(path)} has conflict markers: keep the lines of both sides, they may be twice"
        )
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the baseline {told(path)} is not JSON: {error}") from None
    if not isinstance(document, dict) or document.pop("schema", None) != SCHEMA:
        raise UsageError(f'the baseline {told(path)} is not one of this version: "schema" must be "{SCHEMA}"')
    return tuple(_entry(path, label, value) for label, value in document.items())


def _entry(path: Path, label: str, value: object) -> Entry:
    rule, _, fingerprint = label.partition(" ")
    texts = {key: value.get(key) for key in KEYS} if isinstance(value, dict) else {}
    if not (rule and fingerprint and texts and all(isinstance(text, str) for text in texts.values())):
        raise UsageError(
            f'the baseline {told(path)} has an entry that is none: "{label}"; `mldebt baseline update` renews it'
        )
    return Entry(rule, fingerprint, **{key: str(text) for key, text in texts.items()})


def baseline_text(entries: Iterable[Entry]) -> str:
    values = {entry.label: {key: getattr(entry, key) for key in KEYS} for entry in entries}
    lines = [f"{_json(label)}: {_json(values[label])}," for label in sorted(values)]
    return "\n".join(["{", *lines, f'"schema": "{SCHEMA}"', "}"]) + "\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

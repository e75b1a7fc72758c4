"""How code shows that it keeps a record of the data that it works on."""

from __future__ import annotations

import tomllib
from functools import cache

from mldebt.knowledge.distributions import HOME


@cache
def recording_words() -> tuple[bytes, ...]:
    table = tomllib.loads((HOME / "recording.toml").read_text(encoding="utf-8"))
    return tuple(str(word).encode() for word in table["words"])

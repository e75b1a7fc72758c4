"""GitHub's `primaryLocationLineHash`: the fingerprint by which code scanning recognises a line that has moved.

The definition is that of github/codeql-action: for each line, the polynomial hash of the next hundred UTF-16 code units
from its start, blanks left out and line ends normalised, followed by how often that value has occurred in the file.
"""

from __future__ import annotations

import re
import struct
from collections import Counter
from itertools import accumulate, chain, repeat

_BLOCK = 100
_FACTOR = 37
_MASK = (1 << 64) - 1
_OLDEST = pow(_FACTOR, _BLOCK, 1 << 64)
_LINE_FEED = 10
_END_OF_FILE = 0xFFFF


def line_hashes(text: str) -> list[str]:
    """The hash of every line of the file, the one behind the last line end included."""
    units = _units(text)
    starts = [0, *(index + 1 for index, unit in enumerate(units) if unit == _LINE_FEED)]
    prefix = list(accumulate(chain(units, repeat(0, _BLOCK)), _extended, initial=0))
    seen: Counter[str] = Counter()
    hashes = []
    for start in starts:
        value = f"{(prefix[start + _BLOCK] - prefix[start] * _OLDEST) & _MASK:x}"
        seen[value] += 1
        hashes.append(f"{value}:{seen[value]}")
    return hashes


def _extended(value: int, unit: int) -> int:
    return (value * _FACTOR + unit) & _MASK


def _units(text: str) -> tuple[int, ...]:
    """What counts of the text, with the mark for its end."""
    dense = re.sub(r"[ \t]", "", re.sub(r"\r\n?", "\n", text))
    data = dense.encode("utf-16-le", "surrogatepass")
    return (*struct.unpack(f"<{len(data) // 2}H", data), _END_OF_FILE)

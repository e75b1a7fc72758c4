"""What a file is for, as far as its path tells."""

from __future__ import annotations

import re
from functools import lru_cache

_TEST = re.compile(r"(^|/)_?(tests?|testing)(/|$)|(^|/)(_?test_[^/]*|[^/]*_tests?|tests?|conftest)\.py$")


@lru_cache(maxsize=8192)
def is_test(file: str) -> bool:
    return _TEST.search(file) is not None

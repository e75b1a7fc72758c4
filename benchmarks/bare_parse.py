"""Parse files with libcst and nothing else: what mldebt is compared with.

python benchmarks/bare_parse.py FOLDER [--jobs N]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import libcst


def parse_all(paths: Sequence[Path]) -> int:
    for path in paths:
        libcst.parse_module(path.read_bytes())
    return len(paths)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.py"), key=lambda path: -path.stat().st_size)
    if options.jobs == 1:
        print(parse_all(paths))
        return
    shares = [paths[number :: options.jobs * 8] for number in range(options.jobs * 8)]
    with ProcessPoolExecutor(options.jobs) as pool:
        print(sum(pool.map(parse_all, shares)))


if __name__ == "__main__":
    main()

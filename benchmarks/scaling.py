"""How the time of a whole scan grows with the program: the exponent, linear is 1."""

from __future__ import annotations

import math
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import measured, say
from programs import write_program


@dataclass(frozen=True)
class Size:
    files: int
    lines: int
    seconds: float
    megabytes: float


def grown(sizes: Sequence[int], jobs: int, scratch: Path, seconds: float) -> list[Size]:
    """Scans of programs of growing sizes, as far as the time is expected to suffice for the next one."""
    found: list[Size] = []
    ends = time.monotonic() + seconds
    for files in sizes:
        if found and time.monotonic() + 1.5 * found[-1].seconds * files / found[-1].files > ends:
            say(f"  {files} files: no time left")
            break
        found.append(_scanned(files, jobs, scratch))
        say(f"  {files} files, {found[-1].lines} lines: {found[-1].seconds:.1f} s, {found[-1].megabytes:.0f} MB")
    return found


def _scanned(files: int, jobs: int, scratch: Path) -> Size:
    tree = scratch / f"program_{files}"
    lines = write_program(tree, files)
    words = [sys.executable, "-m", "mldebt", "check", str(tree), "--no-cache", "--exit-zero", "-j", str(jobs)]
    runs = [measured(words) for _ in range(3 if files < 3000 else 1)]
    shutil.rmtree(tree)
    if any(code != 0 for code, _, _ in runs):
        raise SystemExit(f"mldebt check ended with {runs[0][0]} on {files} files")
    return Size(files, lines, sorted(run[1] for run in runs)[len(runs) // 2], max(run[2] for run in runs))


def exponent(sizes: Sequence[Size]) -> float | None:
    """The slope of time over files, both as logarithms, without what a scan of nearly nothing takes.

    Small programs are left out where there are enough large ones: there the start weighs more than the work.
    """
    base = min(size.seconds for size in sizes) * 0.9
    large = [size for size in sizes if size.files >= 300] or list(sizes)
    points = [(math.log(size.files), math.log(size.seconds - base)) for size in large if size.seconds > base]
    return slope(points) if len(points) > 1 else None


def megabytes_of_a_million_lines(sizes: Sequence[Size]) -> float | None:
    """Peak memory for a million lines, along the line through what was measured."""
    if len(sizes) < 2:
        return None
    per_line = slope([(size.lines, size.megabytes) for size in sizes])
    middle_lines = sum(size.lines for size in sizes) / len(sizes)
    middle = sum(size.megabytes for size in sizes) / len(sizes)
    return middle + per_line * (1_000_000 - middle_lines)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the line with the least squares of distances."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread

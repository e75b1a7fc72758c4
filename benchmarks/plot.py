"""The picture of the measurements as SVG: bars against bare parsing and the other tools, and how scans grow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT = 860, 330
STYLE = """\
<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.small { font-size: 11px; fill: #57606a }
.title { font-weight: 600 }
.grid { stroke: #d0d7de; stroke-width: 1 }
.ours { fill: #1f6feb } .others { fill: #8c959f } .limit { stroke: #cf222e; stroke-dasharray: 4 3; stroke-width: 1.5 }
.line { fill: none; stroke: #1f6feb; stroke-width: 2 } .linear { fill: none; stroke: #8c959f; stroke-dasharray: 5 4 }
</style>
"""


def picture(bars: Sequence[tuple[str, float]], sizes: Sequence[tuple[int, float]], exponent: float | None) -> str:
    """`bars`: names and multiples of bare parsing; `sizes`: files and seconds."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" aria-label="Time of mldebt against other tools, and its growth with the number of files">',
        STYLE,
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_bars(bars),
        *_growth(sizes, exponent),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bars(bars: Sequence[tuple[str, float]]) -> list[str]:
    """Horizontal bars on a logarithmic scale; the red line is bare parsing."""
    left, right, top = 110, 400, 56
    low = math.floor(math.log10(min(value for _, value in bars)))
    high = max(1, math.ceil(math.log10(max(value for _, value in bars))))

    def at(value: float) -> float:
        return left + (math.log10(value) - low) / (high - low) * (right - left)

    step = min(40, 210 / len(bars))
    parts = [_text(16, 28, "Whole tree, cold: time as a multiple of bare libcst parsing", "title")]
    for power in range(low, high + 1):
        x = at(10.0**power)
        parts += [_line(x, top - 8, x, top + step * len(bars), "grid"), _text(x, 312, _tick(power), "small", "middle")]
    for number, (name, value) in enumerate(bars):
        y = top + number * step
        kind = "ours" if name == "mldebt" else "others"
        wide = max(2.0, at(value) - left)
        parts.append(
            f'<rect class="{kind}" x="{left}" y="{y:.1f}" width="{wide:.1f}" height="{step * 0.6:.1f}" rx="2"/>'
        )
        parts.append(_text(left - 8, y + step * 0.45, name, "", "end"))
        parts.append(_text(left + wide + 6, y + step * 0.45, f"{value:.2g} ×"))
    return [*parts, _line(at(1), top - 8, at(1), top + step * len(bars), "limit")]


def _tick(power: int) -> str:
    return f"{10.0**power:g} ×"


def _growth(sizes: Sequence[tuple[int, float]], exponent: float | None) -> list[str]:
    """Seconds over files, both logarithmic, with a straight line for linear growth."""
    left, right, top, bottom = 540, 830, 56, 290
    xs, ys = [math.log10(files) for files, _ in sizes], [math.log10(seconds) for _, seconds in sizes]
    x_low, x_high = math.floor(min(xs)), max(math.floor(min(xs)) + 1, math.ceil(max(xs)))
    y_low, y_high = math.floor(min(ys)), max(math.floor(min(ys)) + 1, math.ceil(max(ys)))

    def at(x: float, y: float) -> tuple[float, float]:
        return (
            left + (x - x_low) / (x_high - x_low) * (right - left),
            bottom - (y - y_low) / (y_high - y_low) * (bottom - top),
        )

    grows = f": files to the power of {exponent:.2f}" if exponent is not None else ""
    parts = [_text(500, 28, f"Seconds of a cold scan{grows}", "title")]
    for power in range(x_low, x_high + 1):
        x, _ = at(power, y_low)
        parts += [_line(x, top, x, bottom, "grid"), _text(x, 312, f"{10**power:,}", "small", "middle")]
    for power in range(y_low, y_high + 1):
        _, y = at(x_low, power)
        parts += [_line(left, y, right, y, "grid"), _text(left - 8, y + 4, f"{10.0**power:g} s", "small", "end")]
    last_x, last_y = xs[-1], ys[-1]
    start_x = max(x_low, last_x - (last_y - y_low))
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(x, y) for x, y in zip(xs, ys, strict=True)))
    straight = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(start_x, last_y - (last_x - start_x)), at(last_x, last_y)))
    parts += [f'<polyline class="linear" points="{straight}"/>', f'<polyline class="line" points="{points}"/>']
    for x, y in (at(x, y) for x, y in zip(xs, ys, strict=True)):
        parts.append(f'<circle class="ours" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
    parts.append(_text(right, 326, "files", "small", "end"))
    return [*parts, _text(right, top + 14, "dashed: linear", "small", "end")]


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    shown = f' class="{kind}"' if kind else ""
    return f'<text{shown} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

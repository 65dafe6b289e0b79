"""Small charts as SVG, by hand: a measurement needs no plotting library."""

import html
import math
from collections.abc import Mapping, Sequence

COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#8e6c8a", "#b08900", "#444444")
FONT = 'font-family="sans-serif" font-size="12"'
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 300, 70, 34, 44
BAR, GAP, LABELS, ROOM = 14, 10, 190, 330

Points = Sequence[tuple[float, float]]
Rows = Sequence[tuple[str, Sequence[float | None]]]


def text(x: float, y: float, words: str, anchor="start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {FONT}>{html.escape(words)}</text>'


def document(width: int, height: float, parts: Sequence[str]) -> str:
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:.0f}">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{inside}\n</svg>\n'
    )


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all of them."""
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def curves(title: str, across: str, series: Mapping[str, Points]) -> str:
    """Lines over two logarithmic axes; every value is above 0."""
    left, right = decades([x for points in series.values() for x, _ in points])
    low, high = decades([y for points in series.values() for _, y in points])
    wide, tall = WIDTH - LEFT - 190, HEIGHT - TOP - BOTTOM

    def place(x: float, y: float) -> tuple[float, float]:
        along, up = (math.log10(x) - left) / (right - left), (math.log10(y) - low) / (high - low)
        return LEFT + wide * along, TOP + tall * (1 - up)

    parts = [text(LEFT, 20, title), text(LEFT + wide / 2, HEIGHT - 8, across, "middle")]
    for power in range(low, high + 1):
        _, y = place(10**left, 10**power)
        parts.append(f'<line x1="{LEFT}" x2="{LEFT + wide}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>')
        parts.append(text(LEFT - 6, y + 4, f"{10.0**power:g}", "end"))
    for power in range(left, right + 1):
        parts.append(text(place(10**power, 10**low)[0], TOP + tall + 18, f"{10**power:,}", "middle"))
    for number, (name, points) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        y = TOP + 14 + 18 * number
        parts.append(f'<rect x="{LEFT + wide + 14}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        parts.append(text(LEFT + wide + 30, y, name))
    return document(WIDTH, HEIGHT, parts)


def bars(names: Sequence[str], sections: Sequence[tuple[str, Rows]]) -> str:
    """Under each heading a row each, with a bar a name, as long as the value is to the row's greatest.

    A row without any value is left out, and so is a heading without rows.
    """
    parts, y = legend(names), 34.0
    for heading, rows in sections:
        filled = [(title, values) for title, values in rows if any(value is not None for value in values)]
        if not filled:
            continue
        parts.append(text(10, y + 14, heading))
        y += 30
        for title, values in filled:
            parts += bars_of_row(y, title, values)
            y += BAR * len(values) + GAP
    return document(WIDTH, y + 10, parts)


def legend(names: Sequence[str]) -> list[str]:
    parts = []
    for number, name in enumerate(names):
        x = 10 + 150 * number
        parts.append(f'<rect x="{x}" y="10" width="10" height="10" fill="{COLOURS[number]}"/>')
        parts.append(text(x + 16, 20, name))
    return parts


def bars_of_row(top: float, title: str, values: Sequence[float | None]) -> list[str]:
    most = max(value for value in values if value is not None) or 1.0
    parts = [text(10, top + BAR, title)]
    for number, value in enumerate(values):
        if value is None:
            continue
        y, long = top + BAR * number, ROOM * value / most
        colour = COLOURS[number]
        parts.append(
            f'<rect x="{LABELS}" y="{y:.0f}" width="{long:.1f}" height="{BAR - 2}" fill="{colour}"/>'
        )
        said = f"{value:,.0f}" if value >= 100 or value == 0 else f"{value:.3g}"
        parts.append(text(LABELS + long + 6, y + BAR - 3, said))
    return parts

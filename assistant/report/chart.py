"""The radar of the dimensions, as SVG with its text as text and as PNG.

Figures are made as objects, without pyplot, so that threads do not share one. What is not known is left open: the line
breaks at that spoke and its label says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from math import cos, pi, sin
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.report.blocks import Point, Radar
from assistant.report.fonts import drawable, faces
from assistant.report.svg import plain_svg
from assistant.report.text import Say
from knowledge.instrument import MOST

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

INK = "#17212b"
ACCENT = "#0a5c66"
PAST = "#b45309"
WIDTH, HEIGHT = 5.2, 4.1
"""Inches, on paper."""
DOTS = 220
"""Dots an inch of the PNG."""
_SETTINGS = Lock()
"""matplotlib reads how to write SVG from settings of the whole process: one drawing at a time sets them."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Look:
    """The measures of a drawing: `width` and `height` in inches, sizes of letters in points (`name` of the labels, `small`
    of the scale and the legend). Where the spokes are 1 long, the drawing goes `reach` far from the middle to leave room
    for the labels, and one line of a label is `line` below the other. After `wrap` characters a label goes on in the next.
    """

    width: float
    height: float
    reach: float
    name: float
    scale: float
    small: float
    line: float
    wrap: int


PAPER = Look(WIDTH, HEIGHT, reach=1.42, name=10.5, scale=8, small=10, line=0.14, wrap=9)
SCREEN = Look(3.95, 3.75, reach=1.64, name=13, scale=11.5, small=12.5, line=0.2, wrap=5)
"""Drawn small, with large letters: on a phone it is shown at about its own size."""


def radar_svg(radar: Radar, say: Say) -> str:
    """An `<svg>` element without style attributes or ids; letters take the page's font and ink. Raises NoFontError."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    canvas: Any = FigureCanvasSVG(_drawn(radar, say, SCREEN))
    written = StringIO()
    with _SETTINGS, mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "giljabi"}):
        canvas.print_svg(written, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return plain_svg(written.getvalue(), label=radar.says, ink=INK)


def radar_png(radar: Radar, say: Say) -> bytes:
    """Raises NoFontError."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    written = BytesIO()
    canvas: Any = FigureCanvasAgg(_drawn(radar, say, PAPER))
    canvas.print_png(written, metadata={"Software": None})
    return written.getvalue()


def _drawn(radar: Radar, say: Say, look: Look) -> Figure:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    found = faces()
    letters = FontProperties(fname=found.plain, size=look.small)
    figure = Figure(figsize=(look.width, look.height), dpi=DOTS, facecolor="none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-look.reach * look.width / look.height, look.reach * look.width / look.height)
    axes.set_ylim(-look.reach, look.reach)
    _web(axes, len(radar.points), letters, look.scale)
    if radar.overlay:
        _scores(axes, [point.before for point in radar.points], colour=PAST, dashed=True)
    _scores(axes, [point.score for point in radar.points], colour=ACCENT, dashed=False)
    for number, point in enumerate(radar.points):
        bold = FontProperties(fname=found.bold, size=look.name)
        _label(axes, point, _spoke(number, len(radar.points)), say, bold, look)
    if radar.overlay:
        _legend(axes, say, letters, look)
    return figure


def _spoke(number: int, of: int) -> Place:
    """Where a spoke ends on the unit circle; the first one up, then clockwise."""
    turned = pi / 2 - 2 * pi * number / max(of, 1)
    return cos(turned), sin(turned)


def _web(axes: Axes, spokes: int, letters: FontProperties, size: float) -> None:
    ends = [_spoke(number, spokes) for number in range(spokes)]
    for ring in range(1, MOST + 1):
        part = ring / MOST
        x, y = [part * each[0] for each in [*ends, *ends[:1]]], [part * each[1] for each in [*ends, *ends[:1]]]
        axes.plot(x, y, color=INK, alpha=0.35 if ring == MOST else 0.15, linewidth=0.8, clip_on=False)
    for x_end, y_end in ends:
        axes.plot([0, x_end], [0, y_end], color=INK, alpha=0.15, linewidth=0.8, clip_on=False)
    for ring in (1, 3, 5):
        axes.text(
            0.02, ring / MOST - 0.015, str(ring), fontproperties=letters, fontsize=size, color=INK, alpha=0.7, va="top"
        )


def _scores(axes: Axes, scores: Sequence[float | None], *, colour: str, dashed: bool) -> None:
    """Joins neighbours that are both known, and marks each that is."""
    of = len(scores)
    places = [None if score is None else _at(_spoke(number, of), score) for number, score in enumerate(scores)]
    drawing: dict[str, Any] = {"color": colour, "linewidth": 1.6 if dashed else 2.2}
    for number, place in enumerate(places):
        following = places[(number + 1) % of]
        if place is None:
            continue
        axes.plot(
            *place,
            marker="D" if dashed else "o",
            markersize=4 if dashed else 5.5,
            color=colour,
            linestyle="none",
            clip_on=False,
        )
        if following is None or of < 2:
            continue
        x, y = (place[0], following[0]), (place[1], following[1])
        axes.plot(x, y, linestyle=(0, (4, 2)) if dashed else "-", clip_on=False, **drawing)
        if not dashed:
            axes.fill((0, *x), (0, *y), color=colour, alpha=0.16, linewidth=0, clip_on=False)


def _at(end: Place, score: float) -> Place:
    return end[0] * score / MOST, end[1] * score / MOST


def _label(axes: Axes, point: Point, end: Place, say: Say, letters: FontProperties, look: Look) -> None:
    across = "center" if abs(end[0]) < 0.2 else "left" if end[0] > 0 else "right"
    lines = [*_wrapped(drawable(point.name), look.wrap), drawable(say.score(point.score))]
    above = look.line * (len(lines) - 1) * (1 + end[1]) / 2  # the block of lines grows away from the web
    for number, text in enumerate(lines):
        last = number == len(lines) - 1
        colour = ACCENT if last and point.score is not None else INK
        place = (end[0] * 1.08, end[1] * 1.12 + above - number * look.line)
        axes.text(*place, text, fontproperties=letters, color=colour, ha=across, va="center", parse_math=False)


def _wrapped(name: str, most: int) -> list[str]:
    lines = [""]
    for word in name.split():
        word = word if len(word) <= 14 else word[:13] + "…"  # noqa: PLW2901  the table has the whole name
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines[:3]


def _legend(axes: Axes, say: Say, letters: FontProperties, look: Look) -> None:
    left = axes.get_xlim()[0]
    for number, (key, colour, line) in enumerate((("chart_now", ACCENT, "-"), ("chart_before", PAST, (0, (4, 2))))):
        height = -look.reach + 0.1 + number * look.line
        axes.plot(
            (left + 0.05, left + 0.25), (height, height), color=colour, linestyle=line, linewidth=2, clip_on=False
        )
        axes.text(left + 0.3, height, say(key), fontproperties=letters, color=INK, va="center", parse_math=False)

"""The flow of patients drawn: boxes from top to bottom, those who leave to the right."""

from __future__ import annotations

import textwrap
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from corcal.evaluate.describe.flow import FlowBox
from corcal.evaluate.publish.plot import INK, Plot, render

# All in inches.
_WIDE, _ASIDE, _GAP, _LINE, _PAD, _DROP = 2.1, 2.3, 0.35, 0.17, 0.11, 0.5

#: Letters on a line of a box, and of a box beside it.
_LETTERS, _LETTERS_ASIDE = 27, 31


def flow_plot(top: FlowBox) -> Plot:
    """Return the flow as a figure.

    Args:
        top: the first box; its counts add up.
    """
    left, right = _reach(top)
    width, height = left + right + 2 * _GAP, _depth(top) + 2 * _GAP

    def draw(figure: Figure) -> None:
        # Of its own layout: every inch is spoken for.
        figure.set_layout_engine("none")
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        ax.set_xlim(0, width)
        ax.set_ylim(height, 0)
        ax.axis("off")
        _draw(ax, top, _GAP + left, _GAP)

    return render("figure1_flow", "Flow of patients.", draw, size_inches=(width, height))


def _lines(box: FlowBox) -> list[str]:
    return [*textwrap.wrap(box.text, _LETTERS), f"(n = {box.n:,})"]


def _lines_aside(box: FlowBox) -> list[str]:
    """Return the lines of the box that holds everybody who leaves, by reason."""
    if not box.excluded:
        return []
    lines = [f"Excluded (n = {sum(e.n for e in box.excluded):,})"]
    for reason in box.excluded:
        wrapped = textwrap.wrap(f"{reason.text} (n = {reason.n:,})", _LETTERS_ASIDE)
        lines += [f"  {line}" for line in wrapped]
    return lines


def _tall(lines: list[str]) -> float:
    return len(lines) * _LINE + 2 * _PAD if lines else 0.0


def _head(box: FlowBox) -> float:
    """Return how far down a box and the one beside it reach."""
    aside = _tall(_lines_aside(box))
    return _tall(_lines(box)) + (aside + _DROP / 2 if aside else 0.0)


def _depth(box: FlowBox) -> float:
    return _head(box) + max((_DROP + _depth(child) for child in box.kept), default=0.0)


def _middles(box: FlowBox) -> list[float]:
    """Return where the middles of the boxes below lie, relative to this box's."""
    reaches = [_reach(child) for child in box.kept]
    at = [0.0]
    for (_, right), (left, _) in pairwise(reaches):
        at.append(at[-1] + right + _GAP + left)
    return [x - at[-1] / 2 for x in at]


def _reach(box: FlowBox) -> tuple[float, float]:
    """Return how far a box and all below it reach to the left and right of its middle."""
    left, right = _WIDE / 2, _WIDE / 2
    if box.excluded:
        right = max(right, _GAP + _ASIDE)
    for x, child in zip(_middles(box), box.kept, strict=False):
        child_left, child_right = _reach(child)
        left, right = max(left, child_left - x), max(right, x + child_right)
    return left, right


def _draw(ax: Axes, box: FlowBox, x: float, y: float) -> None:
    """Draw a box whose upper edge has its middle at (x, y), and all below it."""
    lines, aside = _lines(box), _lines_aside(box)
    bottom, below = y + _tall(lines), y + _head(box)
    _frame(ax, (x - _WIDE / 2, y, _WIDE, _tall(lines)))
    ax.text(x, y + _tall(lines) / 2, "\n".join(lines), ha="center", va="center")
    if aside:
        top, tall = bottom + _DROP / 4, _tall(aside)
        _frame(ax, (x + _GAP, top, _ASIDE, tall))
        ax.text(x + _GAP + _PAD, top + tall / 2, "\n".join(aside), ha="left", va="center")
        if not box.kept:
            _line(ax, (x, x), (bottom, top + tall / 2))
        _arrow(ax, (x, top + tall / 2), (x + _GAP, top + tall / 2))
    if not box.kept:
        return
    bar, start = below + _DROP / 2, below + _DROP
    middles = [x + m for m in _middles(box)]
    _line(ax, (x, x), (bottom, bar))
    _line(ax, (middles[0], middles[-1]), (bar, bar))
    for middle, child in zip(middles, box.kept, strict=True):
        _arrow(ax, (middle, bar), (middle, start))
        _draw(ax, child, middle, start)


def _frame(ax: Axes, place: tuple[float, float, float, float]) -> None:
    x, y, wide, tall = place
    ax.add_patch(Rectangle((x, y), wide, tall, facecolor="white", edgecolor=INK, linewidth=0.9))


def _line(ax: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    ax.plot(x, y, color=INK, linewidth=0.9, solid_capstyle="projecting")


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    style = {"arrowstyle": "-|>", "color": INK, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=end, xytext=start, arrowprops=style)

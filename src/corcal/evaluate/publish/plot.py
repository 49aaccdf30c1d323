"""The look of every figure, and figures as files that are the same each time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

#: Okabe and Ito's colours, kept apart by every kind of colour vision; and a marker and line
#: each, for print without colour.
COLOURS = {"RCA": "#009E73", "LAD": "#E69F00", "LCX": "#D55E00", "any": "#0072B2"}
MARKERS = {"RCA": "o", "LAD": "s", "LCX": "^", "any": "D"}
LINES = {"RCA": "-", "LAD": "--", "LCX": "-.", "any": ":"}
INK, SOFT, BAND = "#17202c", "#6b7685", "#cfe3f1"

#: Width of a figure across a page, in inches.
PAGE_INCHES = 7.2

_DPI = 300

_LOOK: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.6,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.hashsalt": "corcal",
    "svg.fonttype": "path",
    "axes.unicode_minus": True,
}


@dataclass(frozen=True)
class Plot:
    """A finished figure.

    Attributes:
        name: file name without suffix.
        caption: what stands below it in a paper.
        svg: the figure as SVG.
        png: the figure as PNG, 300 dpi.
    """

    name: str
    caption: str
    svg: bytes
    png: bytes

    def files(self) -> dict[str, bytes]:
        """Return the figure as files by name."""
        return {f"{self.name}.svg": self.svg, f"{self.name}.png": self.png}


def render(
    name: str, caption: str, draw: Callable[[Figure], None], *, size_inches: tuple[float, float]
) -> Plot:
    """Draw a figure and return it as files without date or machine in them.

    Args:
        name: file name without suffix.
        caption: what it shows.
        draw: draws on an empty figure.
        size_inches: width and height.
    """
    with matplotlib.rc_context({**matplotlib.rcParamsDefault, **_LOOK, "backend": "agg"}):
        figure = Figure(figsize=size_inches, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        svg, png = io.BytesIO(), io.BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        figure.savefig(png, format="png", dpi=_DPI, metadata={"Software": None})
    return Plot(name, caption, svg.getvalue(), png.getvalue())

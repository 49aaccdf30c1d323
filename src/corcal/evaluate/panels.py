"""Example panels (Figure 3): the CT, the prediction on it, the reference on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from PIL import Image

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.evaluate.cases import Marked
from corcal.evaluate.publish.plot import PAGE_INCHES, Plot, render
from corcal.report import (
    ARTERY_COLOURS,
    CALCIUM_COLOUR,
    css,
    key_slice,
    paint_marked,
    paint_plain,
    view_at,
)

#: Rows of one figure that still fit on a page.
MOST_ROWS = 8

_SIDE = 640
_AROUND_MM = 19.0
_ROW_INCHES = 2.32


@dataclass(frozen=True, eq=False)
class Panel:
    """One row of the figure.

    Attributes:
        artery: what it shows.
        images: the CT, the prediction on it, and the reference on it if there is one.
    """

    artery: Artery
    images: tuple[Image.Image, ...]


def panel(
    scan: Scan,
    predicted: ArteryLabels,
    reference: ArteryLabels | None,
    artery: Artery,
    *,
    heart: Box | None = None,
) -> Panel:
    """Return the pictures of an artery in the slice of its largest calcium.

    The slice is that of the reference where there is one.

    Args:
        scan: the CT.
        predicted: on its grid.
        reference: on its grid, or None.
        artery: which to show.
        heart: its box, to be framed; None frames the labels.
    """
    box = heart or _around(predicted, reference)
    lead = Marked(scan, reference or predicted, box)
    at = key_slice(lead, artery)
    views = [
        view_at(Marked(scan, labels, box), artery, at)
        for labels in (predicted, reference)
        if labels is not None
    ]
    return Panel(
        artery, (paint_plain(views[0], _SIDE), *(paint_marked(view, _SIDE) for view in views))
    )


def panels_plots(panels: Sequence[Panel]) -> tuple[Plot, ...]:
    """Return the panels on as many figures as they need, each with up to `MOST_ROWS` rows.

    Args:
        panels: one or more, all with or all without a reference.
    """
    parts = [panels[i : i + MOST_ROWS] for i in range(0, len(panels), MOST_ROWS)]
    return tuple(map(panels_plot, parts, _names(len(panels))))


def panel_files(rows: int) -> tuple[str, ...]:
    """Return the names of the files of so many rows: figures and their captions."""
    return tuple(f"{name}.{end}" for name in _names(rows) for end in ("svg", "png", "txt"))


def _names(rows: int) -> list[str]:
    figures = math.ceil(rows / MOST_ROWS)
    if figures == 1:
        return ["figure3_panels"]
    return [f"figure3_panels_{i + 1}" for i in range(figures)]


def panels_plot(panels: Sequence[Panel], name: str = "figure3_panels") -> Plot:
    """Return one figure: a row for each panel, lettered from A.

    Args:
        panels: up to `MOST_ROWS`, all with or all without a reference.
        name: of its files.
    """
    heads = ("CT", "Prediction", "Reference")[: len(panels[0].images)]
    size = (PAGE_INCHES * len(heads) / 3, _ROW_INCHES * len(panels) + 0.55)

    def draw(figure: Figure) -> None:
        axes = figure.subplots(len(panels), len(heads), squeeze=False)
        for number, (row, one) in enumerate(zip(axes, panels, strict=True)):
            for ax, image, head in zip(row, one.images, heads, strict=True):
                ax.imshow(np.asarray(image), interpolation="none")
                ax.set_xticks([])
                ax.set_yticks([])
                ax.spines[:].set_visible(False)
                if number == 0:
                    ax.set_title(head)
            row[0].set_ylabel(
                chr(ord("A") + number), rotation=0, ha="right", va="top", y=0.98, weight="bold"
            )
        swatches = [Patch(color=css(c), label=a.title) for a, c in ARTERY_COLOURS.items()]
        swatches.append(Patch(color=css(CALCIUM_COLOUR), label="calcium"))
        figure.legend(handles=swatches, loc="outside lower center", ncols=len(swatches))

    shown = "; ".join(f"({chr(ord('A') + i)}) {p.artery.title}" for i, p in enumerate(panels))
    caption = (
        f"Examples: {shown}, each in the axial slice of its largest calcium (of its mid course "
        "where it has none). Window 350 HU about 40 HU; R, L, A, P: right, left, front and back "
        "of the patient."
    )
    return render(name, caption, draw, size_inches=size)


def _around(predicted: ArteryLabels, reference: ArteryLabels | None) -> Box | None:
    """Return the surroundings of all labels, so that both maps are framed alike."""
    hit = predicted.codes > 0
    if reference is not None:
        hit = hit | (reference.codes > 0)
    if not hit.any():
        return None
    s = predicted.grid.spacing_mm
    margin = (
        math.ceil(_AROUND_MM / s[0]),
        math.ceil(_AROUND_MM / s[1]),
        math.ceil(_AROUND_MM / s[2]),
    )
    return Box.around(hit).pad(margin)

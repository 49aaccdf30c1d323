"""The free-response curve drawn."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from corcal.core.artery import Artery
from corcal.evaluate.overlap.froc import RATES
from corcal.evaluate.overlap.summary import LesionSummary
from corcal.evaluate.publish.plot import COLOURS, LINES, Plot, render

_LARGEST_RATE = RATES[-1]


def froc_plot(lesions: Mapping[str, LesionSummary]) -> Plot | None:
    """Return the curves of all targets; None without a reference lesion in any.

    Args:
        lesions: by target.
    """
    curves = {target: one.froc for target, one in lesions.items() if one.froc is not None}
    if not curves:
        return None

    def draw(figure: Figure) -> None:
        ax = figure.subplots()
        for target, froc in curves.items():
            # A step: between two thresholds nothing is known to be better than the first.
            x = [0.0, *(p.false_per_scan for p in froc.points), _LARGEST_RATE]
            y = [0.0, *(p.sensitivity for p in froc.points)]
            y.append(y[-1])
            title = Artery(target).title if target != "any" else "All arteries"
            ax.plot(
                x,
                y,
                LINES[target],
                color=COLOURS[target],
                drawstyle="steps-post",
                label=f"{title} ({froc.lesions} lesions)",
            )
        rates = [p.false_per_scan for f in curves.values() for p in f.points]
        reached = max(rates, default=0.0)
        ax.set_xlim(0, min(_LARGEST_RATE, max(1.0, 1.1 * reached)))
        ax.set_ylim(0, 1.01)
        ax.set(xlabel="False lesions a scan", ylabel="Sensitivity for lesions")
        ax.legend(loc="lower right")

    caption = (
        "Free response: share of reference lesions found against false lesions a scan, as the "
        "smallest volume that counts falls."
    )
    return render("figure_froc", caption, draw, size_inches=(4.6, 3.6))

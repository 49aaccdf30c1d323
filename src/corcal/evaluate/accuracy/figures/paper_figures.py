"""All figures that an evaluation has the data for."""

from __future__ import annotations

from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.figures.confusion import confusion_plot
from corcal.evaluate.accuracy.figures.differences import difference_plot
from corcal.evaluate.accuracy.figures.forest import forest_plots
from corcal.evaluate.accuracy.figures.roc import roc_plot
from corcal.evaluate.accuracy.figures.volumes import volume_plot
from corcal.evaluate.publish.plot import Plot


def paper_figures(e: Evaluation) -> tuple[Plot, ...]:
    """Return every figure that the data fill."""
    single = (roc_plot(e), confusion_plot(e), volume_plot(e), difference_plot(e))
    return (*(p for p in single if p is not None), *forest_plots(e))

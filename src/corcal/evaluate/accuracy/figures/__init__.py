"""The figures of the evaluation, each as SVG and PNG."""

from corcal.evaluate.accuracy.figures.every import paper_figures
from corcal.evaluate.publish.plot import Plot

__all__ = ["Plot", "paper_figures"]

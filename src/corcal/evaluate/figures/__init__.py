"""The figures of the evaluation, each as SVG and PNG."""

from corcal.evaluate.figures.every import paper_figures
from corcal.evaluate.figures.style import Plot

__all__ = ["Plot", "paper_figures"]

"""Figures as people read them in a paper."""

from __future__ import annotations

from corcal.evaluate.statistics.estimate import Estimate

#: What stands for a figure that the data do not define.
DASH = "–"


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with so many decimals, a dash for none."""
    if value is None:
        return DASH
    text = f"{value:,.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def figure(e: Estimate, digits: int = 2, *, factor: float = 1.0) -> str:
    """Return a figure with its interval: "0.82 (0.77–0.87)".

    Args:
        e: the figure.
        digits: decimals.
        factor: what it is multiplied by: 100 for per cent.
    """
    if e.value is None:
        return DASH
    value = number(factor * e.value, digits)
    if e.low is None or e.high is None:
        return value
    low, high = number(factor * e.low, digits), number(factor * e.high, digits)
    # A dash between negative numbers reads as one more minus.
    between = " to " if "−" in low + high else "–"
    return f"{value} ({low}{between}{high})"


def percent(e: Estimate) -> str:
    """Return a share in per cent with its interval: "88.3 (83.6–91.8)"."""
    return figure(e, 1, factor=100.0)


def p_value(p: float | None) -> str:
    """Return a p value: two decimals, three below 0.1, "<0.001"."""
    if p is None:
        return DASH
    if p < 0.001:
        return "<0.001"
    digits = 2 if p >= 0.0995 else 3
    return f"{p:.{digits}f}" if p < 0.995 else ">0.99"


def state_p(p: float) -> str:
    """Return a p value as a statement: "p = 0.29", "p < 0.001", "p > 0.99"."""
    text = p_value(p)
    return f"p {text[0]} {text[1:]}" if text[0] in "<>" else f"p = {text}"

"""Words for a kappa, after McHugh."""

from __future__ import annotations

#: McHugh, Biochem Med 2012, 22, 276, Table 3. The printed bands end at .20, .39, .59, .79 and
#: .90; a value between two of them belongs to the lower.
_WORDS = (
    (0.9, "almost perfect"),
    (0.8, "strong"),
    (0.6, "moderate"),
    (0.4, "weak"),
    (0.2, "minimal"),
)


def mchugh_words(value: float) -> str:
    """Return McHugh's word for a kappa: none, minimal, weak, moderate, strong, almost perfect."""
    # Of the printed two digits: her bands have gaps of .01 between them.
    return next((word for bound, word in _WORDS if _reaches(value, bound)), "none")


def _reaches(value: float, bound: float) -> bool:
    printed = round(value, 2)
    # "Above .90" and "above .20": those bands begin beyond their bound, the others at it.
    return printed > bound if bound in (0.9, 0.2) else printed >= bound

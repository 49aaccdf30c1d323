"""Worst and best case of sensitivity and specificity, whatever the missing cells hold.

Manski's bounds: each patient whose cell is open is put where the figure suffers, or gains, most
(Naaktgeboren et al., J Clin Epidemiol 2016, 72, 60 on missing results in accuracy studies).
"""

from __future__ import annotations

import numpy as np

from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.tables_in.pairs import Pairs
from corcal.evaluate.tables_in.results import Results, any_present

Bounds = tuple[float, float]


def presence_bounds(pairs: Pairs, target: str) -> dict[str, Bounds]:
    """Return (worst, best) of sensitivity and of specificity; none where nothing is missing.

    A patient of whom one calcified artery is known counts as calcified here, whatever the others
    hold: what is determined is not open.

    Args:
        pairs: predictions and references.
        target: one of `TARGETS`.
    """
    p, r = _presence_of(pairs.predicted, target), _presence_of(pairs.reference, target)
    if len(pairs.both("present", target)) == len(pairs):
        return {}
    ill, well, positive, negative = r == 1, r == 0, p == 1, p == 0
    bounds = {
        "sensitivity": (
            _share(ill & positive, ~well & ~positive),
            _share(~well & ~negative, ill & negative),
        ),
        "specificity": (
            _share(well & negative, ~ill & ~negative),
            _share(~ill & ~positive, well & positive),
        ),
    }
    return {
        name: (worst, best)
        for name, (worst, best) in bounds.items()
        if worst is not None and best is not None
    }


def _presence_of(results: Results, target: str) -> Numbers:
    stated = results.column("present", target)
    if target != "any":
        return stated
    return np.where(np.isnan(stated), any_present(results.present[:, :-1]), stated)


def _share(right: Numbers, wrong: Numbers) -> float | None:
    total = int(right.sum()) + int(wrong.sum())
    return int(right.sum()) / total if total else None

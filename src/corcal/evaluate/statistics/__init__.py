"""Estimates, intervals and tests on plain arrays of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.statistics.agreement.bland_altman import (
        bland_altman,
    )
    from corcal.evaluate.statistics.agreement.chance_corrected import (
        gwet,
        pabak,
    )
    from corcal.evaluate.statistics.agreement.coefficients import (
        icc,
        lin_concordance,
    )
    from corcal.evaluate.statistics.agreement.kappa import (
        kappa,
    )
    from corcal.evaluate.statistics.attrition import (
        Attrition,
        state_attrition,
    )
    from corcal.evaluate.statistics.clustered import (
        clustered_proportion,
    )
    from corcal.evaluate.statistics.estimate import (
        Estimate,
        Numbers,
    )
    from corcal.evaluate.statistics.interval import (
        IntervalRule,
        percentiles,
        proportion,
        wilson_ends,
    )
    from corcal.evaluate.statistics.paired import (
        mcnemar,
        paired_difference,
    )
    from corcal.evaluate.statistics.ratios import (
        ratio_figures,
    )
    from corcal.evaluate.statistics.resampling import (
        FEWEST_SKEWED,
        bootstrap,
    )
    from corcal.evaluate.statistics.roc.area import (
        auc,
        auc_difference,
        binary_auc,
        roc_curve,
    )
    from corcal.evaluate.statistics.sample_size import (
        cases_for_kappa,
        cases_for_margin,
        cases_for_paired,
        cases_for_proportion,
        patients_for_area,
        patients_for_cases,
    )
    from corcal.evaluate.statistics.two_by_two import (
        TwoByTwo,
    )

__all__ = [
    "FEWEST_SKEWED",
    "Attrition",
    "Estimate",
    "IntervalRule",
    "Numbers",
    "TwoByTwo",
    "auc",
    "auc_difference",
    "binary_auc",
    "bland_altman",
    "bootstrap",
    "cases_for_kappa",
    "cases_for_margin",
    "cases_for_paired",
    "cases_for_proportion",
    "clustered_proportion",
    "gwet",
    "icc",
    "kappa",
    "lin_concordance",
    "mcnemar",
    "pabak",
    "paired_difference",
    "patients_for_area",
    "patients_for_cases",
    "percentiles",
    "proportion",
    "ratio_figures",
    "roc_curve",
    "state_attrition",
    "wilson_ends",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "agreement.bland_altman": ("bland_altman",),
        "agreement.chance_corrected": ("gwet", "pabak"),
        "agreement.coefficients": ("icc", "lin_concordance"),
        "agreement.kappa": ("kappa",),
        "attrition": ("Attrition", "state_attrition"),
        "clustered": ("clustered_proportion",),
        "estimate": ("Estimate", "Numbers"),
        "interval": ("IntervalRule", "percentiles", "proportion", "wilson_ends"),
        "paired": ("mcnemar", "paired_difference"),
        "ratios": ("ratio_figures",),
        "resampling": ("FEWEST_SKEWED", "bootstrap"),
        "roc.area": ("auc", "auc_difference", "binary_auc", "roc_curve"),
        "sample_size": (
            "cases_for_kappa",
            "cases_for_margin",
            "cases_for_paired",
            "cases_for_proportion",
            "patients_for_area",
            "patients_for_cases",
        ),
        "two_by_two": ("TwoByTwo",),
    },
)

"""Estimates, intervals and tests on plain arrays of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.statistics.agreement.bland_altman import (
        bland_altman,
    )
    from corcal.evaluate.statistics.agreement.chance_corrected import (
        fleiss,
        gwet,
        pabak,
    )
    from corcal.evaluate.statistics.agreement.coefficients import (
        icc,
        lin_concordance,
    )
    from corcal.evaluate.statistics.agreement.deming import (
        deming,
    )
    from corcal.evaluate.statistics.agreement.kappa import (
        kappa,
    )
    from corcal.evaluate.statistics.agreement.net_reclassification import (
        net_reclassification,
    )
    from corcal.evaluate.statistics.agreement.passing_bablok import (
        passing_bablok,
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
    from corcal.evaluate.statistics.ordinal.proportional_odds import (
        Coefficient,
        fit_ordinal,
    )
    from corcal.evaluate.statistics.ordinal.somers import (
        somers_d,
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
    )
    from corcal.evaluate.statistics.roc.curve import roc_curve
    from corcal.evaluate.statistics.roc.fixed_rates import fixed_rates
    from corcal.evaluate.statistics.roc.multireader import (
        SCOPES,
        multireader,
        reader_areas,
    )
    from corcal.evaluate.statistics.study_size import (
        PairedPlan,
        SampleSize,
        size_for_power,
        size_for_width,
    )
    from corcal.evaluate.statistics.two_by_two import (
        TwoByTwo,
    )

__all__ = [
    "FEWEST_SKEWED",
    "SCOPES",
    "Attrition",
    "Coefficient",
    "Estimate",
    "IntervalRule",
    "Numbers",
    "PairedPlan",
    "SampleSize",
    "TwoByTwo",
    "auc",
    "auc_difference",
    "binary_auc",
    "bland_altman",
    "bootstrap",
    "clustered_proportion",
    "deming",
    "fit_ordinal",
    "fixed_rates",
    "fleiss",
    "gwet",
    "icc",
    "kappa",
    "lin_concordance",
    "mcnemar",
    "multireader",
    "net_reclassification",
    "pabak",
    "paired_difference",
    "passing_bablok",
    "percentiles",
    "proportion",
    "ratio_figures",
    "reader_areas",
    "roc_curve",
    "size_for_power",
    "size_for_width",
    "somers_d",
    "state_attrition",
    "wilson_ends",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "agreement.bland_altman": ("bland_altman",),
        "agreement.chance_corrected": ("fleiss", "gwet", "pabak"),
        "agreement.coefficients": ("icc", "lin_concordance"),
        "agreement.kappa": ("kappa",),
        "agreement.deming": ("deming",),
        "agreement.net_reclassification": ("net_reclassification",),
        "agreement.passing_bablok": ("passing_bablok",),
        "attrition": ("Attrition", "state_attrition"),
        "clustered": ("clustered_proportion",),
        "estimate": ("Estimate", "Numbers"),
        "interval": ("IntervalRule", "percentiles", "proportion", "wilson_ends"),
        "ordinal.proportional_odds": ("Coefficient", "fit_ordinal"),
        "ordinal.somers": ("somers_d",),
        "paired": ("mcnemar", "paired_difference"),
        "ratios": ("ratio_figures",),
        "resampling": ("FEWEST_SKEWED", "bootstrap"),
        "roc.area": ("auc", "auc_difference", "binary_auc"),
        "roc.curve": ("roc_curve",),
        "roc.fixed_rates": ("fixed_rates",),
        "roc.multireader": ("SCOPES", "multireader", "reader_areas"),
        "study_size": ("PairedPlan", "SampleSize", "size_for_power", "size_for_width"),
        "two_by_two": ("TwoByTwo",),
    },
)

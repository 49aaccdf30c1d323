"""evaluation.json: every figure with its interval and its n, for machines."""

from __future__ import annotations

from typing import Any

from corcal import DISCLAIMER, __version__
from corcal.evaluate.accuracy.evaluation import Evaluation, Strata, Stratum
from corcal.evaluate.statistics.group_tests import GroupTest

SCHEMA_ID = "corcal-evaluation/1"


def evaluation_document(e: Evaluation) -> dict[str, Any]:
    """Return the evaluation as plain values. No patients, no paths, no dates."""
    rule = e.options.rule
    return {
        "schema": SCHEMA_ID,
        "disclaimer": DISCLAIMER,
        "software": {"name": "corcal", "version": __version__},
        "input": {
            "predictions": e.pairs.predicted.name,
            "reference": e.pairs.reference.name,
            "patients": len(e.pairs),
            "attrition": e.pairs.patients.as_dict(),
        },
        "options": {
            "interval": rule.method,
            "confidence": rule.confidence,
            "bootstrap_draws": rule.draws if rule.method == "bootstrap" else None,
            "seed": rule.seed if rule.method == "bootstrap" else None,
            "volume": e.options.volume,
            "without_none": e.options.without_none,
            "prevalence": e.options.prevalence,
            "margin": e.options.margin,
            "error_ratio": e.options.error_ratio,
            "event": e.options.event,
            "log_volume": e.options.log_volume,
        },
        "detection": {t: d.as_dict() for t, d in e.detection.items()},
        "operating": {
            "measure": e.measure or None,
            "by_target": {t: o.as_dict() for t, o in e.operating.items()},
        },
        "pooled_arteries": e.pooled.as_dict(),
        "severity": {a: s.as_dict() for a, s in e.severity.items()},
        "agreement": {m: {t: a.as_dict() for t, a in of.items()} for m, of in e.agreement.items()},
        "categories": {name: b.as_dict() for name, b in e.bands.items()},
        "grades": {a: b.as_dict() for a, b in e.grades.items()},
        "decision": None if e.decision is None else e.decision.as_dict(),
        "strata": {c: _strata(strata) for c, strata in e.strata.items()},
        "comparison": _versus(e),
        "notices": [{"code": n.code, "text": n.text} for n in e.notices],
    }


def _stratum(s: Stratum) -> dict[str, Any]:
    detection = {t: d.as_dict() for t, d in s.detection.items()}
    return {"value": s.value, "patients": s.n, "detection": detection}


def _strata(strata: Strata) -> dict[str, Any]:
    tests = {t: {f: _test(x) for f, x in by.items()} for t, by in strata.heterogeneity.items()}
    return {"strata": [_stratum(s) for s in strata.strata], "heterogeneity": tests}


def _test(test: GroupTest | None) -> dict[str, Any] | None:
    return None if test is None else {"test": test.name, "p": test.p}


def _versus(e: Evaluation) -> dict[str, Any] | None:
    if e.versus is None:
        return None
    return {
        "against": e.versus.name,
        "attrition": e.versus.attrition.as_dict(),
        "detection": {t: d.as_dict() for t, d in e.versus.detection.items()},
        "difference": {t: c.as_dict() for t, c in e.versus.comparison.items()},
        "reclassification": e.versus.reclassification and e.versus.reclassification.as_dict(),
    }

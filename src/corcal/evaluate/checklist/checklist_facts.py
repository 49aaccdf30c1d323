"""Facts that the files of a run hold, in sentences for a checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corcal.evaluate.publish.wording import figure, percent
from corcal.evaluate.statistics.estimate import Estimate

#: The documents of a run by the first part of their schema: "corcal-evaluation" and so on.
Run = Mapping[str, Mapping[str, Any]]

_METHODS = {
    "wilson": "Wilson's score intervals of proportions",
    "exact": "Clopper and Pearson's exact intervals of proportions",
    "bootstrap": "bootstrap intervals (BCa) over patients",
}


def state_fact(key: str, run: Run) -> str:
    """Return what a run states of one matter; "" where it states nothing.

    Args:
        key: the matter, as `checklists.json` names it under "fill".
        run: documents by schema.

    Raises:
        KeyError: no such matter.
    """
    parts = (part(run) for part in _PARTS[key])
    return " ".join(text for text in parts if text)


def _evaluation(run: Run) -> Mapping[str, Any]:
    return run.get("corcal-evaluation", {})


def _result(run: Run) -> str:
    any_artery = _evaluation(run).get("detection", {}).get("any")
    if not any_artery or any_artery["sensitivity"]["value"] is None:
        return ""
    shares = [
        f"{name} {percent(Estimate.from_dict(any_artery[name]))} %"
        for name in ("sensitivity", "specificity")
    ]
    agreement = figure(Estimate.from_dict(any_artery["kappa"]))
    return f"Calcium in any artery: {', '.join(shares)}, κ {agreement}."


def _accuracy(run: Run) -> str:
    if not _evaluation(run):
        return ""
    return (
        "Sensitivity, specificity, PPV, NPV, accuracy, κ and AUC with intervals for each artery: "
        "table3_detection."
    )


def _counts(run: Run) -> str:
    parts = [
        f"{target}: {c['tp']} true and {c['fp']} false positive, {c['fn']} false and {c['tn']} "
        "true negative"
        for target, d in _evaluation(run).get("detection", {}).items()
        for c in [d["counts"]]
    ]
    return "; ".join(parts) + "." if parts else ""


def _missing(run: Run) -> str:
    detection = _evaluation(run).get("detection", {})
    if not detection:
        return ""
    used = ", ".join(
        f"{target} {a['n_used']} of {a['n_in']}"
        for target, d in detection.items()
        for a in [d["attrition"]]
    )
    return f"Patients used for detection: {used}. Missing is never counted as absent."


def _missing_rule(run: Run) -> str:
    if not _evaluation(run):
        return ""
    return "An empty or unknown result is left out of the figure concerned, and counted."


def _intervals(run: Run) -> str:
    options = _evaluation(run).get("options")
    if not options:
        return ""
    parts = f"{100 * options['confidence']:g} % {_METHODS[options['interval']]}"
    paired = "; two systems by McNemar's test" if _evaluation(run).get("comparison") else ""
    return f"{parts}, large-sample intervals of κ, from DeLong's variance of AUC{paired}."


def _measures(run: Run) -> str:
    parts = []
    if _evaluation(run):
        parts.append("detection by sensitivity, specificity, PPV, NPV, accuracy, κ and AUC")
        if _evaluation(run).get("agreement"):
            parts.append("amounts by intraclass correlation and limits of agreement")
    if "corcal-overlap" in run:
        parts.append("labels by Dice, Jaccard, surface distance and lesions found")
    if "corcal-readers" in run:
        parts.append("visual quality by readers' ratings and free-marginal κ")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _strata(run: Run) -> str:
    columns = list(_evaluation(run).get("strata", {}))
    return f"Detection by {', '.join(columns)}: tables strata_*." if columns else ""


def _severity(run: Run) -> str:
    parts = [
        f"{artery}: " + ", ".join(f"{v['grade']} {v['n']}" for v in fit["volumes"])
        for artery, fit in _evaluation(run).get("severity", {}).items()
        if fit["n"]
    ]
    return f"Arteries by grade, {'; '.join(parts)}; volumes in table4_severity." if parts else ""


def _failures(run: Run) -> str:
    parts = []
    counts = _evaluation(run).get("detection", {}).get("any", {}).get("counts")
    if counts:
        parts.append(f"{counts['fp']} false positive and {counts['fn']} false negative patients.")
    lesions = run.get("corcal-overlap", {}).get("lesions", {}).get("any", {}).get("counts")
    if lesions:
        missed = lesions["reference"] - lesions["found"]
        wrong = lesions["predicted"] - lesions["right"]
        parts.append(f"{missed} lesions missed, {wrong} made up; scan by scan in cases.csv.")
    disputed = run.get("corcal-readers", {}).get("to_adjudicate")
    if disputed is not None:
        parts.append(f"{disputed} structures that readers rate differently: adjudication.")
    return " ".join(parts)


def _robustness(run: Run) -> str:
    models = [m["name"] for m in run.get("corcal-ablation", {}).get("models", [])]
    return f"Ablation ({', '.join(models)}): tableS2_ablation." if models else ""


def _exclusions(run: Run) -> str:
    reasons = run.get("corcal-describe", {}).get("excluded")
    if not reasons:
        return ""
    return "Excluded: " + "; ".join(f"{reason} ({n})" for reason, n in reasons.items()) + "."


def _flow(run: Run) -> str:
    document = run.get("corcal-describe")
    if not document:
        return ""
    out = sum(document["excluded"].values())
    return f"{document['patients']} patients in the study, {out} excluded: figure1_flow."


def _characteristics(run: Run) -> str:
    document = run.get("corcal-describe")
    if not document or not document["characteristics"]:
        return ""
    return f"{', '.join(document['characteristics'])}: table1_cohort."


def _partitions(run: Run) -> str:
    groups = run.get("corcal-describe", {}).get("groups")
    return "; ".join(f"{name} {n}" for name, n in groups.items()) + "." if groups else ""


def _raters(run: Run) -> str:
    document = run.get("corcal-readers")
    if not document:
        return ""
    kappas = [
        f"{artery} {part} {figure(Estimate.from_dict(one['kappa']))}"
        for artery, parts in document["agreement"].items()
        for part, one in parts.items()
    ]
    who = f"{len(document['readers'])} readers" + (" of coded cases" if document["blinded"] else "")
    return f"Visual assessment by {who}, free-marginal κ: {'; '.join(kappas)}."


def _index_test(run: Run) -> str:
    """State the index test, which is corcal only where a report of `corcal score` is there."""
    report = run.get("corcal-report")
    if not report:
        return ""
    models = "; ".join(f"{m['name']}, SHA-256 {m['sha256'][:12]}" for m in report["models"])
    return f"corcal {report['software']['version']}" + (f" ({models})." if models else ".")


def _statistics(run: Run) -> str:
    software = _evaluation(run).get("software")
    return f"Statistics were computed with corcal {software['version']}." if software else ""


def _positivity(run: Run) -> str:
    scoring = run.get("corcal-report", {}).get("method", {}).get("settings", {}).get("scoring")
    if not scoring:
        return ""
    return (
        f"Present: a lesion of {scoring['threshold_hu']:g} HU and more with at least "
        f"{scoring['min_area_mm2']:g} mm² in a slice."
    )


def _preprocessing(run: Run) -> str:
    document = run.get("corcal-report", {}).get("method", {}).get("settings", {}).get("preparation")
    if not document:
        return ""
    spacing = " x ".join(f"{s:g}" for s in document["spacing_mm"])
    return f"Resampled to {spacing} mm, cut to the heart and a margin."


def _acquisition(run: Run) -> str:
    document = run.get("corcal-report", {}).get("input")
    if not document:
        return ""
    scanner = " ".join(filter(None, (document["manufacturer"], document["scanner_model"])))
    facts = [
        scanner,
        f"{document['kvp_kv']:g} kV" if document["kvp_kv"] else "",
        f"kernel {document['kernel']}" if document["kernel"] else "",
        f"slices of {document['thickness_mm']:g} mm" if document["thickness_mm"] else "",
    ]
    stated = ", ".join(filter(None, facts))
    return f"Of one scan: {stated}; state it for all." if stated else ""


def _availability(run: Run) -> str:
    if "corcal-report" not in run:
        return ""
    return "corcal is open source (Apache-2.0), its embedded models included."


_PARTS: dict[str, tuple[Callable[[Run], str], ...]] = {
    "result": (_result,),
    "accuracy": (_accuracy, _result),
    "counts": (_counts,),
    "missing": (_missing,),
    "missing_rule": (_missing_rule,),
    "intervals": (_intervals,),
    "measures": (_measures,),
    "strata": (_strata,),
    "severity": (_severity,),
    "failures": (_failures,),
    "robustness": (_strata, _robustness),
    "exclusions": (_exclusions,),
    "flow": (_flow,),
    "characteristics": (_characteristics,),
    "partitions": (_partitions,),
    "raters": (_raters,),
    "index_test": (_index_test,),
    "software": (_index_test, _statistics),
    "positivity": (_positivity,),
    "preprocessing": (_preprocessing,),
    "acquisition": (_acquisition,),
    "acquired": (_acquisition, _preprocessing),
    "availability": (_availability,),
}

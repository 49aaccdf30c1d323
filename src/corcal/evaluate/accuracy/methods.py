"""The method of each figure, in sentences for the methods section of a paper."""

from __future__ import annotations

from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.publish.wording import figure, percent


def methods(e: Evaluation) -> tuple[str, ...]:
    """Return what was done, one sentence or two for each kind of figure that is there."""
    said = [_proportions(e), _KAPPA, _AUC]
    if e.operating:
        said.append(_OPERATING)
    if any(s.fit for s in e.severity.values()):
        said.append(_ORDINAL)
    if e.agreement:
        said += [_AGREEMENT, _LINES]
    if e.bands or e.grades:
        said.append(_CATEGORIES)
    if e.versus is not None:
        said.append(_PAIRED)
        if e.versus.reclassification is not None:
            said.append(_RECLASSIFICATION)
    return (*said, _MISSING)


def summary(e: Evaluation) -> tuple[str, ...]:
    """Return the result in a few sentences."""
    d = e.detection["any"]
    sentences = [f"{len(e.pairs):,} patients were evaluated."]
    if d.counts.n:
        sentences.append(
            f"Calcium in any coronary artery: sensitivity {percent(d.figures['sensitivity'])} %, "
            f"specificity {percent(d.figures['specificity'])} %."
        )
    kappas = [
        f"{t} {figure(x.figures['kappa'])}"
        for t, x in e.detection.items()
        if x.figures["kappa"].value is not None
    ]
    if kappas:
        sentences.append(f"Agreement beyond chance, κ: {'; '.join(kappas)}.")
    score = e.agreement.get("agatston", {}).get("any")
    if score is not None and score.icc_a1.value is not None:
        sentences.append(f"Agatston score, ICC(A,1): {figure(score.icc_a1, 3)}.")
    return tuple(sentences)


def _proportions(e: Evaluation) -> str:
    rule = e.options.rule
    level = f"{100 * rule.confidence:g} %"
    if rule.method == "bootstrap":
        return (
            f"All intervals of detection are {level} bootstrap intervals (BCa) over patients "
            f"({rule.draws:,} draws, seed {rule.seed})."
        )
    source = (
        "Wilson's score method without continuity correction (JASA 1927, 22, 209)"
        if rule.method == "wilson"
        else "the exact method of Clopper and Pearson (Biometrika 1934, 26, 404)"
    )
    return f"{level} intervals of proportions were taken by {source}."


_KAPPA = (
    "Cohen's kappa was computed with the large-sample standard error of Fleiss, Cohen and Everitt "
    "(Psychol Bull 1969, 72, 323); its p value tests against no agreement beyond chance; the words "
    "for its strength are McHugh's (Biochem Med 2012, 22, 276)."
)
_AUC = (
    "Areas under the ROC curve and their intervals are DeLong's (Biometrics 1988, 44, 837). The "
    "area of a yes-or-no test is the mean of its sensitivity and specificity."
)
_OPERATING = (
    "Sensitivity at fixed specificity, and the reverse, were read off the empirical ROC curve; "
    "their intervals, and the curve's pointwise band, are bootstrap intervals (BCa) over patients. "
    "Youden's index has the square-and-add interval of Newcombe (Stat Med 1998, 17, 873)."
)
_ORDINAL = (
    "Severity was modelled by ordinal regression with a logit link (proportional odds; McCullagh, "
    "J R Stat Soc B 1980, 42, 109), logit P(grade ≤ j) = threshold j − B × volume, by maximum "
    "likelihood, with Wald tests from the expected information. The test of parallel lines "
    "compares it by likelihood ratio with a model that has a slope for each threshold. Errors from "
    "the observed information stand beside. The model was cross-validated tenfold: calibration "
    "slope, Brier scores (Mon Weather Rev 1950, 78, 1), their mean (Epstein, J Appl Meteorol 1969, "
    "8, 985); the volume's Somers' D (Am Sociol Rev 1962, 27, 799)."
)
_AGREEMENT = (
    "Intraclass correlations ICC(A,1) and ICC(C,1) follow McGraw and Wong (Psychol Methods 1996, "
    "1, 30); concordance follows Lin (Biometrics 1989, 45, 255; 2000, 56, 324), with an "
    "interval on Fisher's z scale; Spearman's interval has the error of Bonett and Wright "
    "(Psychometrika 2000, 65, 23); bias and limits of agreement follow Bland and Altman (Lancet "
    "1986, 1, 307; Stat Methods Med Res 1999, 8, 135)."
)
_LINES = (
    "The line between predicted and reference amounts, of patients above 0 on both sides, was "
    "fitted by the regression of Passing and Bablok (J Clin Chem Clin Biochem 1983, 21, 709) and "
    "by Deming's with jackknife intervals (Linnet, Clin Chem 1993, 39, 424), as measured and of "
    "logarithms."
)
_CATEGORIES = (
    "CAC-DRS categories begin above 0, at 100 and at 300 (Hecht et al., JCCT 2018, 12, 185), "
    "Agatston bands above 0, at 100 and at 400. Weighted kappas have linear and quadratic weights. "
    "Confusions were tested for symmetry (Bowker, JASA 1948, 43, 572) and for equal use of the "
    "categories (Stuart, Biometrika 1955, 42, 412; Maxwell, Br J Psychiatry 1970, 116, 651)."
)
_PAIRED = (
    "Two systems were compared on the same patients by McNemar's test: exact, mid-p (Fagerland et "
    "al., BMC Med Res Methodol 2013, 13, 91) and chi-square without continuity correction; "
    "differences of proportions have Newcombe's interval (Stat Med 1998, 17, 2635, method 10), "
    "differences of areas DeLong's."
)
_RECLASSIFICATION = (
    "Net reclassification improvement follows Pencina et al. (Stat Med 2008, 27, 157; 2011, 30, "
    "11); each net has the interval of Agresti and Min (Stat Med 2005, 24, 729), their sum is "
    "joined as by Zou and Donner (Stat Med 2008, 27, 1693)."
)
_MISSING = (
    "A figure is taken from the patients for whom both sides are known; missing values are never "
    "counted as absent calcium. A dash is a figure that the data do not define."
)

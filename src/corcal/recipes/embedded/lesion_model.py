"""Fit the model of candidate lesions on cases that the segmenter has not seen.

Fresh phantoms, and real annotated scans read by a segmenter that was trained without them. A
logistic regression on seven measures: there are too few real lesions for more. The heart is the
one that the locator finds, errors included, because depth in the heart is one of them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize

from corcal.core.artery import Artery
from corcal.core.errors import InputRefused
from corcal.core.lesion_model import FEATURES
from corcal.core.scan import Scan
from corcal.core.steps import ArterySegmenter, HeartLocator
from corcal.label import CandidateLabels, label_candidates
from corcal.locate import EmbeddedLocator, locate_heart
from corcal.phantom import THICKNESSES, PhantomOptions, make_case
from corcal.prepare import prepare
from corcal.read import read_scan
from corcal.recipes.embedded.cases.scans import RealScans
from corcal.segment import EmbeddedSegmenter
from corcal.settings import Settings
from corcal.storage import json_bytes, read_json, replace_file

#: Phantoms that lesion models are fitted on have seeds of their own.
FIRST_SEED = 800_000
#: A real lesion counts as much as so many of phantoms.
_REAL_WEIGHT = 3.0
#: Precision of the Gaussian prior on each weight: around 0, and around an earlier model's.
_PRIOR, _PRIOR_OF_EARLIER = 1.0, 10.0
#: What an annotation calls uncertain.
_UNCERTAIN = 30


@dataclass(frozen=True, eq=False)
class CaseCandidates:
    """The candidates of one case, and what they are.

    Attributes:
        features: float64 (candidate, feature).
        coronary: bool (candidate,), True for calcium of a coronary artery.
        known: bool (candidate,), False where nobody knows.
        holds: bool (3,), which arteries hold calcium.
        nothing_found: bool (3,), which arteries have no candidate.
        weight: how much a candidate counts.
    """

    features: NDArray[np.float64]
    coronary: NDArray[np.bool_]
    known: NDArray[np.bool_]
    holds: NDArray[np.bool_]
    nothing_found: NDArray[np.bool_]
    weight: float


def phantom_candidates(
    seed: int, locator: HeartLocator, segmenter: ArterySegmenter
) -> CaseCandidates:
    """Return the candidates of a fresh phantom, in slices as a scanner stores them."""
    thickness_mm = float(np.random.default_rng([seed, 2]).choice(THICKNESSES[0], p=THICKNESSES[1]))
    options = PhantomOptions.as_acquired(thickness_mm=thickness_mm, field="heart")
    case = make_case(seed, options=replace(options, contrast=0.15, mimics=1.5))
    coronary = np.where(case.labels >= 4, case.labels - 3, 0).astype(np.uint8)
    return _candidates_of(_label(case.scan, locator, segmenter), coronary, weight=1.0)


def scan_candidates(
    scans: RealScans, name: str, locator: HeartLocator, segmenter: ArterySegmenter
) -> CaseCandidates:
    """Return the candidates of a real annotated scan, read by a segmenter that never saw it."""
    scan = read_scan(scans.path(name))
    codes = np.zeros(scan.grid.shape, np.uint8)
    if not scans.trust[name].calcium_free:
        codes, _ = scans.annotation(name, "calcium")
    found = _label(scan, locator, segmenter)
    return _candidates_of(found, codes, weight=_REAL_WEIGHT)


def _label(scan: Scan, locator: HeartLocator, segmenter: ArterySegmenter) -> CandidateLabels:
    settings = Settings()
    heart = locate_heart(scan, locator)
    prepared = prepare(scan, heart, settings.preparation)
    regions = segmenter.probabilities(prepared.hu, prepared.heart, prepared.grid)
    return label_candidates(scan, heart, prepared, regions, settings)


def _candidates_of(
    found: CandidateLabels, codes: NDArray[np.uint8], *, weight: float
) -> CaseCandidates:
    """Compare candidates with what is true: codes 1 to 3 of coronary calcium, 30 uncertain."""
    candidates = found.candidates
    true = codes[found.box.slices]
    beside = np.ones((3, 3, 3), bool)

    def touches(what: NDArray[np.bool_]) -> NDArray[np.bool_]:
        near = ndimage.binary_dilation(what, beside).ravel()[candidates.flat]
        hit: NDArray[np.bool_] = np.bincount(candidates.lesion, near) > 0
        return hit

    coronary = touches((true >= 1) & (true <= 3))
    return CaseCandidates(
        features=candidates.features,
        coronary=coronary,
        known=coronary | ~touches(true == _UNCERTAIN),
        holds=np.array([(codes == a.vessel_code).any() for a in Artery]),
        nothing_found=np.logical_not(candidates.arteries.any(axis=0)),
        weight=weight,
    )


def fit_weights(
    cases: Iterable[CaseCandidates], earlier: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the weights that fit these cases best, as a model's manifest holds it.

    Args:
        cases: that the segmenter has not seen.
        earlier: a lesion model of the same segmenter, fitted on other cases: its weights are
            what is believed before these cases are looked at.
    """
    every = list(cases)
    features = np.concatenate([c.features[c.known] for c in every])
    coronary = np.concatenate([c.coronary[c.known] for c in every]).astype(float)
    weight = np.concatenate([c.weight * _importance(c.features[c.known]) for c in every])

    before = {} if earlier is None else earlier["weights"]
    centre = np.array([before.get(name, 0.0) for name in FEATURES])
    precision = np.array([_PRIOR_OF_EARLIER if name in before else _PRIOR for name in FEATURES])

    def loss(beta: NDArray[np.float64]) -> float:
        odds = features @ beta[:-1] + beta[-1]
        entropy = np.logaddexp(0.0, odds) - coronary * odds
        prior = 0.5 * float((precision * (beta[:-1] - centre) ** 2).sum())
        return (float((weight * entropy).sum()) + prior) / float(weight.sum())

    # Each measure speaks for calcium or says nothing: a few large look-alikes among the cases
    # must not teach that a large lesion is a false one.
    bounds = [(0.0, None)] * len(FEATURES) + [(None, None)]
    start = np.r_[centre, 0.0]
    beta = minimize(loss, start, method="L-BFGS-B", bounds=bounds).x
    blank = np.stack([c.nothing_found for c in every])
    missed = np.stack([c.nothing_found & c.holds for c in every])
    # Krichevsky and Trofimov's estimate: no share is taken for 0 or 1 because few were seen.
    share = (missed.sum(0) + 0.5) / (blank.sum(0) + 1.0)
    return {
        "weights": dict(zip(FEATURES, (round(float(b), 4) for b in beta), strict=False)),
        "bias": round(float(beta[-1]), 4),
        "missed": {a.value: round(float(s), 4) for a, s in zip(Artery, share, strict=True)},
        "fitted_on": _facts_of(every, earlier),
    }


def _facts_of(cases: Sequence[CaseCandidates], earlier: dict[str, Any] | None) -> dict[str, object]:
    """Return what weights were fitted on, with that of the earlier ones."""
    facts: dict[str, object] = {
        "candidates": sum(int(c.known.sum()) for c in cases),
        "coronary": sum(int(c.coronary[c.known].sum()) for c in cases),
        "phantoms": sum(c.weight == 1.0 for c in cases),
        "real": sum(c.weight != 1.0 for c in cases),
    }
    return facts if earlier is None else {**facts, "earlier": earlier["fitted_on"]}


def _importance(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much candidates count by their size: a large one lost is a score lost."""
    importance: NDArray[np.float64] = np.sqrt(np.exp(features[:, FEATURES.index("log_mm3")]) / 20)
    return importance


def fit_lesion_model(
    scans: RealScans,
    models: Path,
    without: Path,
    *,
    phantoms: int,
    on_progress: Callable[[str], None],
    end_seconds: float = math.inf,
) -> None:
    """Fit the lesion model of a segmenter and write it into its manifest.

    The heart is found by the locator beside the segmenter, or by corcal's own where there is none.

    Args:
        scans: the annotated scans.
        models: folder of the segmenter, which has seen no phantom of these seeds.
        without: folder of folders, named after a scan, with `models/` trained without it;
            scans that have none are left out.
        phantoms: how many at most.
        on_progress: called with one line of progress at a time.
        end_seconds: of `time.monotonic`: no case is begun for which less time is left than the
            longest so far took. Where they hold no candidate, the manifest stays as it is.
    """
    own = models if (models / "heart.json").exists() else None
    locator = EmbeddedLocator() if own is None else EmbeddedLocator(own)
    segmenter = EmbeddedSegmenter(models)
    cases, longest, began = [], 0.0, time.monotonic()
    for seed in range(FIRST_SEED, FIRST_SEED + phantoms):
        if began + longest > end_seconds:
            break
        try:
            cases.append(phantom_candidates(seed, locator, segmenter))
            on_progress(f"lesion model: phantom {seed - FIRST_SEED + 1} of {phantoms}")
        except InputRefused as error:
            on_progress(f"lesion model: phantom {seed - FIRST_SEED + 1} is left out: {error}")
        longest, began = max(longest, time.monotonic() - began), time.monotonic()
    for name, trust in scans.trust.items() if scans.data is not None else ():
        blind = without / name / "models"
        known = trust.calcium_free or scans.annotation_file(name, "calcium.nii.gz").exists()
        if known and blind.exists() and began + longest <= end_seconds:
            cases.append(scan_candidates(scans, name, locator, EmbeddedSegmenter(blind)))
            on_progress(f"lesion model: {name}")
            longest, began = max(longest, time.monotonic() - began), time.monotonic()
    if not any(c.known.any() for c in cases):
        on_progress(f"lesion model: no candidate in {len(cases)} cases, none is fitted")
        return
    path = models / "arteries.json"
    manifest = read_json(path)
    manifest["lesion_model"] = fit_weights(cases, manifest.get("lesion_model"))
    replace_file(path, json_bytes(manifest))

"""The lesion model: fitted to known odds, and to cases whose truth is known."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("torch", reason="training needs torch")

from corcal.core.artery import REGIONS
from corcal.core.grid import Grid
from corcal.core.lesion_model import FEATURES, MEAN_PROBABILITY, LesionModel
from corcal.core.preparation import Preparation
from corcal.phantom import PhantomOptions, make_case
from corcal.recipes.embedded import lesion_model
from corcal.recipes.embedded.cases.scans import RealScans
from corcal.recipes.embedded.lesion_model import (
    CaseCandidates,
    fit_lesion_model,
    fit_weights,
    phantom_candidates,
)

WEIGHTS, BIAS = np.array([1.2, 0.4, 0.3, 0.5, 0.6, 0.9, 0.2]), -1.0


def case(
    rng: np.random.Generator, candidates: int, weights: NDArray[np.float64] = WEIGHTS
) -> CaseCandidates:
    features = rng.normal(size=(candidates, len(FEATURES)))
    odds = features @ weights + BIAS
    coronary = rng.random(candidates) < 1 / (1 + np.exp(-odds))
    known = rng.random(candidates) < 0.9
    # What nobody knows is wrong here on purpose: it must not be learnt from.
    coronary = np.where(known, coronary, ~coronary)
    return CaseCandidates(
        features, coronary, known, np.ones(3, bool), np.array([1, 0, 0], bool), 1.0
    )


def test_known_odds_are_found_again() -> None:
    rng = np.random.default_rng(0)
    facts = fit_weights(case(rng, 30) for _ in range(400))
    found = np.array([facts["weights"][name] for name in FEATURES])
    assert found == pytest.approx(WEIGHTS, abs=0.12)
    assert facts["bias"] == pytest.approx(BIAS, abs=0.1)


def test_no_measure_speaks_against_calcium() -> None:
    rng = np.random.default_rng(2)
    facts = fit_weights(
        case(rng, 30, np.array([1.2, 0.4, 0.3, -0.8, 0.6, 0.9, 0.2])) for _ in range(100)
    )
    assert facts["weights"]["log_mm3"] == 0.0
    assert min(facts["weights"].values()) == 0.0


def test_few_cases_leave_an_earlier_model_where_it_was() -> None:
    rng = np.random.default_rng(3)
    few = [case(rng, 5)]
    earlier = {"weights": {"mean_calcium": 0.9, "log_mm3": 0.7}, "fitted_on": {"phantoms": 60}}
    facts = fit_weights(few, earlier)
    alone = fit_weights(few)
    assert facts["weights"]["mean_calcium"] == pytest.approx(0.9, abs=0.25)
    assert facts["weights"]["log_mm3"] == pytest.approx(0.7, abs=0.25)
    assert alone["weights"]["log_mm3"] != pytest.approx(0.7, abs=0.25)
    known, coronary = few[0].known.sum(), few[0].coronary[few[0].known].sum()
    of_these = {"candidates": known, "coronary": coronary, "phantoms": 1, "real": 0}
    assert facts["fitted_on"] == {**of_these, "earlier": {"phantoms": 60}}
    assert alone["fitted_on"] == of_these


def test_what_is_missed_is_counted_where_nothing_was_found() -> None:
    rng = np.random.default_rng(1)
    facts = fit_weights(case(rng, 5) for _ in range(9))
    # Nine arteries without candidate, all with calcium; the others had candidates always.
    assert facts["missed"] == {"RCA": 0.95, "LAD": 0.5, "LCX": 0.5}


class Truth:
    """Answers with the truth of a phantom, and sees calcium where the aorta is calcified, too."""

    name, sha256, device = "truth", "", "cpu"

    def __init__(self, seed: int, options: PhantomOptions) -> None:
        self.case = make_case(seed, options=options)

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        from corcal.space.resampling import nearest

        codes = nearest(self.case.labels, self.case.grid, grid)
        other = nearest(self.case.auxiliary["other_calcium"], self.case.grid, grid) > 0
        out = np.stack([np.isin(codes, r.codes) for r in REGIONS]).astype(np.float32)
        out[3][other] = 0.6
        return out


@pytest.mark.slow
def test_a_phantoms_candidates_are_what_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    truths: list[Truth] = []

    class Once:
        name, sha256, device = "truth", "", "cpu"
        preparation: Preparation | None = None
        trained_heart: str | None = None
        lesion_model: LesionModel | None = None

        def probabilities(self, *given: object) -> NDArray[np.float32]:
            return truths[0].probabilities(*given)  # type: ignore[arg-type]

    class Heart:
        name, sha256, device = "truth", "", "cpu"

        def locate(self, hu: object, grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
            return truths[0].case.auxiliary["heart"] > 0, truths[0].case.grid

    made: Callable[..., object] = make_case

    def remember(seed: int, *, options: PhantomOptions) -> object:
        truths.append(Truth(seed, options))
        return made(seed, options=options)

    monkeypatch.setattr("corcal.recipes.embedded.lesion_model.make_case", remember)
    found = phantom_candidates(800_003, Heart(), Once())
    believed = MEAN_PROBABILITY.probability(found.features)
    assert found.known.all()
    assert found.coronary.any()
    assert believed[found.coronary].min() > 0.6
    assert (~found.coronary).sum() <= len(believed)
    labels = truths[0].case.labels
    assert found.holds.tolist() == [bool((labels == c).any()) for c in (4, 5, 6)]


@pytest.mark.parametrize("seconds", [0.0, 1e9])
def test_without_a_candidate_none_is_fitted_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    empty = CaseCandidates(
        np.zeros((0, len(FEATURES))), np.zeros(0, bool), np.zeros(0, bool),
        np.zeros(3, bool), np.ones(3, bool), 1.0,
    )  # fmt: skip
    monkeypatch.setattr(lesion_model, "EmbeddedSegmenter", lambda folder: folder)
    monkeypatch.setattr(lesion_model, "phantom_candidates", lambda *_: empty)
    lines: list[str] = []
    fit_lesion_model(
        RealScans(None), tmp_path, tmp_path, phantoms=2, on_progress=lines.append,
        end_seconds=seconds,
    )  # fmt: skip
    cases = 2 if seconds else 0
    assert lines[-1] == f"lesion model: no candidate in {cases} cases, none is fitted"
    assert not list(tmp_path.iterdir())

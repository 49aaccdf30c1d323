"""One synthetic chest CT with exact truth: the way into this folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import or_default
from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Acquisition, Scan
from corcal.phantom.body.anatomy import Anatomy, sample_anatomy
from corcal.phantom.body.shapes import Field
from corcal.phantom.calcium.mimics.sample import sample_mimics
from corcal.phantom.calcium.mimics.solid import Mimic
from corcal.phantom.calcium.plaque import Plaque, number_of_plaques, sample_plaques
from corcal.phantom.calcium_target import View, sample_target_plaques
from corcal.phantom.options import PhantomOptions, field_of_view, finer
from corcal.phantom.paint.canvas import Canvas
from corcal.phantom.paint.paint_heart import heart_sac
from corcal.phantom.paint.tissue import Tissue, sample_tissue
from corcal.phantom.paint.voxelise import (
    AORTA,
    CAVA,
    HEART,
    METAL,
    OTHER_CALCIUM,
    Rendering,
    render,
)
from corcal.phantom.parameters import anatomy_numbers, mimic_numbers, plaque_numbers
from corcal.phantom.scanner.motion import (
    Beat,
    displacement,
    motion_artefact,
    move_to_middle_phase,
    sample_beat,
    sweep_codes,
)
from corcal.phantom.scanner.physics import Scanner, blur_image, finish, noise, sample_scanner
from corcal.phantom.scanner.streaks import DENSE_HU, METAL_GAIN, Hardness, sample_hardness, streaks
from corcal.phantom.truth import (
    CleanImage,
    TrueLesion,
    halo_mm,
    lesion_table,
    threshold_hu,
    visible,
)


@dataclass(frozen=True, eq=False)
class PhantomCase:
    """A synthetic scan and everything that is true of it.

    Attributes:
        hu: int16 (slice, row, column).
        grid: where the voxels lie.
        labels: uint8 codes 0-6; calcium as visible in the noise-free image.
        auxiliary: masks uint8 by name: "heart" (pericardial sac), "aorta", "other_calcium"
            (visible), "metal", "lesions" (number of the lesion), "geometric" (number of the
            lesion whose solid reaches into the voxel at any moment of its exposure).
        lesions: the coronary plaques.
        agatston: score of the visible calcium of every artery, by name
            (`corcal.phantom.calcium.agatston`).
        threshold_hu: from where calcium counts as visible.
        parameters: seed, options and every number that was drawn, for JSON.
    """

    hu: NDArray[np.int16]
    grid: Grid
    labels: NDArray[np.uint8]
    auxiliary: dict[str, NDArray[np.uint8]]
    lesions: tuple[TrueLesion, ...]
    agatston: dict[str, float]
    threshold_hu: float
    parameters: dict[str, Any]

    @property
    def scan(self) -> Scan:
        """The scan as the rest of corcal takes it."""
        parameters = self.parameters
        return Scan(
            self.hu,
            self.grid,
            Acquisition(
                kvp_kv=120.0,
                thickness_mm=float(parameters["scanner"]["thickness_mm"]),
                contrast=bool(parameters["contrast"]),
                gated=False,
                manufacturer="corcal phantom",
            ),
        )

    @property
    def artery_labels(self) -> ArteryLabels:
        """The labels on their grid."""
        return ArteryLabels(self.labels, self.grid)


@dataclass(frozen=True, eq=False)
class _Plan:
    anatomy: Anatomy
    grid: Grid
    tissue: Tissue
    plaques: tuple[Plaque, ...]
    mimics: tuple[Mimic, ...]
    scanner: Scanner
    hardness: Hardness
    beat: Beat | None


__all__ = ["STEPS", "PhantomCase", "PhantomOptions", "make_case", "make_chest"]

#: The steps of `make_case`, in order, as `progress` gets them.
STEPS = ("draw", "paint", "beat", "scan", "truth")


def make_case(
    seed: int,
    *,
    options: PhantomOptions | None = None,
    progress: Callable[[str], None] | None = None,
) -> PhantomCase:
    """Return the synthetic scan of a seed; the same seed and options give the same scan.

    Args:
        seed: 0 or more.
        options: what to make.
        progress: called with the name of each step as it begins.

    Raises:
        TypeError: the options are of another kind.
    """
    options = or_default("options", options, PhantomOptions, "PhantomOptions.tiny()")
    begin = progress or (lambda _: None)
    rng = np.random.default_rng(seed)
    begin("draw")
    plan = _draw_plan(rng, options)
    begin("paint")
    painted = finer(plan.grid, options.layers)
    sharp = render(
        plan.anatomy, painted, plan.tissue, plaques=plan.plaques, mimics=plan.mimics, rng=rng
    )
    if plan.beat is not None:
        begin("beat")
        sharp = _put_in_motion(sharp, plan, plan.beat, painted)
    begin("scan")
    clean = blur_image(sharp.hu, painted, plan.scanner, layers=options.layers)
    seen = _take_slices(sharp, options.layers)
    added = streaks(rng, _dense(seen), plan.grid, plan.hardness)
    clean = clean if added is None else clean + added
    image = clean + noise(rng, plan.grid, plan.scanner) if options.noise else clean
    begin("truth")
    request = {"seed": seed, "options": asdict(options)}
    return _with_truth(finish(image), clean, seen, plan, request)


def make_chest(seed: int, spacing_mm: float = 4.0) -> PhantomCase:
    """Return a coarse scan of the whole chest with its heart, for finding hearts in."""
    step = (spacing_mm, spacing_mm, spacing_mm)
    options = PhantomOptions(
        spacing_mm=step, field="chest", motion=0.0, thickness_mm=spacing_mm, wild=True
    )
    return make_case(seed, options=options)


def _draw_plan(rng: np.random.Generator, options: PhantomOptions) -> _Plan:
    # Each part has random numbers of its own: an option of one leaves the others as they are.
    body, blood, calcium, others, machine, pulse = rng.spawn(6)
    anatomy = sample_anatomy(body, options.pulmonary_hypertension)
    tissue = sample_tissue(blood, contrast=blood.random() < options.contrast, wild=options.wild)
    mimics = sample_mimics(others, anatomy, factor=options.mimics, certain=options.with_mimics)
    count = number_of_plaques(calcium, options.burden)
    plaques = sample_plaques(calcium, anatomy.coronaries, count)
    scanner = sample_scanner(machine, wild=options.wild, thickness_mm=options.thickness_mm)
    if not options.noise:
        scanner = replace(scanner, noise_hu=0.0)
    beat = sample_beat(pulse) if pulse.random() < options.motion else None
    grid = field_of_view(anatomy, options)
    if options.calcium_mm3 is not None:
        view = View(grid, options.layers, tissue, scanner)
        plaques = sample_target_plaques(calcium, anatomy.coronaries, options.calcium_mm3, view)
    return _Plan(anatomy, grid, tissue, plaques, mimics, scanner, sample_hardness(machine), beat)


def _put_in_motion(sharp: Rendering, plan: _Plan, beat: Beat, grid: Grid) -> Rendering:
    canvas = Canvas(grid, 6.0)
    field = displacement(plan.anatomy, canvas, beat, heart_sac(plan.anatomy, canvas))
    still = (sharp.hu, sharp.arteries, sharp.plaques, sharp.structures)
    hu, arteries, plaques, structures = move_to_middle_phase(still, canvas, field, beat)
    return Rendering(
        hu=hu + motion_artefact(sharp.hu, hu, canvas, field, beat),
        arteries=arteries,
        plaques=sweep_codes(sharp.plaques, plaques, canvas, field, beat),
        structures=structures,
        filled_mm3=sharp.filled_mm3,
    )


def _dense(seen: Rendering) -> Field:
    """Return how far metal and dense contrast agent lie above what makes streaks."""
    over = np.maximum(seen.hu - np.float32(DENSE_HU), 0)
    metal = np.where((seen.structures & METAL) > 0, np.float32(METAL_GAIN), np.float32(0))
    gain = np.where((seen.structures & CAVA) > 0, np.maximum(metal, 1), metal)
    return np.asarray(over * gain, dtype=np.float32)


def _take_slices(sharp: Rendering, layers: int) -> Rendering:
    """Return what of a painting the slices show, each made of so many layers."""
    if layers == 1:
        return sharp
    middle = slice(layers // 2, None, layers)
    count, *plane = sharp.plaques.shape
    within = sharp.plaques.reshape(count // layers, layers, *plane).max(axis=1)
    return replace(
        sharp,
        hu=sharp.hu[middle],
        arteries=sharp.arteries[middle],
        plaques=within,
        structures=sharp.structures[middle],
    )


def _with_truth(
    hu: NDArray[np.int16], clean: Field, sharp: Rendering, plan: _Plan, request: dict[str, Any]
) -> PhantomCase:
    level = threshold_hu(plan.tissue)
    bits = sharp.structures
    # Two neighbours above the threshold share their halo: the nearer owns the voxel.
    other = ((bits & OTHER_CALCIUM) > 0) & (sharp.plaques == 0)
    other_number = len(plan.plaques) + 1
    seeds = np.where(other, np.uint8(other_number), sharp.plaques)
    numbers = visible(clean, seeds, plan.grid, threshold=level, halo=halo_mm(plan.tissue))
    labels = sharp.arteries.copy()
    for i, plaque in enumerate(plan.plaques):
        assert plaque.artery is not None
        labels[numbers == i + 1] = plaque.artery.calcium_code
    image = CleanImage(clean, plan.grid, plan.scanner.thickness_mm)
    lesions = lesion_table(plan.plaques, sharp.filled_mm3, numbers, image)
    scores = {a.value: image.agatston(labels == a.calcium_code) for a in Artery}
    auxiliary = {
        "heart": ((bits & HEART) > 0).astype(np.uint8),
        "aorta": ((bits & AORTA) > 0).astype(np.uint8),
        "other_calcium": (numbers == other_number).astype(np.uint8),
        "metal": ((bits & METAL) > 0).astype(np.uint8),
        "lesions": np.where(numbers == other_number, np.uint8(0), numbers),
        "geometric": sharp.plaques,
    }
    return PhantomCase(
        hu, plan.grid, labels, auxiliary, lesions, scores, level, {**request, **_parameters(plan)}
    )


def _parameters(plan: _Plan) -> dict[str, Any]:
    vessels = plan.anatomy.coronaries.vessels
    return {
        "contrast": plan.tissue.enhanced,
        "dominance": plan.anatomy.coronaries.dominance,
        "length_mm": {v.name: round(v.tube.length_mm, 1) for v in vessels},
        "fat_ml": plan.anatomy.fat_ml,
        "tissue": asdict(plan.tissue),
        "scanner": asdict(plan.scanner),
        "hardness": asdict(plan.hardness),
        "beat": asdict(plan.beat) if plan.beat is not None else None,
        "mimics": sorted({m.kind for m in plan.mimics}),
        "mimic_solids": [mimic_numbers(m) for m in plan.mimics],
        "plaques": [plaque_numbers(p) for p in plan.plaques],
        "anatomy": anatomy_numbers(plan.anatomy),
    }

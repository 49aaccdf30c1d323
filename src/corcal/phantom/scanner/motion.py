"""The beating heart under a turning gantry.

Filtered back-projection is linear, and the views taken at angle theta fill the line theta of
the slice's spectrum (Fourier slice theorem). The image of a moving object is therefore the
sum, over phases, of the object in that phase times a wedge of its spectrum; the wedges are
hat functions of theta that sum to one. Only differences to the middle phase are transformed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import map_coordinates

from corcal.core.box import Box, index3
from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Field, smooth_min
from corcal.phantom.paint.canvas import Canvas, Slices

Code = TypeVar("Code", np.uint8, np.float32)

#: Phases per half turn, and margin in pixels against wrap-around.
PHASES, MARGIN = 7, 24


@dataclass(frozen=True)
class Beat:
    """One heartbeat as a scanner meets it.

    Attributes:
        descent_mm: how far the base moves to the apex at the end of systole.
        right_gain: how much farther the right side moves.
        squeeze: fraction by which the walls move inward.
        rr_seconds: one beat.
        window_seconds: time over which the views of one slice are taken.
        table_mm_s: speed of the table.
        phase: phase of the beat, 0 to 1, when the lowest slice is taken.
        angle_rad: gantry angle at that moment.
        turn_seconds: one turn of the gantry.
    """

    descent_mm: float
    right_gain: float
    squeeze: float
    rr_seconds: float
    window_seconds: float
    table_mm_s: float
    phase: float
    angle_rad: float
    turn_seconds: float


def sample_beat(rng: np.random.Generator) -> Beat:
    """Return a random heartbeat and gantry (55-95 per minute, 0.28-0.6 s)."""
    turn = float(rng.uniform(0.28, 0.6))
    return Beat(
        descent_mm=float(rng.uniform(6, 13) * min(rng.lognormal(-0.5, 0.5), 1.6)),
        right_gain=float(rng.uniform(1.3, 1.8)),
        squeeze=float(rng.uniform(0.04, 0.13)),
        rr_seconds=60.0 / float(rng.uniform(55, 95)),
        window_seconds=0.55 * turn,
        table_mm_s=float(np.exp(rng.uniform(np.log(20), np.log(200)))),
        phase=float(rng.uniform()),
        angle_rad=float(rng.uniform(0, 2 * np.pi)),
        turn_seconds=turn,
    )


def contraction(phase: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return contraction 0 to 1 at phases of the beat: systole to .35, relaxed from .55."""
    p = np.mod(phase, 1.0)
    up = 0.5 - 0.5 * np.cos(np.pi * p / 0.35)
    down = 0.5 + 0.5 * np.cos(np.pi * (p - 0.35) / 0.2)
    # The atria contract last and lift the base a little.
    kick = 0.12 * np.exp(-0.5 * np.square((p - 0.92) / 0.04))
    return np.asarray(np.where(p < 0.35, up, np.where(p < 0.55, down, 0.0)) - kick)


def displacement(anatomy: Anatomy, canvas: Canvas, beat: Beat, sac: Field) -> Field:
    """Return where each lattice point's tissue comes from at full contraction.

    Returns:
        float32 (3, a, b, c): offset in mm along (slice, row, column).
    """
    heart, p = anatomy.heart, canvas.lattice
    axis = heart.long_axis.astype(np.float32)
    from_apex = (heart.apex_mm.astype(np.float32) - p) @ axis
    length = float((heart.apex_mm - heart.mitral_mm) @ heart.long_axis)
    share = np.clip(from_apex / length, 0.0, 1.0)
    # Above the valves the pull fades: the arch and the roof of the atria are tethered.
    share = share * np.clip(1.0 - (from_apex - length - 12.0) / 70.0, 0.15, 1.0)
    right = np.clip((heart.mitral_mm[0] - p[..., 0]) / 50.0, 0.0, 1.0)
    pull = -beat.descent_mm * share * (1.0 + (beat.right_gain - 1.0) * right)
    radial = p - heart.apex_mm.astype(np.float32)
    radial = radial - (radial @ axis)[..., None] * axis
    waist = np.clip(share * 2.5, 0, 1) * np.clip((length + 25.0 - from_apex) / 25.0, 0, 1)
    field = pull[..., None] * axis + (beat.squeeze * waist)[..., None] * radial
    reach = smooth_min(sac, canvas.coarse_tubes(heart.root(), 30.0), 6.0)
    fade = np.clip(1.0 - (reach - 1.0) / 11.0, 0.0, 1.0)
    fade = fade * fade * (3.0 - 2.0 * fade)
    # Spine, chest wall and descending aorta stay where they are.
    fade = fade * np.clip(-anatomy.thorax.cavity(p) / 10.0, 0.0, 1.0)
    still = canvas.coarse_tubes(heart.vessels["aorta"][1:2], 14.0)
    fade = fade * np.where(p[..., 1] > 40.0, np.clip(still / 6.0, 0.0, 1.0), 1.0)
    return np.ascontiguousarray(np.moveaxis(field * fade[..., None], -1, 0)[::-1])


def phases_of(beat: Beat, z_mm: NDArray[np.floating]) -> tuple[NDArray[np.float64], Field]:
    """Return contraction (slices, PHASES) in every slice's window, and gantry angle (slices,)."""
    seconds = (np.asarray(z_mm) - z_mm[0]) / beat.table_mm_s
    when = seconds[:, None] + np.linspace(-0.5, 0.5, PHASES)[None] * beat.window_seconds
    angle = beat.angle_rad + 2 * np.pi * seconds / beat.turn_seconds
    return contraction(beat.phase + when / beat.rr_seconds), angle.astype(np.float32)


def move_to_middle_phase(
    volumes: tuple[NDArray[Any], ...], canvas: Canvas, field: Field, beat: Beat
) -> tuple[NDArray[Any], ...]:
    """Return volumes (slice, row, column) moved to the middle phase of every slice.

    Args:
        volumes: at rest; float32 is interpolated, uint8 codes are not.
        canvas: gives grid and lattice.
        field: from `displacement`.
        beat: heartbeat and gantry.
    """
    out = tuple(volume.copy() for volume in volumes)
    box = moving_box(canvas, field)
    if box is not None:
        level, _ = phases_of(beat, canvas.axes[0])
        for block, offset in _blocks(canvas, field, box):
            shift = _shift(block, offset, level[block[0], PHASES // 2])
            for volume, result in zip(volumes, out, strict=True):
                result[block] = _warp(volume, shift)
    return out


def motion_artefact(hu: Field, middle: Field, canvas: Canvas, field: Field, beat: Beat) -> Field:
    """Return what motion adds to the middle phase in the reconstruction, float32.

    Args:
        hu: the object at rest, float32 (slice, row, column).
        middle: the object in the middle phase of every slice, from `move_to_middle_phase`.
        canvas: gives grid and lattice.
        field: from `displacement`.
        beat: heartbeat and gantry.
    """
    out = np.zeros_like(hu)
    box = moving_box(canvas, field)
    if box is None:
        return out
    level, angle = phases_of(beat, canvas.axes[0])
    for block, offset in _blocks(canvas, field, box):
        rows = range(block[0].start, block[0].stop)
        # A slice whose whole window is at rest has no artefact.
        busy = np.ptp(level[rows], axis=1) * float(np.abs(offset).max()) > 0.5 * canvas.edge_mm
        if not busy.any():
            continue
        first, last = np.flatnonzero(busy)[[0, -1]]
        part = (slice(block[0].start + int(first), block[0].start + int(last) + 1), *block[1:])
        here, when = offset[:, first : last + 1], level[part[0]]
        out[part] = _reconstruct(hu, middle, part, here, when, angle[part[0]])
    return out


def sweep_codes(
    codes: NDArray[np.uint8], middle: NDArray[np.uint8], canvas: Canvas, field: Field, beat: Beat
) -> NDArray[np.uint8]:
    """Return codes uint8 wherever they are in any phase of a slice's window.

    `codes` are at rest, `middle` in the middle phase, which has precedence: this is where
    calcium may appear in the image.
    """
    out = middle.copy()
    box = moving_box(canvas, field)
    if box is None or not codes.any():
        return out
    level, _ = phases_of(beat, canvas.axes[0])
    far = float(np.abs(field).max())
    reach = [int(far / s) + 2 for s in canvas.grid.spacing_mm]
    near, moving = Box.around(codes > 0).pad(index3(reach)), _as_box(box)
    if not near.meets(moving):
        return out
    for block, offset in _blocks(canvas, field, near.intersect(moving).slices):
        for k in range(PHASES):
            if k != PHASES // 2:
                other = _warp(codes, _shift(block, offset, level[block[0], k]))
                np.copyto(out[block], other, where=out[block] == 0)
    return out


def _as_box(where: Slices) -> Box:
    a, b, c = where
    return Box((a.start, b.start, c.start), (a.stop, b.stop, c.stop))


def moving_box(canvas: Canvas, field: Field) -> Slices | None:
    """Return the voxels that move by more than a fifth of a voxel, as a box."""
    moves = np.abs(field).max(axis=0) > 0.2 * canvas.edge_mm
    return canvas.box_of(moves)


def _blocks(canvas: Canvas, field: Field, box: Slices) -> Iterator[tuple[Slices, Field]]:
    for start in range(box[0].start, box[0].stop, 16):
        block = (slice(start, min(start + 16, box[0].stop)), box[1], box[2])
        steps = np.array(canvas.grid.spacing_mm, dtype=np.float32)[:, None, None, None]
        yield block, np.stack([canvas.fine(f, block) for f in field]) / steps


@dataclass(frozen=True, eq=False)
class _Shift:
    """The origin of a block's voxels: `to` are those that move, `source` (3, n) from where."""

    block: Slices
    to: tuple[NDArray[np.intp], ...]
    source: Field


def _shift(block: Slices, offset: Field, level: NDArray[np.float64]) -> _Shift:
    scaled = offset * level.astype(np.float32)[:, None, None]
    # Most of the box is lung and wall at rest: only what moves is looked up.
    to = np.nonzero(np.abs(scaled).max(axis=0) > 0.1)
    source = np.empty((3, to[0].size), dtype=np.float32)
    for i in range(3):
        np.add(scaled[i][to], to[i] + block[i].start, out=source[i], casting="same_kind")
    return _Shift(block, to, source)


def _warp(volume: NDArray[Code], shift: _Shift) -> NDArray[Code]:
    out = volume[shift.block].copy()
    if shift.to[0].size:
        # Codes must not be mixed; intensities must.
        order: Literal[0, 1] = 0 if volume.dtype == np.uint8 else 1
        source: NDArray[Any] = volume
        out[shift.to] = map_coordinates(
            source, shift.source, order=order, mode="nearest", prefilter=False
        )
    return out


def _reconstruct(
    hu: Field, middle: Field, part: Slices, offset: Field, level: NDArray[np.float64], angle: Field
) -> Field:
    """Return what the other phases add to the middle one in a block of slices."""
    still = middle[part]
    rows, columns = still.shape[1:]
    padded = (
        next_fast_len(rows + 2 * MARGIN, real=True),
        next_fast_len(columns + 2 * MARGIN, real=True),
    )
    place = _place(padded, angle)
    total = np.zeros(place.shape, dtype=np.complex64)
    for k in range(PHASES):
        if k != PHASES // 2:
            away = _warp(hu, _shift(part, offset, level[:, k])) - still
            total += _wedge(place, k) * rfft2(away, s=padded)
    out: Field = irfft2(total, s=padded)[:, :rows, :columns]
    return out


def _place(padded: tuple[int, int], angle: Field) -> Field:
    """Return where in each slice's half turn a spectral line was seen, 0 to PHASES - 1."""
    fy = np.fft.fftfreq(padded[0]).astype(np.float32)[:, None]
    fx = np.fft.rfftfreq(padded[1]).astype(np.float32)
    theta = np.arctan2(-fy, fx)[None] - angle[:, None, None]
    half: Field = np.mod(theta, np.float32(np.pi)) * np.float32((PHASES - 1) / np.pi)
    return half


def _wedge(place: Field, k: int) -> Field:
    """Return the weight of phase k for spectral lines at places 0 to PHASES - 1.

    The first and last views of a half turn see the same lines; scanners feather the two
    into each other, or every motion would end in a streak.
    """
    last = PHASES - 1
    hat: Field = np.clip(1.0 - np.abs(place - np.float32(k)), 0.0, None)
    if k not in (0, last):
        return hat
    far: Field = np.clip(1.0 - np.abs(place - np.float32(last - k)), 0.0, None)
    return np.asarray(0.5 * hat * (2.0 - hat) + 0.5 * np.square(far), dtype=np.float32)

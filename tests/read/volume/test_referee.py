"""Every volume format gives what SimpleITK gives: voxels, types, and the place of each voxel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.transform import Rotation

from corcal.read import read_volume

#: Names of the formats, each with and without packing.
FORMATS = ("x.nii", "x.nii.gz", "x.nrrd", "x.nhdr", "x.mha", "x.mhd")
KINDS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")


def image(seed: int) -> sitk.Image:
    """Return a random image, turned at will or along the axes of the body."""
    generator = np.random.default_rng(seed)
    values = generator.integers(-1000, 1000, (4, 5, 6)).astype(generator.choice(KINDS))
    made = sitk.GetImageFromArray(values)
    made.SetSpacing(generator.uniform(0.3, 5.0, 3).tolist())
    made.SetOrigin(generator.uniform(-500.0, 500.0, 3).tolist())
    turn = Rotation.random(rng=generator).as_matrix()
    if seed % 2:
        turn = np.eye(3)[:, generator.permutation(3)] * generator.choice([-1, 1], 3)
    made.SetDirection(turn.ravel().tolist())
    return made


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("packed", [True, False])
def test_voxels_and_places_are_those_of_simpleitk(tmp_path: Path, name: str, packed: bool) -> None:
    for seed in range(20):
        path = tmp_path / f"{seed}{name}"
        sitk.WriteImage(image(seed), str(path), packed)
        theirs = sitk.ReadImage(str(path))

        ours = read_volume(path)

        expected = ours.turn.apply(sitk.GetArrayFromImage(theirs))
        np.testing.assert_array_equal(ours.values, expected)
        assert ours.values.dtype == expected.dtype
        for corner in np.ndindex(2, 2, 2):
            index = [c * (n - 1) for c, n in zip(corner, theirs.GetSize()[::-1], strict=True)]
            stored = np.zeros(theirs.GetSize()[::-1], dtype=bool)
            stored[tuple(index)] = True
            here = np.argwhere(ours.turn.apply(stored))[0].astype(float)
            place = theirs.TransformIndexToPhysicalPoint([int(i) for i in index[::-1]])
            np.testing.assert_allclose(ours.grid.to_lps(here[None])[0], place, atol=1e-9)


@pytest.mark.parametrize("packed", [True, False])
def test_one_scan_in_three_formats_is_one_scan(tmp_path: Path, packed: bool) -> None:
    made = image(3)
    read = []
    for name in FORMATS:
        sitk.WriteImage(made, str(tmp_path / name), packed)
        read.append(read_volume(tmp_path / name))
    for other in read[1:]:
        np.testing.assert_array_equal(other.values, read[0].values)
        np.testing.assert_allclose(other.grid.affine, read[0].grid.affine, atol=1e-4)

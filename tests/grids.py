"""Grids as scanners make them: turned, anisotropic, anywhere in the room."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from corcal.core.box import Box, Index
from corcal.core.grid import Grid


def shapes(largest: int) -> st.SearchStrategy[Index]:
    side = st.integers(1, largest)
    return st.tuples(side, side, side)


@st.composite
def grids(draw: st.DrawFn, shape: st.SearchStrategy[Index]) -> Grid:
    """Draw a grid with axes at right angles, in any direction and of either hand."""
    step = st.floats(0.3, 5.0)
    spacing_mm = draw(st.tuples(step, step, step))
    angle = st.floats(-np.pi, np.pi)
    turn = Rotation.from_euler("xyz", draw(st.tuples(angle, angle, angle))).as_matrix()
    hand = draw(st.sampled_from([1.0, -1.0]))
    origin = st.floats(-500.0, 500.0)
    affine = np.eye(4)
    affine[:3, :3] = turn * np.array(spacing_mm) * np.array([1.0, 1.0, hand])
    affine[:3, 3] = draw(st.tuples(origin, origin, origin))
    return Grid(draw(shape), affine)


@st.composite
def boxes_in(draw: st.DrawFn, shape: Index) -> Box:
    """Draw a box inside an array of this shape."""
    start = [draw(st.integers(0, n - 1)) for n in shape]
    stop = [draw(st.integers(a + 1, n)) for a, n in zip(start, shape, strict=True)]
    return Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))


def as_itk(array: np.ndarray, grid: Grid) -> sitk.Image:
    """Return an array as an ITK image that lies where the grid says."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(array))
    image.SetSpacing(grid.spacing_mm[::-1])
    image.SetOrigin(grid.affine[:3, 3].tolist())
    image.SetDirection(grid.directions[:, ::-1].ravel().tolist())
    return image

"""Phantoms small enough for tests."""

from __future__ import annotations

from dataclasses import replace

from corcal.phantom import PhantomCase, PhantomOptions, make_case

#: Nothing but anatomy, calcium and the blur of a scanner, as a scan of the heart.
QUIET = PhantomOptions(
    spacing_mm=(2.0, 1.5, 1.5),
    burden="some",
    contrast=0.0,
    motion=0.0,
    mimics=0.0,
    thickness_mm=2.0,
    noise=False,
)

#: The same in cubes of 2.2 mm, 64 along each axis.
TINY = replace(PhantomOptions.tiny(), burden="some", contrast=0.0, mimics=0.0, noise=False)


def tiny_phantom(seed: int = 4) -> PhantomCase:
    """Return a still phantom of 64 x 64 x 64 voxels without noise, in half a second.

    It is accepted as a scan of the heart. With seed 3 there is calcium in RCA and LAD, with 4 in
    LAD and LCX, with 5 in RCA and LCX.

    Args:
        seed: 0 or more; the same seed gives the same phantom.
    """
    return make_case(seed, options=TINY)

"""The images that show a lesion, by the numbers that a PACS or a viewer gives its images."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.core.scan import Scan
from corcal.core.score import Lesion, OmittedPiece


def image_word(scan: Scan) -> str:
    """Return "image" where Instance Numbers are known, else "slice"."""
    return "image" if _instance_numbers(scan) else "slice"


def image_number(scan: Scan, at: int) -> int:
    """Return the number of a slice: its Instance Number, else its place from the feet, from 1.

    Args:
        scan: the scan.
        at: index of the slice in `Scan.hu`, from 0.
    """
    numbers = _instance_numbers(scan)
    if not numbers:
        return at + 1
    return numbers[len(numbers) - 1 - at if scan.source.stored_flips[0] < 0 else at]


def _instance_numbers(scan: Scan) -> tuple[int, ...]:
    numbers = scan.source.instance_numbers
    whole = len(numbers) == scan.grid.shape[0] and all(numbers) and not scan.source.frames
    return numbers if whole and len(set(numbers)) == len(numbers) else ()


def calcified_slices(reading: Reading, artery: Artery) -> tuple[int, ...]:
    """Return the indices of the slices that hold an artery's calcium, from the feet."""
    hit = reading.labels.calcium(artery).any(axis=(1, 2))
    return tuple(int(i) for i in np.flatnonzero(hit))


def lesion_slice(lesion: Lesion, scan: Scan) -> int:
    """Return the index of the slice in which a lesion's centre lies."""
    at = round(float(scan.grid.to_index(np.array([lesion.centre_lps_mm]))[0, 0]))
    return min(max(at, 0), scan.grid.shape[0] - 1)


def piece_images(piece: OmittedPiece, scan: Scan) -> str:
    """Return the numbers of the images that a piece touches, as `span_text` writes them."""
    first, last = piece.slices
    return span_text(image_number(scan, z) for z in range(first, last + 1))


def span_text(numbers: Iterable[int]) -> str:
    """Return numbers as text: "7", "7 and 8", "3 to 9", or "3 to 5, 9" with gaps."""
    runs: list[list[int]] = []
    for n in sorted(set(numbers)):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(f"{a}" if a == b else f"{a} to {b}" for a, b in runs)

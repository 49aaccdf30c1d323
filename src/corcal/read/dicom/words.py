"""Stored words as numbers: the bits that count, the sign, and padding.

Source: DICOM PS3.5 8.1.1: of the bits allocated, only those stored belong to the pixel. What
stands above them (an overlay, no sign extension, anything) is left aside, for compressed and
uncompressed pixels alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.read.dicom.header import number
from corcal.read.dicom.slices import Slice
from corcal.settings import Values

#: Below air nothing is measured: scanners mark what lies outside their field by such values.
AIR_HU = -1024
_INT16 = np.iinfo(np.int16)


def to_hounsfield(
    words: NDArray[Any], one: Slice, settings: Values
) -> tuple[NDArray[np.int16], int]:
    """Return a slice in Hounsfield units, and how many words held bits that do not count.

    Args:
        words: (row, column), as stored.
        one: the slice; its own bits, sign and rescale are applied.
        settings: a padding value is believed only where no tissue can have it.
    """
    stored, changed = _numbers(words, one)
    slope, intercept = one.slope, one.intercept_hu
    low, high = int(stored.min()), int(stored.max())
    ends = sorted((low * slope + intercept, high * slope + intercept))
    whole = slope == 1 and intercept == int(intercept)
    if whole and ends[0] >= _INT16.min and ends[1] <= _INT16.max:
        hu: NDArray[np.int16] = stored.astype(np.int16) + np.int16(intercept)
    else:
        exact = np.rint(stored * np.float64(slope) + intercept)
        hu = np.clip(exact, _INT16.min, _INT16.max).astype(np.int16)
    padding = number(one.tags, "PixelPaddingValue")
    if padding is not None and padding * slope + intercept > settings.padding_above_hu:
        hu[(stored == padding) | (words == padding)] = AIR_HU
    return hu, changed


def _numbers(words: NDArray[Any], one: Slice) -> tuple[NDArray[Any], int]:
    """Return the numbers that words stand for, and how many had other bits as well."""
    allocated = 8 * words.dtype.itemsize
    bits = int(number(one.tags, "BitsStored") or allocated)
    top = int(number(one.tags, "HighBit") or bits - 1)
    shift = max(0, top + 1 - bits)
    if not 0 < bits <= allocated or bits + shift > allocated:
        bits, shift = allocated, 0
    stored = words >> shift if shift else words
    if bits < allocated:
        return _mask(stored, one, bits)
    if stored.dtype == np.uint16 and stored.max() > _INT16.max:
        # Signed padding (-2000) in a file that calls its values unsigned.
        return stored.view(np.int16), 0
    return stored, 0


def _mask(stored: NDArray[Any], one: Slice, bits: int) -> tuple[NDArray[Any], int]:
    """Leave aside what stands above the bits stored, and extend the sign."""
    signed = number(one.tags, "PixelRepresentation") == 1
    half, whole = 1 << (bits - 1), 1 << bits
    lowest, highest = (-half, half) if signed else (0, whole)
    if lowest <= int(stored.min()) and int(stored.max()) < highest:
        return stored, 0
    wide = stored.astype(np.int64)
    inside = wide & (whole - 1)
    ones = (1 << (8 * stored.dtype.itemsize - bits)) - 1
    above = (wide >> bits) & ones
    # All ones above: a negative number, as padding is written, even in a file called unsigned.
    negative = above == ones
    if signed and _has_a_sign(inside[(inside >= half) & (above == 0)], whole, one):
        negative |= inside >= half
    values = inside - whole * negative
    return values, int(np.count_nonzero((above != 0) & (above != ones)))


def _has_a_sign(words: NDArray[np.int64], whole: int, one: Slice) -> bool:
    """Tell whether words whose uppermost bit is set are negative, as the header says.

    Some files call unsigned words signed. Then every such word would lie below air, and they
    differ; padding below air is one value.
    """
    if not words.size:
        return True
    highest_hu = (int(words.max()) - whole) * one.slope + one.intercept_hu
    return highest_hu >= AIR_HU or int(words.min()) == int(words.max())

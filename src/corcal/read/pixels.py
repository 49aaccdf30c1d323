"""Pixels of DICOM slices as Hounsfield units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom import config
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import JPEGLSTransferSyntaxes

from corcal.core.errors import UnreadableScan
from corcal.core.scan import Notice
from corcal.read.slices import Slice, number

#: Below air nothing is measured: scanners mark what lies outside their field by such values.
AIR_HU = -1024
#: A padding value is believed only where no tissue can have it.
_PADDING_ABOVE_HU = 3071
_INT16 = np.iinfo(np.int16)


def hounsfield(slices: Sequence[Slice]) -> tuple[NDArray[np.int16], tuple[Notice, ...]]:
    """Return the slices in Hounsfield units, and doubts about them.

    Returns:
        int16 (slice, row, column), nothing below -1024, in the order given.

    Raises:
        UnreadableScan: a file's pixels are missing, truncated or cannot be decoded.
    """
    rows, columns = slices[0].shape
    hu = np.empty((len(slices), rows, columns), dtype=np.int16)
    by_file: dict[Path, list[int]] = defaultdict(list)
    for i, one in enumerate(slices):
        by_file[one.path].append(i)
    for path, members in by_file.items():
        with config.disable_value_validation():
            tags, decoder = _open(path)
            for i in members:
                hu[i] = _to_hu(_decode(tags, decoder, slices[i]), slices[i])
    return hu, _clean(hu)


def same_pixels(a: Slice, b: Slice) -> bool:
    """Tell whether two slices hold the same Hounsfield units."""
    if a.shape != b.shape:
        return False
    first, second = (hounsfield([one])[0] for one in (a, b))
    return bool(np.array_equal(first, second))


def _open(path: Path) -> tuple[Dataset, Decoder]:
    try:
        tags = pydicom.dcmread(path, force=True)
        syntax = tags.file_meta.get("TransferSyntaxUID", pydicom.uid.ImplicitVRLittleEndian)
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise UnreadableScan(f"{path.name}: its compression is not a kind for CT images") from None
    except OSError:
        raise
    except Exception as error:
        raise UnreadableScan(f"{path.name}: damaged ({type(error).__name__})") from None
    if "PixelData" not in tags:
        raise UnreadableScan(f"{path.name}: ends before its pixels; copy the series again")
    return tags, decoder


def _decode(tags: Dataset, decoder: Decoder, one: Slice) -> NDArray[np.int32]:
    """Return stored values (row, column)."""
    plugin = ""
    if decoder.UID in JPEGLSTransferSyntaxes and "pyjpegls" in decoder.available_plugins:
        plugin = "pyjpegls"  # twice as fast as the default here
    try:
        stored, _ = decoder.as_array(tags, index=one.frame or 0, raw=True, decoding_plugin=plugin)
    except Exception as error:
        # Decoders fail in many ways; their texts name no patient but help nobody either.
        raise UnreadableScan(
            f"{one.path.name}: its pixels are truncated or damaged ({type(error).__name__}); "
            "copy the series again"
        ) from None
    if stored.shape != one.shape:
        raise UnreadableScan(f"{one.path.name}: not a grey-scale image of {one.shape} pixels")
    return np.asarray(stored)


def _to_hu(stored: NDArray[np.int32], one: Slice) -> NDArray[np.int16]:
    """Apply the slice's own rescale; set padding outside the range of tissue to air."""
    low, high = int(stored.min()), int(stored.max())
    if high > _INT16.max and stored.dtype == np.uint16:
        # Signed padding (-2000) in a file that calls its values unsigned.
        stored = stored.view(np.int16)
        low, high = int(stored.min()), int(stored.max())
    slope, intercept = one.slope, one.intercept_hu
    ends = sorted((low * slope + intercept, high * slope + intercept))
    whole = slope == 1 and intercept == int(intercept)
    if whole and ends[0] >= _INT16.min and ends[1] <= _INT16.max:
        hu: NDArray[np.int16] = stored.astype(np.int16) + np.int16(intercept)
    else:
        exact = np.rint(stored * np.float64(slope) + intercept)
        hu = np.clip(exact, _INT16.min, _INT16.max).astype(np.int16)
    padding = number(one.tags, "PixelPaddingValue")
    if padding is not None and padding * slope + intercept > _PADDING_ABOVE_HU:
        hu[stored == padding] = AIR_HU
    return hu


def _clean(hu: NDArray[np.int16]) -> tuple[Notice, ...]:
    """Repair wrapped values and fill what lies below air, in place."""
    notices: list[Notice] = []
    if wrapped := _unwrap(hu):
        sentence = f"{wrapped} voxels had wrapped round at 12 bits inside dense matter; repaired."
        notices.append(Notice("wrapped-values", sentence))
    below = np.count_nonzero(hu < AIR_HU)
    if below:
        np.maximum(hu, AIR_HU, out=hu)
        sentence = (
            f"{100 * below / hu.size:.0f} % of the voxels lay below {AIR_HU} HU (outside the "
            f"scanner's field) and were set to {AIR_HU} HU."
        )
        notices.append(Notice("padding", sentence))
    return tuple(notices)


def _unwrap(hu: NDArray[np.int16]) -> int:
    """Add 4096 HU to islands darker than air's edge that bright matter encloses; count them.

    A scanner's 12-bit values that overflow jump from very bright to very dark between
    neighbouring pixels. Real air never borders on such density all round: the kernel blurs.
    """
    bright, dark = np.int16(600), np.int16(-900)
    count = 0
    flat = hu.reshape(len(hu), -1)
    columns = hu.shape[2]
    for k in range(len(hu)):
        seeds = np.flatnonzero(flat[k] >= bright)
        seeds = seeds[(seeds > columns) & (seeds < flat.shape[1] - columns - 1)]
        beside = np.concatenate([seeds + 1, seeds - 1, seeds + columns, seeds - columns])
        if (flat[k][beside] <= dark).any():
            count += _unwrap_slice(hu[k], bright, dark)
    return count


def _unwrap_slice(hu: NDArray[np.int16], bright: np.int16, dark: np.int16) -> int:
    from scipy import ndimage  # noqa: PLC0415  seldom needed, slow to import

    islands, _ = ndimage.label(hu <= dark)
    count = 0
    for number_of, box in enumerate(ndimage.find_objects(islands), start=1):
        wide = tuple(slice(max(s.start - 1, 0), s.stop + 1) for s in box)
        island = islands[wide] == number_of
        ring = ndimage.binary_dilation(island) & ~island
        whole = all(s.start > 0 and s.stop < n for s, n in zip(box, hu.shape, strict=True))
        if whole and bool((hu[wide][ring] >= bright).all()):
            hu[wide][island] += np.int16(4096)
            count += int(island.sum())
    return count

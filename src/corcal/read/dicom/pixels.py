"""Pixels of DICOM slices as Hounsfield units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from corcal.core.errors import UnreadableScan
from corcal.core.scan import Notice
from corcal.read.dicom.header import number, quiet_pydicom
from corcal.read.dicom.overflow import unwrap
from corcal.read.dicom.slices import Slice

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
    below = wrapped = 0
    for path, members in by_file.items():
        for i, stored in zip(members, _values_of(path, [slices[i] for i in members]), strict=True):
            hu[i] = _to_hu(stored, slices[i])
            wrapped += unwrap(hu[i])
            below += _fill(hu[i], slices[i])
    return hu, _doubts(below, wrapped, hu.size)


def same_pixels(a: Slice, b: Slice) -> bool:
    """Tell whether two slices hold the same Hounsfield units."""
    if a.shape != b.shape:
        return False
    first, second = (hounsfield([one])[0] for one in (a, b))
    return bool(np.array_equal(first, second))


def _values_of(path: Path, slices: Sequence[Slice]) -> Iterator[NDArray[Any]]:
    """Give the stored values (row, column) of the slices that one file holds."""
    plain = read_plain(path, slices[0])
    if plain is not None:
        yield plain
        return
    tags, decoder = _open(path)
    for one in slices:
        yield _decode(tags, decoder, one)


def read_plain(path: Path, one: Slice) -> NDArray[Any] | None:
    """Return uncompressed 16-bit pixels straight from the file, or None for any other form."""
    meta = getattr(one.tags, "file_meta", None)
    syntax = meta.get("TransferSyntaxUID", "") if meta else ""
    if one.frame is not None or number(one.tags, "BitsAllocated") != 16:
        return None
    # Tag, value representation (explicit only) and length stand before the values.
    lead = {str(ExplicitVRLittleEndian): 12, str(ImplicitVRLittleEndian): 8}.get(str(syntax))
    size = one.shape[0] * one.shape[1] * 2
    if lead is None:
        return None
    with path.open("rb") as file:
        file.seek(one.pixels_at)
        raw = file.read(lead + size)
    if raw[:4] != b"\xe0\x7f\x10\x00" or int.from_bytes(raw[lead - 4 : lead], "little") != size:
        return None
    if len(raw) < lead + size:
        raise UnreadableScan(
            f"{path.name}: its pixels end after {len(raw) - lead} of {size} bytes; "
            "copy the series again"
        )
    signed = number(one.tags, "PixelRepresentation") == 1
    return np.frombuffer(raw, "<i2" if signed else "<u2", offset=lead).reshape(one.shape)


def _open(path: Path) -> tuple[Dataset, Decoder]:
    try:
        with quiet_pydicom() as warned:
            tags = pydicom.dcmread(path, force=True)
        syntax = tags.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise UnreadableScan(f"{path.name}: its compression is not a kind for CT images") from None
    except OSError:
        raise
    except Exception as error:
        raise UnreadableScan(f"{path.name}: damaged ({type(error).__name__})") from None
    if "PixelData" not in tags or any("End of file" in str(w.message) for w in warned):
        raise UnreadableScan(f"{path.name}: ends within its pixels; copy the series again")
    return tags, decoder


def _decode(tags: Dataset, decoder: Decoder, one: Slice) -> NDArray[Any]:
    """Return stored values (row, column)."""
    try:
        with quiet_pydicom():
            stored, _ = decoder.as_array(tags, index=one.frame or 0, raw=True)
    except Exception as error:
        # Decoders fail in many ways; their texts name no patient but help nobody either.
        raise UnreadableScan(
            f"{one.path.name}: its pixels are truncated or damaged ({type(error).__name__}); "
            "copy the series again"
        ) from None
    if stored.shape != one.shape:
        raise UnreadableScan(f"{one.path.name}: not a grey-scale image of {one.shape} pixels")
    return np.asarray(stored)


def _to_hu(stored: NDArray[Any], one: Slice) -> NDArray[np.int16]:
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


def _fill(hu: NDArray[np.int16], one: Slice) -> int:
    """Set what lies below air to air, in place; count what the header does not call padding."""
    if hu.min() >= AIR_HU:
        return 0
    outside = hu < AIR_HU
    padding = number(one.tags, "PixelPaddingValue")
    unexplained = outside
    if padding is not None:
        unexplained = outside & (hu != round(padding * one.slope + one.intercept_hu))
    count = int(np.count_nonzero(unexplained))
    np.maximum(hu, AIR_HU, out=hu)
    return count


def _doubts(below: int, wrapped: int, size: int) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    if wrapped:
        sentence = f"{wrapped} voxels had wrapped round at 12 bits inside dense matter; repaired."
        notices.append(Notice("wrapped-values", sentence))
    if below:
        sentence = (
            f"{100 * below / size:.1f} % of the voxels lay below {AIR_HU} HU (outside the "
            f"scanner's field) and were set to {AIR_HU} HU."
        )
        notices.append(Notice("padding", sentence))
    return tuple(notices)

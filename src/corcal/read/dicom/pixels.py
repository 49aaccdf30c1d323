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
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import Decoder, get_decoder
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from corcal.core.errors import UnreadableScan
from corcal.core.scan import Notice
from corcal.read.dicom.bounds import end_of_fragments, image_size, is_whole_jpeg
from corcal.read.dicom.header import number, quiet_pydicom
from corcal.read.dicom.overflow import unwrap
from corcal.read.dicom.slices import Slice
from corcal.read.dicom.words import AIR_HU, to_hounsfield
from corcal.read.names import short_name
from corcal.settings import Values

#: pydicom's options: no colours, and the unused bits as they are, for `to_hounsfield`.
_AS_STORED: dict[str, Any] = {"raw": True, "correct_unused_bits": False}
#: The beginning of compressed pixels: tag, value representation, undefined length.
_ENCAPSULATED = tuple(b"\xe0\x7f\x10\x00" + vr + b"\0\0\xff\xff\xff\xff" for vr in (b"OB", b"OW"))
_LEAD = 12
#: Attributes by which a decoder knows the image.
_FOR_DECODER = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
)
#: Where it is installed it decodes JPEG-LS, in half of gdcm's time.
_FASTEST = "pyjpegls"


def hounsfield(
    slices: Sequence[Slice], settings: Values
) -> tuple[NDArray[np.int16], tuple[Notice, ...]]:
    """Return the slices in Hounsfield units, and doubts about them.

    Args:
        slices: of one size.
        settings: what counts as padding and as overflow.

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
    below = wrapped = masked = 0
    for path, members in by_file.items():
        for i, stored in zip(members, _values_of(path, [slices[i] for i in members]), strict=True):
            hu[i], extra = to_hounsfield(stored, slices[i], settings)
            masked += extra
            wrapped += unwrap(hu[i], settings)
            below += _fill(hu[i], slices[i])
    return hu, _doubts(below, wrapped, masked, hu.size)


def same_pixels(a: Slice, b: Slice, settings: Values) -> bool:
    """Tell whether two slices hold the same Hounsfield units."""
    if a.shape != b.shape:
        return False
    first, second = (hounsfield([one], settings)[0] for one in (a, b))
    return bool(np.array_equal(first, second))


def _values_of(path: Path, slices: Sequence[Slice]) -> Iterator[NDArray[Any]]:
    """Give the stored values (row, column) of the slices that one file holds."""
    plain = read_plain(path, slices[0])
    if plain is not None:
        yield plain
        return
    tags, decoder = _read_fragments(path, slices[0]) or _open(path)
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
            f"{short_name(path)}: its pixels end after {len(raw) - lead} of {size} bytes; "
            "copy the series again"
        )
    signed = number(one.tags, "PixelRepresentation") == 1
    return np.frombuffer(raw, "<i2" if signed else "<u2", offset=lead).reshape(one.shape)


def _read_fragments(path: Path, one: Slice) -> tuple[Dataset, Decoder] | None:
    """Return the compressed pixels of a slice and what the decoder needs to know of them.

    The rest of its header was read before. None for any other form: frames, native pixels, files
    that end early.
    """
    meta = getattr(one.tags, "file_meta", None)
    syntax = meta.get("TransferSyntaxUID") if meta else None
    if one.frame is not None or not isinstance(syntax, UID):
        return None
    # pydicom cannot say of what is not a transfer syntax whether it is encapsulated.
    if not (syntax.is_transfer_syntax and syntax.is_encapsulated):
        return None
    with path.open("rb") as file:
        file.seek(one.pixels_at)
        raw = file.read()
    # Tag, value representation (compressed pixels are explicit) and a length that is not known.
    end = end_of_fragments(raw, _LEAD) if raw[:_LEAD] in _ENCAPSULATED else None
    if end is None:
        return None
    tags = Dataset()
    tags.file_meta = meta  # type: ignore[assignment]
    for keyword in _FOR_DECODER:
        if keyword in one.tags:
            tags[keyword] = one.tags[keyword]
    tags.PixelData = raw[_LEAD:end]
    tags["PixelData"].VR = "OB"
    try:
        return tags, get_decoder(syntax)
    except NotImplementedError:
        return None


def _open(path: Path) -> tuple[Dataset, Decoder]:
    try:
        with quiet_pydicom() as warned:
            tags = pydicom.dcmread(path, force=True)
        syntax = tags.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
        decoder = get_decoder(syntax)
    except NotImplementedError:
        raise UnreadableScan(
            f"{short_name(path)}: its compression is not a kind for CT images"
        ) from None
    except OSError:
        raise
    except Exception as error:
        raise UnreadableScan(f"{short_name(path)}: damaged ({type(error).__name__})") from None
    if "PixelData" not in tags or any("End of file" in str(w.message) for w in warned):
        raise UnreadableScan(f"{short_name(path)}: ends within its pixels; copy the series again")
    return tags, decoder


def _decode(tags: Dataset, decoder: Decoder, one: Slice) -> NDArray[Any]:
    """Return stored values (row, column)."""
    _require_announced_size(tags, decoder, one)
    try:
        with quiet_pydicom():
            plugin = _FASTEST if _FASTEST in decoder.available_plugins else ""
            stored, _ = decoder.as_array(
                tags, index=one.frame or 0, decoding_plugin=plugin, **_AS_STORED
            )
    except Exception as error:
        # Decoders fail in many ways; their texts name no patient but help nobody either.
        raise UnreadableScan(
            f"{short_name(one.path)}: its pixels are truncated or damaged "
            f"({type(error).__name__}); copy the series again"
        ) from None
    if stored.shape != one.shape:
        raise UnreadableScan(
            f"{short_name(one.path)}: not a grey-scale image of {one.shape} pixels"
        )
    return np.asarray(stored)


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


def _require_announced_size(tags: Dataset, decoder: Decoder, one: Slice) -> None:
    """Refuse a compressed stream that announces another size than the header, before decoding."""
    if not decoder.is_encapsulated:
        return
    try:
        frame = get_frame(tags.PixelData, one.frame or 0, number_of_frames=_frames(tags))
    except Exception:
        return  # the decoder will say what is wrong
    if not is_whole_jpeg(frame):
        raise UnreadableScan(
            f"{short_name(one.path)}: damaged: its compressed image is no whole JPEG"
        )
    size = image_size(frame)
    if size is not None and size != one.shape:
        raise UnreadableScan(
            f"{short_name(one.path)}: damaged: its compressed image is of {size[0]} x {size[1]} "
            f"pixels, its header of {one.shape[0]} x {one.shape[1]}"
        )


def _frames(tags: Dataset) -> int:
    return int(number(tags, "NumberOfFrames") or 1)


def _doubts(below: int, wrapped: int, masked: int, size: int) -> tuple[Notice, ...]:
    notices: list[Notice] = []
    if masked:
        sentence = (
            f"{masked} voxels held more than the bits that the header stores (an overlay, or "
            "nothing that is meant); only those were read."
        )
        notices.append(Notice("bits-above", sentence))
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

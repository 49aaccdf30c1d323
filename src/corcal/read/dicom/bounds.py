"""Sizes of DICOM files, looked at before anything is unpacked.

Source: DICOM PS3.5 A.5 (deflated transfer syntax), PS3.10 7.1 (preamble and meta information);
ISO 10918-1 B.2.2 and ISO 14495-1 C.2.2 (frame headers), ISO 15444-1 A.5.1 (image and tile size).
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

from corcal.core.errors import UnreadableScan

#: First bytes of DICOM files that lack the preamble: group 0002 or 0008, little endian.
_BARE = (b"\x02\x00", b"\x08\x00")
_DEFLATED = b"1.2.840.10008.1.2.1.99"
#: A slice takes 0.5 MB, a whole scan of many frames 300.
_MOST_INFLATED = 1 << 29
_CHUNK = 1 << 20
#: Markers of JPEG and JPEG-LS that begin a frame's header; 0xC4, 0xC8 and 0xCC begin others.
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
_SIZ = b"\xff\x4f\xff\x51"


def is_dicom(file: BinaryIO) -> bool:
    """Tell whether a file begins as DICOM does, and go back to its first byte."""
    head = file.read(132)
    file.seek(0)
    # A group 0008 or 0002 has few elements; the second word of text is a letter.
    return head[128:] == b"DICM" or (head[:2] in _BARE and head[3:4] == b"\0")


def require_bounded(file: BinaryIO, name: str) -> None:
    """Refuse a deflated data set that would unpack to more than a scan, and go back.

    Raises:
        UnreadableScan: it is too large, or its packed part is damaged.
    """
    head = file.read(2048)
    file.seek(0)
    at = head.find(_DEFLATED)
    if at < 0 or at > 600:
        return
    length = int.from_bytes(head[140:144], "little")
    file.seek(144 + length if head[128:132] == b"DICM" and length < 2048 else 0)
    unpacker, size = zlib.decompressobj(-15), 0
    try:
        while packed := unpacker.unconsumed_tail or file.read(_CHUNK):
            size += len(unpacker.decompress(packed, _CHUNK))
            if size > _MOST_INFLATED:
                raise UnreadableScan(
                    f"{name}: would unpack to more than {_MOST_INFLATED >> 20} MiB, more than any "
                    "scan; refused"
                )
            if unpacker.eof:
                break
    except zlib.error:
        raise UnreadableScan(f"{name}: damaged: its deflated part cannot be unpacked") from None
    finally:
        file.seek(0)


#: Tags of the items of compressed pixels, and of their end.
_ITEM, _ITEMS_END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"


def end_of_fragments(stream: bytes, start: int) -> int | None:
    """Return where the fragments of compressed pixels end, or None where they do not.

    Source: DICOM PS3.5 A.4.

    Args:
        stream: holds them.
        start: where the first one begins.
    """
    at = start
    while stream[at : at + 4] == _ITEM:
        at += 8 + int.from_bytes(stream[at + 4 : at + 8], "little")
    return at if stream[at : at + 4] == _ITEMS_END else None


def image_size(stream: bytes) -> tuple[int, int] | None:
    """Return the (rows, columns) that a JPEG, JPEG-LS or JPEG 2000 stream announces, or None."""
    at = stream.find(_SIZ, 0, 4096)
    if at >= 0 and len(stream) >= at + 24:
        x, y, x0, y0 = (int.from_bytes(stream[at + k : at + k + 4]) for k in (8, 12, 16, 20))
        return y - y0, x - x0
    at = 2
    while stream[:2] == b"\xff\xd8" and stream[at : at + 1] == b"\xff" and at + 9 <= len(stream):
        if stream[at + 1] in _FRAMES:
            rows, columns = stream[at + 5 : at + 7], stream[at + 7 : at + 9]
            return int.from_bytes(rows), int.from_bytes(columns)
        # A marker may be preceded by fill bytes.
        length = int.from_bytes(stream[at + 2 : at + 4])
        at += 1 if stream[at + 1] == 0xFF else 2 + length
    return None


#: JPEG markers: tables of Huffman codes, start of the scan; and bytes of a table before its codes.
_DHT, _SOS, _COUNTS = 0xC4, 0xDA, 17


def is_whole_jpeg(stream: bytes) -> bool:
    """Tell whether the segments of a JPEG stream up to its scan are what they announce.

    The decoder ends the whole process at a stream whose tables are not. What is no JPEG is left to
    it. Source: ISO 10918-1 B.1 and B.2.4.2.
    """
    if stream[:2] != b"\xff\xd8":
        return True
    at, frame = 2, False
    while at + 4 <= len(stream) and stream[at] == 0xFF:
        marker = stream[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        length = int.from_bytes(stream[at + 2 : at + 4])
        if length < 2 or at + 2 + length > len(stream):
            return False
        if marker == _SOS:
            return frame
        frame = frame or marker in _FRAMES
        if marker == _DHT and not _are_tables(stream[at + 4 : at + 2 + length]):
            return False
        at += 2 + length
    return False


def _are_tables(content: bytes) -> bool:
    at = 0
    while at < len(content):
        counts = content[at + 1 : at + _COUNTS]
        at += _COUNTS + sum(counts)
    return at == len(content)

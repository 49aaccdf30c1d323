"""Values of DICOM headers, forgiving where archives are careless."""

from __future__ import annotations

import logging
import struct
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from typing import Any

from pydicom import config
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException

Vector = tuple[float, ...]

#: The errors by which pydicom answers a value that is no value of its kind.
_MALFORMED = (
    ValueError,
    TypeError,
    AttributeError,
    KeyError,
    OverflowError,
    NotImplementedError,
    EOFError,
    struct.error,
    BytesLengthException,
)


@contextmanager
def quiet_pydicom() -> Iterator[list[warnings.WarningMessage]]:
    """Read what standards forbid but archives hold; give the list of warnings it fills.

    pydicom warns and logs about odd values and quotes them: they may name the patient.
    """
    log = logging.getLogger("pydicom")
    before = log.disabled
    log.disabled = True
    try:
        with config.disable_value_validation(), warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield warned
    finally:
        log.disabled = before


def value(tags: Dataset, keyword: str) -> Any:
    """Return a header value, or None where it is absent, empty or malformed."""
    try:
        found = tags.get(keyword)
    except _MALFORMED:
        return None
    return None if found is None or found in ("", []) else found


def is_stated(tags: Dataset, keyword: str) -> bool:
    """Tell whether a header states a value at all, be it malformed."""
    return value(tags, keyword) is not None or bool(_raw_text(tags, keyword))


def _raw_text(tags: Dataset, keyword: str) -> str:
    """Return a value that pydicom could not convert as the text that stands in the file."""
    tag = tag_for_keyword(keyword)
    try:
        raw = None if tag is None or tag not in tags else tags.get_item(tag)
    except _MALFORMED:
        return ""
    content = getattr(raw, "value", None)
    return content.decode("latin-1").strip(" \0") if isinstance(content, bytes) else ""


def number(tags: Dataset, keyword: str) -> float | None:
    """Return the first number of a header value, or None."""
    numbers = vector(tags, keyword)
    return numbers[0] if numbers else None


def vector(tags: Dataset, keyword: str, length: int | None = None) -> Vector | None:
    """Return the numbers of a header value, or None unless there are `length` of them."""
    found = value(tags, keyword)
    if found is None:
        found = _raw_text(tags, keyword).split("\\")
        if found == [""]:
            return None
    many = found if isinstance(found, Iterable) and not isinstance(found, str) else [found]
    try:
        # A decimal comma is no DICOM, but clear: "0,70\\0,70".
        numbers = tuple(float(str(v).strip().replace(",", ".")) for v in many)
    except (ValueError, TypeError):
        return None
    if not all(isfinite(n) for n in numbers):
        return None
    return numbers if length is None or len(numbers) == length else None


def text(tags: Dataset, keyword: str) -> str:
    """Return a header value as text, several values joined as DICOM does; "" where absent."""
    found = value(tags, keyword)
    if found is None:
        return ""
    many = found if isinstance(found, Iterable) and not isinstance(found, str) else [found]
    return "\\".join(str(v).strip() for v in many)


def group(tags: Dataset, keyword: str) -> Dataset:
    """Return the first item of a sequence, or an empty data set."""
    found = value(tags, keyword)
    return found[0] if found else Dataset()


def words(image_type: str) -> frozenset[str]:
    """Return the words of an ImageType: "CT_SOM5 MPR" holds MPR."""
    return frozenset(image_type.upper().replace("\\", " ").replace("_", " ").split())

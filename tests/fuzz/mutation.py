"""Bytes changed as transfers, careless programs and attackers change them."""

from __future__ import annotations

import re

import numpy as np

_NUMBER = re.compile(rb"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
#: Numbers that break what counts on ordinary ones.
_NUMBERS = (
    b"",
    *b"0 -1 1 2 3 255 256 65535 65536 2147483647 -2147483648 4294967295 4294967296".split(),
    *b"9999999999999999999 1e308 -1e308 1e-308 nan inf -inf 0.5 1,5 x 1.5.2 0x10 --3".split(),
)
_WORDS = (
    *(b"\0", b"\xff", b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", "\N{SNOWMAN}".encode()),
    *b"; , \" ' \\ .. / %s = [ ] ( )".split(),
)
_LENGTHS = (0, 1, 0x7F, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)


def mutate(content: bytes, rng: np.random.Generator) -> bytes:
    """Return content with one to four changes; the header is changed more often than the rest.

    Args:
        content: of a file.
        rng: decides everything.
    """
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 5))):
        if not changed:
            break
        changed = _CHANGES[int(rng.integers(len(_CHANGES)))](changed, rng)
    return bytes(changed)


def _place(content: bytearray, rng: np.random.Generator) -> int:
    """Return a place, three times of four within the first 2048 bytes."""
    end = len(content) if rng.random() < 0.25 else min(len(content), 2048)
    return int(rng.integers(end))


def _flip(content: bytearray, rng: np.random.Generator) -> bytearray:
    content[_place(content, rng)] ^= 1 << int(rng.integers(8))
    return content


def _overwrite(content: bytearray, rng: np.random.Generator) -> bytearray:
    at = _place(content, rng)
    size = int(rng.integers(1, 9))
    content[at : at + size] = rng.bytes(len(content[at : at + size]))
    return content


def _length(content: bytearray, rng: np.random.Generator) -> bytearray:
    at, size = _place(content, rng), int(rng.choice([2, 4, 8]))
    value = int(_LENGTHS[int(rng.integers(len(_LENGTHS)))])
    raw = (value & ((1 << (8 * size)) - 1)).to_bytes(size, "little")
    if rng.random() < 0.2:
        raw = raw[::-1]
    content[at : at + size] = raw[: len(content[at : at + size])]
    return content


def _cut(content: bytearray, rng: np.random.Generator) -> bytearray:
    at = _place(content, rng)
    del content[at : at + int(rng.integers(1, 64))]
    return content


def _truncate(content: bytearray, rng: np.random.Generator) -> bytearray:
    del content[int(rng.integers(len(content))) :]
    return content


def _repeat(content: bytearray, rng: np.random.Generator) -> bytearray:
    at = _place(content, rng)
    part = content[at : at + int(rng.integers(1, 128))]
    content[at:at] = part * int(rng.integers(1, 4))
    return content


def _insert(content: bytearray, rng: np.random.Generator) -> bytearray:
    at = _place(content, rng)
    content[at:at] = _WORDS[int(rng.integers(len(_WORDS)))] * int(rng.integers(1, 4))
    return content


def _renumber(content: bytearray, rng: np.random.Generator) -> bytearray:
    head = bytes(content[:4096])
    found = list(_NUMBER.finditer(head))
    if not found:
        return content
    match = found[int(rng.integers(len(found)))]
    number = _NUMBERS[int(rng.integers(len(_NUMBERS)))]
    if rng.random() < 0.5:  # of the same length, so that binary formats stay in step
        number = number[: len(match[0])].ljust(len(match[0]))
    content[match.start() : match.end()] = number
    return content


def _swap(content: bytearray, rng: np.random.Generator) -> bytearray:
    a, b = _place(content, rng), _place(content, rng)
    size = int(rng.integers(1, 17))
    low, high = min(a, b), max(a, b)
    size = min(size, high - low, len(content) - high)
    one, other = bytes(content[low : low + size]), bytes(content[high : high + size])
    content[low : low + size], content[high : high + size] = other, one
    return content


_CHANGES = (
    _flip, _overwrite, _length, _cut, _truncate, _repeat, _insert, _renumber, _renumber, _renumber,
    _swap,
)  # fmt: skip

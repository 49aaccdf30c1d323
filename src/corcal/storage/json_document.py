"""JSON in one form: indented by 2, UTF-8, no NaN, a line end at the end; and its strict reader."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from corcal.core.errors import InputRefused, UnreadableScan

_HALF = re.compile("[\ud800-\udfff]")


def json_text(document: Any) -> str:
    """Return a document as indented text without a line end; keys stay in their order.

    Raises:
        ValueError: it holds a number that is NaN or infinite, which JSON does not know.
    """
    text = json.dumps(document, indent=2, allow_nan=False, ensure_ascii=False)
    # Halves of a character, which stand for bytes of a header that were no text, have no UTF-8.
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def json_bytes(document: Any) -> bytes:
    """Return the content of a JSON file: UTF-8, indented, with a line end.

    Raises:
        ValueError: as `json_text`.
    """
    return f"{json_text(document)}\n".encode()


def read_json(path: Path, *, refusal: type[InputRefused] = UnreadableScan, remedy: str = "") -> Any:
    """Return what a JSON file holds.

    Args:
        path: the file.
        refusal: the kind of error.
        remedy: what a person can do about a file that cannot be read; ends the message.

    Raises:
        InputRefused: of the kind `refusal`: the file is absent, or not strict JSON in UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        why = f"missing or damaged ({error.strerror or error})"
        raise refusal(f"{path}: {why}{_end(remedy)}") from error
    return parse_json(content, path, refusal=refusal, remedy=remedy)


def parse_json(
    content: bytes,
    name: Path | str,
    *,
    refusal: type[InputRefused] = UnreadableScan,
    remedy: str = "",
) -> Any:
    """Return what the content of a JSON file holds.

    A key that stands twice in one object and the numbers NaN and Infinity are refused: other
    programs take them in other ways.

    Args:
        content: of the file; UTF-8, with or without a byte order mark.
        name: of the file, for messages.
        refusal: as in `read_json`.
        remedy: as in `read_json`.

    Raises:
        InputRefused: of the kind `refusal`; the message names file and line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        why = f"line {line}: damaged: it is not UTF-8 text"
        raise refusal(f"{name}, {why}{_end(remedy)}") from None
    try:
        return json.loads(text, parse_constant=_no_number, object_pairs_hook=_distinct)
    except json.JSONDecodeError as error:
        why = f", line {error.lineno}: damaged: it is not JSON ({error.msg})"
    except _Unclear:
        why = _first_doubt(text)
    except RecursionError:
        why = ": damaged: it is nested too deeply"
    raise refusal(f"{name}{why}{_end(remedy)}")


class _Unclear(Exception):
    """JSON that other programs take in other ways."""


def _no_number(word: str) -> NoReturn:
    raise _Unclear(word)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _Unclear
    return made


_TOKEN = re.compile(r'(?P<text>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?|[{}]|-?Infinity|NaN')


def _first_doubt(text: str) -> str:
    """Return where a key stands a second time in its object, or a word is no number, and which."""
    keys: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        at = f", line {text[: token.start()].count(chr(10)) + 1}: damaged: "
        if token["colon"]:
            key = json.loads(token["text"])
            if key in keys[-1]:
                return f"{at}{key!r} stands a second time in one object"
            keys[-1].add(key)
        elif token[0] == "{":
            keys.append(set())
        elif token[0] == "}":
            keys.pop()
        elif not token["text"]:
            return f"{at}{token[0]} is no number of JSON"
    return ": damaged"


def _end(remedy: str) -> str:
    return f"; {remedy}" if remedy else ""

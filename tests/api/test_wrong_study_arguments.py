"""Annotating, training and phantoms answer wrong arguments from Python as scoring does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import corcal
from corcal import annotate, phantom, train

# Untyped: a type checker would refuse these calls, too.
drawn_scan: Any = annotate.DrawnScan
annotate_scan: Any = annotate.annotate_scan
parse_map: Any = annotate.parse_map
training_folder: Any = train.TrainingFolder
make_case: Any = phantom.make_case


def test_paths_may_be_texts() -> None:
    entry = drawn_scan("ct", "drawn.con")
    assert (entry.scan, entry.drawing) == (Path("ct"), Path("drawn.con"))
    assert training_folder("work").folder == Path("work")


def test_empty_paths_are_refused() -> None:
    with pytest.raises(corcal.InputRefused, match=r"^scan: the path is empty: "):
        drawn_scan("", "drawn.con")
    with pytest.raises(corcal.InputRefused, match=r"^folder: the path is empty: "):
        training_folder("")


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: drawn_scan("ct", None), "drawing: a path is needed, not NoneType"),
        (lambda: training_folder(5), "folder: a path is needed, not int"),
        (
            lambda: annotate_scan(("ct", "x.con"), "out", options=annotate.AnnotateOptions()),
            "entry: a DrawnScan, such as DrawnScan('ct', 'drawn.con'), is needed, not tuple",
        ),
        (
            lambda: annotate_scan(drawn_scan("ct", "x.con"), "out", options={}),
            "options: an AnnotateOptions, such as AnnotateOptions(), is needed, not dict",
        ),
        (
            lambda: parse_map("1=RCA"),
            "texts: a list of texts, such as ['1=RCA,2=LAD'], is needed, not str",
        ),
        (
            lambda: make_case(4, options="tiny"),
            "options: a PhantomOptions, such as PhantomOptions.tiny(), is needed, not str",
        ),
    ],
)
def test_another_kind_is_refused_by_name(call: Callable[[], Any], text: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(text)}$"):
        call()

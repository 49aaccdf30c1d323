"""Forms out: per reader one self-contained page that saves ratings as CSV, and a blank CSV."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

from corcal.core.artery import Artery
from corcal.evaluate.readers.pictures import CasePictures, Shot
from corcal.evaluate.readers.ratings import COLUMNS
from corcal.evaluate.readers.study import STRUCTURES, BlindedCase, Study
from corcal.report import ARTERY_COLOURS, CALCIUM_COLOUR, css
from corcal.storage import csv_bytes

_QUESTIONS = {"artery": "The artery", "calcium": "Its calcium"}


def form_files(study: Study) -> tuple[str, ...]:
    """Return the names of the files that `build_forms` makes."""
    return tuple(name for r in study.order for name in (f"form-{r}.html", f"ratings-{r}.csv"))


def build_forms(study: Study, pictures: Mapping[str, CasePictures]) -> dict[str, bytes]:
    """Return the forms and blank ratings of every reader, by file name.

    They hold neither the cases' names nor a link between the codes of two readers.

    Args:
        study: the plan.
        pictures: by the name of the case.
    """
    made: dict[str, bytes] = {}
    for reader, blinded in study.order.items():
        made[f"form-{reader}.html"] = _form(study, reader, pictures)
        made[f"ratings-{reader}.csv"] = blank_ratings(reader, blinded)
    return made


def blank_ratings(reader: str, blinded: tuple[BlindedCase, ...]) -> bytes:
    """Return a ratings file with every row of a reader's form and no rating."""
    rows = ((reader, one.code, s.artery, s.part, "") for one in blinded for s in STRUCTURES)
    return csv_bytes(COLUMNS, rows)


def _form(study: Study, reader: str, pictures: Mapping[str, CasePictures]) -> bytes:
    script = _source("form.js")
    hashed = hashlib.sha256(script.encode()).digest()
    slices = max(len(s) for p in pictures.values() for s in p.arteries.values())
    page = _template().render(
        reader=reader,
        categories=study.categories,
        slices=slices,
        legend=[(a.title, css(c)) for a, c in ARTERY_COLOURS.items()]
        + [("calcium", css(CALCIUM_COLOUR))],
        data=_data(study, reader, pictures),
        script=script,
        script_hash="sha256-" + base64.b64encode(hashed).decode("ascii"),
    )
    return page.encode()


def _data(study: Study, reader: str, pictures: Mapping[str, CasePictures]) -> str:
    """Return what the page shows as JSON that cannot end the element it stands in."""
    blinded = study.order[reader]
    codes = " ".join(one.code for one in blinded)
    document = {
        # Tells the forms that one browser keeps apart; made of what the reader sees anyway.
        "name": hashlib.sha256(codes.encode()).hexdigest()[:16],
        "reader": reader,
        "columns": COLUMNS,
        "categories": [c.name for c in study.categories],
        "structures": [{"name": n, "question": q} for n, q in _QUESTIONS.items()],
        "arteries": [
            {"name": a.value, "title": a.title, "colour": css(ARTERY_COLOURS[a])} for a in Artery
        ],
        "cases": [_case(one, pictures[one.case]) for one in blinded],
    }
    return json.dumps(document).replace("<", "\\u003c")


def _case(one: BlindedCase, pictures: CasePictures) -> dict[str, Any]:
    return {
        "code": one.code,
        "arteries": {
            a.value: [_encode(s) for s in shots] for a, shots in pictures.arteries.items()
        },
        "front": _encode(pictures.front),
    }


def _encode(shot: Shot) -> dict[str, str]:
    return {"plain": shot.plain, "marked": shot.marked}


def _source(name: str) -> str:
    return files("corcal.evaluate.readers").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_source("form.html"))

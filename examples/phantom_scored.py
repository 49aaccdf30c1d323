"""Make a phantom, score it, and show truth beside result on one page.

    python examples/phantom_scored.py out/phantom_scored.html

The page needs no other file. Everything on it is synthetic: it shows that the program does what
it should, and nothing about patients. No training saw this phantom; `--seed` makes another.
"""

from __future__ import annotations

import argparse
import base64
import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jinja2 import Environment, StrictUndefined
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

import corcal
from corcal import Artery, Reading
from corcal.phantom import PhantomCase, PhantomOptions, make_case
from corcal.report import (
    ARTERY_COLOURS,
    CALCIUM_COLOUR,
    MEDIASTINUM_HU,
    View,
    css,
    paint_marked,
    paint_plain,
)

TEMPLATE = Path(__file__).with_name("phantom_scored.html")
#: Pixels of a picture's side, slices shown, and a square around the heart in mm.
SIDE, SLICES, ROOM_MM = 420, 5, 15.0


@dataclass(frozen=True)
class LesionRow:
    """A lesion of the phantom, and what became of it."""

    number: int
    artery: str
    vessel: str
    volume_mm3: float
    hu: float
    visible_mm3: float
    found: float
    verdict: str


@dataclass(frozen=True)
class ArteryRow:
    """An artery of the phantom: what is true, and what corcal says."""

    artery: Artery
    plaques: int
    volume_mm3: float
    visible_mm3: float
    true_agatston: float
    mask_mm3: float
    agatston: float

    @property
    def verdict(self) -> str:
        """Return what to make of the two."""
        there, called = self.visible_mm3 > 0, self.mask_mm3 > 0
        return {
            (True, True): "found",
            (True, False): "missed",
            (False, True): "false alarm",
            (False, False): "none to be seen" if self.plaques else "rightly none",
        }[there, called]


def main() -> None:
    """Make the phantom, score it, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("html", type=Path)
    parser.add_argument("--seed", type=int, default=1002)
    parser.add_argument("--burden", default="some", choices=["zero", "few", "some", "many", "mix"])
    args = parser.parse_args()
    options = replace(
        PhantomOptions.as_acquired(thickness_mm=3.0), burden=args.burden, contrast=0.0
    )
    case = make_case(args.seed, options=options)
    args.html.parent.mkdir(parents=True, exist_ok=True)
    args.html.write_text(page(case, corcal.score(case.scan)), encoding="utf-8")


def page(case: PhantomCase, reading: Reading) -> str:
    """Return the page on a phantom and what was found in it."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        case=case,
        seed=case.parameters["seed"],
        version=corcal.__version__,
        disclaimer=corcal.DISCLAIMER,
        arteries=artery_rows(case, reading),
        lesions=lesion_rows(case, reading),
        alarms=false_alarms(case, reading),
        slices=[slice_row(case, reading, k) for k in shown_slices(case, reading)],
        colours={a.value: css(c) for a, c in ARTERY_COLOURS.items()},
        blue=css(CALCIUM_COLOUR),
        notices=reading.report.notices,
    )


def artery_rows(case: PhantomCase, reading: Reading) -> list[ArteryRow]:
    """Return a row for every artery."""
    rows = []
    for artery in Artery:
        mine = [x for x in case.lesions if x.artery == artery.value]
        score = reading.report.score.of(artery)
        rows.append(
            ArteryRow(
                artery=artery,
                plaques=len(mine),
                volume_mm3=sum(x.volume_mm3 for x in mine),
                visible_mm3=sum(x.visible_mm3 for x in mine),
                true_agatston=case.agatston[artery.value],
                mask_mm3=1000.0 * score.mask_volume_ml,
                agatston=score.agatston,
            )
        )
    return rows


def lesion_rows(case: PhantomCase, reading: Reading) -> list[LesionRow]:
    """Return a row for every lesion, the largest first."""
    rows = []
    for lesion in sorted(case.lesions, key=lambda x: -x.visible_mm3):
        there = reading.labels.codes[case.auxiliary["lesions"] == lesion.number]
        called = there[there > 3]
        found = called.size / there.size if there.size else 0.0
        verdict = "not visible"
        if there.size:
            verdict = "missed"
        if called.size:
            most = list(Artery)[int(np.bincount(called).argmax()) - 4]
            right = most.value == lesion.artery
            verdict = "found" if right else f"found, but called {most.value}"
        figures = (lesion.volume_mm3, lesion.hu, lesion.visible_mm3)
        rows.append(
            LesionRow(lesion.number, lesion.artery, lesion.vessel, *figures, found, verdict)
        )
    return rows


def false_alarms(case: PhantomCase, reading: Reading) -> list[tuple[str, float, str]]:
    """Return artery, mm3 and place of everything that was called calcium and is none."""
    found = reading.labels.codes > 3
    parts, count = ndimage.label(found, np.ones((3, 3, 3)))
    near = ndimage.binary_dilation(case.labels > 3, np.ones((3, 3, 3)))
    out = []
    for i in range(1, count + 1):
        part = parts == i
        if not (part & near).any():
            code = int(np.bincount(reading.labels.codes[part]).argmax())
            volume = float(np.count_nonzero(part)) * case.grid.voxel_mm3
            out.append((list(Artery)[code - 4].value, volume, place(case, part)))
    return out


def place(case: PhantomCase, part: NDArray[np.bool_]) -> str:
    """Return on what a false alarm lies."""
    names = {"other_calcium": "calcium that is not coronary", "metal": "metal", "aorta": "aorta"}
    around = ndimage.binary_dilation(part)
    return next((said for name, said in names.items() if case.auxiliary[name][around].any()), "")


def shown_slices(case: PhantomCase, reading: Reading) -> list[int]:
    """Return the slices worth showing: the most calcium, and the most that is disputed."""
    true, found = case.labels, reading.labels.codes
    disputed = np.count_nonzero((true != found) & ((true > 3) | (found > 3)), axis=(1, 2))
    candidates = [int(disputed.argmax())]
    for artery in Artery:
        code = artery.calcium_code
        here = np.count_nonzero((true == code) | (found == code), axis=(1, 2))
        if here.any():
            candidates.append(int(here.argmax()))
    total = np.count_nonzero(true > 3, axis=(1, 2))
    candidates += [int(k) for k in np.argsort(-total, kind="stable")[:SLICES] if total[k]]
    return sorted(list(dict.fromkeys(candidates))[:SLICES], reverse=True)


def slice_row(case: PhantomCase, reading: Reading, k: int) -> dict[str, object]:
    """Return one slice: plain, with what is true, and with what was found."""
    views = [view_of(case, codes[k], k) for codes in (case.labels, reading.labels.codes)]
    pictures = [
        paint_plain(views[0], SIDE),
        paint_marked(views[0], SIDE),
        paint_marked(views[1], SIDE),
    ]
    z_mm = case.grid.to_lps(np.array([[float(k), 0.0, 0.0]]))[0, 2]
    return {"title": f"slice {k + 1}, z {z_mm:.0f} mm", "pictures": [inline(p) for p in pictures]}


def view_of(case: PhantomCase, codes: NDArray[np.uint8], k: int) -> View:
    """Return the heart in one slice."""
    _, row_mm, column_mm = case.grid.spacing_mm
    _, rows, columns = np.nonzero(case.auxiliary["heart"])
    middle = (rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2
    half_mm = max(np.ptp(rows) * row_mm, np.ptp(columns) * column_mm) / 2 + ROOM_MM
    cut = tuple(
        slice(max(int(m - half_mm / s), 0), int(m + half_mm / s))
        for m, s in zip(middle, (row_mm, column_mm), strict=True)
    )
    return View(
        name=f"slice-{k}",
        title="",
        caption="",
        hu=case.hu[k][cut],
        codes=codes[cut],
        pixel_mm=(row_mm, column_mm),
        window_hu=MEDIASTINUM_HU,
        edges=("R", "L", "A", "P"),
    )


def inline(picture: Image.Image) -> str:
    """Return a picture as text that a page can hold."""
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


if __name__ == "__main__":
    main()

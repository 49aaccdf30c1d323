"""The form in a real browser: a reader rates, leaves, comes back, saves, and the file is read."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corcal.evaluate.cases import result_folders
from corcal.evaluate.readers.forms import build_forms
from corcal.evaluate.readers.pictures import pictures_of_result
from corcal.evaluate.readers.ratings import read_ratings
from corcal.evaluate.readers.study import SCALE, STRUCTURES, Category, Study, plan_study
from tests.evaluate.conftest import NAMES
from tests.evaluate.readers.browser import Browser
from tests.report.page.test_page_in_chromium import CHROMIUM

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

SHOWN = "document.getElementById('where').textContent"
PROGRESS = "document.getElementById('progress').textContent"
MESSAGE = "document.getElementById('message').textContent"


@pytest.fixture
def study() -> Study:
    scale = (*SCALE, Category('say "so", or'))
    return plan_study(NAMES, ["A"], categories=scale, seed=5)


@pytest.fixture
def page(cases: Path, study: Study, tmp_path: Path) -> Path:
    folders = result_folders([cases / "results"])
    pictures = {name: pictures_of_result(folder) for name, folder in folders.items()}
    path = tmp_path / "form-A.html"
    path.write_bytes(build_forms(study, pictures)["form-A.html"])
    return path


@pytest.fixture
def browser(page: Path, tmp_path: Path) -> Iterator[Browser]:
    with Browser(tmp_path) as one:
        one.open(page)
        yield one


def click(browser: Browser, button: str) -> None:
    browser.run(f"document.getElementById('{button}').click()")


def rate_case(browser: Browser, choice: int) -> None:
    browser.run(
        "document.querySelectorAll('fieldset').forEach("
        f"f => f.querySelectorAll('input')[{choice}].click())"
    )


def saved(folder: Path) -> Path:
    click_time = time.monotonic()
    while time.monotonic() - click_time < 600:
        found = sorted(folder.glob("ratings-A*.csv"), key=lambda p: p.stat().st_mtime)
        if found and not list(folder.glob("*.crdownload")):
            return found[-1]
        time.sleep(0.1)
    raise AssertionError("nothing was downloaded")


def test_a_whole_session(browser: Browser, study: Study, tmp_path: Path) -> None:
    first = study.order["A"][0].code
    assert browser.run(SHOWN) == f"Case 1 of 3 ({first})"
    assert browser.run(PROGRESS) == "0 of 18 ratings made"
    for choice in (0, 1, 3):
        rate_case(browser, choice)
        click(browser, "next")
    assert browser.run(PROGRESS) == "18 of 18 ratings made"
    click(browser, "save")
    assert browser.run(MESSAGE) == "Saved. Every rating is made."
    found = read_ratings([saved(tmp_path)], key=study)
    by_case = [
        {found.of(one.case, structure) for structure in STRUCTURES} for one in study.order["A"]
    ]
    assert by_case == [{("excellent",)}, {("minor",)}, {('say "so", or',)}]
    assert browser.complaints == []


def test_pictures_are_shown_and_marks_can_be_hidden(browser: Browser) -> None:
    widths = browser.run(
        "Promise.all([...document.images].filter(i => i.src).map(i => i.decode()))"
        ".then(() => [...document.querySelectorAll('.shots img')].map(i => i.naturalWidth))"
    )
    assert widths == [480] * 8
    hidden = "[...document.images].filter(i => i.style.visibility === 'hidden').length"
    assert browser.run(hidden) == 0
    browser.run("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'm'}))")
    assert browser.run(hidden) == 4


def test_ratings_are_kept_until_the_reader_comes_back(browser: Browser, page: Path) -> None:
    rate_case(browser, 2)
    # As if another day: the page asks before it is left unsaved, and is answered: leave.
    browser.run("unsaved = false")
    browser.open(page)
    assert browser.run(PROGRESS) == "6 of 18 ratings made"
    click(browser, "open")
    assert browser.run(SHOWN).startswith("Case 2 of 3")


def test_an_unfinished_file_is_loaded_again(browser: Browser, study: Study) -> None:
    code = study.order["A"][1].code
    rows = f'reader,case,artery,structure,rating\nA,{code},LAD,calcium,"say ""so"", or"\n'
    browser.run(f'load(new File([{json.dumps(rows)}], "r.csv"))')
    assert browser.run(MESSAGE) == "1 ratings loaded."
    assert browser.run(PROGRESS) == "1 of 18 ratings made"
    browser.run('load(new File(["reader,case\\nB,XXXX,RCA,artery,minor\\n"], "r.csv"))')
    assert browser.run(MESSAGE) == "That file holds no ratings of this form."


def test_a_script_from_elsewhere_does_not_run(browser: Browser) -> None:
    browser.run(
        "document.body.append(Object.assign(document.createElement('script'),"
        "{textContent: 'window.stranger = 1'}))"
    )
    assert browser.run("window.stranger") is None
    assert any("Content Security Policy" in c for c in browser.complaints)

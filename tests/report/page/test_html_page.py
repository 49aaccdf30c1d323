from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading
from corcal.core.scan import Acquisition, Notice, Source
from corcal.core.score import OmittedPiece, Place
from corcal.core.severity import CacDrs
from corcal.report import ReportOptions
from corcal.report.case import make_case
from corcal.report.page.html_page import LISTED_LESIONS, PagePictures, report_html
from corcal.report.pictures.overview import paint_pictures
from corcal.report.pictures.strips import paint_strips
from corcal.report.pictures.tiles import make_tiles
from corcal.report.pictures.views import take_views
from corcal.report.words.limits import DISCLAIMER, NON_GATED_LIMITS
from tests.report.conftest import LAD, RCA, RCA_LESION, no_calcium

VOID = {"meta", "img", "br", "link", "input", "hr"}


class Page(HTMLParser):
    """Tables by id as rows of cell texts; tags with their attributes; balance of the tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self._open: list[str] = []
        self._table: list[list[str]] | None = None
        self._cell = False
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._table = self.tables.setdefault(dict(attrs).get("id") or "", [])
        elif tag == "tr" and self._table is not None:
            self._table.append([])
        elif tag in ("td", "th") and self._table is not None:
            self._table[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "table":
            self._table = None
        elif tag in ("td", "th"):
            self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell and self._table is not None:
            self._table[-1][-1] += data


def html_of(reading: Reading) -> str:
    options = ReportOptions()
    pictures = paint_pictures(take_views(reading))[len(Artery) :]
    case = make_case(reading.scan, options)
    shown = PagePictures(pictures, make_tiles(reading), paint_strips(reading))
    return report_html(reading, case, options, shown).decode()


def without_images(html: str) -> str:
    return re.sub(r"data:image/jpeg;base64,[A-Za-z0-9+/=]+", "", html)


def test_the_table_per_artery(reading: Reading) -> None:
    rows = Page(html_of(reading)).tables["arteries"]
    assert rows[0][:4] == ["Artery", "Calcium", "Agatston-equivalent (estimated)", "Volume mm³"]
    assert rows[1:] == [
        ["RCA", "present", "118", "98", "1", "612"],
        ["Left main + LAD", "present", "27", "36", "2", "410"],
        ["LCX", "none found", "0", "0", "0", "–"],
        ["Total", "2 of 3", "146", "135", "3", "612"],
    ]


def test_an_artery_that_is_not_sure_says_so(reading: Reading) -> None:
    sure = tuple(Certainty(a, p, p < 0.8) for a, p in zip(Artery, (0.99, 0.714, 0.85), strict=True))
    page = Page(html_of(replace(reading, report=replace(reading.report, certainty=sure))))
    assert [row[1] for row in page.tables["arteries"][1:4]] == [
        "present, 99 % sure",
        "present, 71 % sure: uncertain",
        "none found, 85 % sure",
    ]


def test_lesions_come_largest_first_with_their_slice(reading: Reading) -> None:
    rows = Page(html_of(reading)).tables["lesions"]
    assert [r[:3] for r in rows[1:]] == [
        ["RCA", "6", "98"],
        ["Left main + LAD", "9", "30"],
        ["Left main + LAD", "10", "6.5"],
    ]


def test_many_lesions_are_cut_short_and_counted(
    reading: Reading, with_scores: Callable[..., Reading]
) -> None:
    rca = replace(RCA, lesions=(RCA_LESION,) * 40)
    many = with_scores(reading, (rca, LAD, no_calcium(reading.report.score.arteries[2].artery)),
                       CacDrs("V", 2, 2))  # fmt: skip
    html = html_of(many)
    assert len(Page(html).tables["lesions"]) == 1 + LISTED_LESIONS
    assert f"The {LISTED_LESIONS} largest of 42; all are in report.json." in html


def test_the_page_fetches_nothing_and_runs_nothing(reading: Reading) -> None:
    page = Page(html_of(reading))
    assert {t for t, _ in page.tags}.isdisjoint({"script", "link", "iframe", "object", "form"})
    for tag, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes), tag
        for name in ("src", "href"):
            assert (attributes.get(name) or "data:").startswith(("data:", "#slice-"))
    assert "http" not in without_images(html_of(reading)).replace("http-equiv", "")
    assert "url(" not in html_of(reading)


def test_every_picture_is_described(reading: Reading) -> None:
    images = [a for t, a in Page(html_of(reading)).tags if t == "img"]
    assert len(images) == 2 * (3 + 2)
    assert all(image["alt"] for image in images)
    assert all(a.get("scope") for t, a in Page(html_of(reading)).tags if t == "th")


def test_what_it_is_not_and_how_far_it_goes(reading: Reading, clean: Reading) -> None:
    for one in (reading, clean):
        html = html_of(one)
        assert html.count(DISCLAIMER) == 2
        assert all(sentence in html for sentence in NON_GATED_LIMITS)
        assert "derived from the Agatston-equivalent score, not visual" in html
        assert "left main counted with LAD" in html
        assert "CAC-DRS V" not in html


def test_a_gated_scan_is_not_called_an_estimate(
    reading: Reading, with_scores: Callable[..., Reading]
) -> None:
    gated = with_scores(reading, reading.report.score.arteries, CacDrs("A", 2, 2))
    html = without_images(html_of(gated))
    assert "(estimated)" not in html
    assert "derived" not in html
    assert NON_GATED_LIMITS[0] not in html
    assert "CAC-DRS A2/N2" in html


@pytest.mark.parametrize("word", ["statin", "aspirin", "medication", "treatment", "recommend"])
def test_no_advice_is_given(reading: Reading, word: str) -> None:
    assert word not in without_images(html_of(reading)).lower()


def test_text_from_the_scan_is_never_markup(reading: Reading) -> None:
    evil = "<script>alert(1)</script>"
    scan = replace(
        reading.scan,
        acquisition=Acquisition(kernel=evil, manufacturer='"><b>', model="\udcff"),
        notices=(Notice("odd", evil),),
    )
    html = html_of(replace(reading, scan=scan))
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 4
    Page(html)


def test_paths_and_names_stay_out(reading: Reading) -> None:
    html = html_of(reading)
    assert "DOE" not in without_images(html)
    assert "/somewhere" not in html


def test_what_was_asked_for_is_shown_and_nothing_else(reading: Reading) -> None:
    assert "MESA percentile" not in html_of(reading)
    report = replace(reading.report, percentile="75-90", arterial_age_years=66.2)
    html = html_of(replace(reading, report=report))
    assert "MESA percentile: <b>75-90</b>" in html
    assert "Arterial age: <b>66 years</b>" in html


def test_labels_that_were_given_need_no_model(reading: Reading) -> None:
    stamp = replace(reading.report.provenance, models=(), seconds={})
    given = replace(
        reading,
        scan=replace(reading.scan, source=Source(), acquisition=Acquisition()),
        heart=None,
        report=replace(reading.report, provenance=stamp),
    )
    html = html_of(given)
    assert "No model: the labels were given." in html
    assert "not stated" in html


def test_every_lesion_leads_to_its_tile(reading: Reading) -> None:
    page = Page(html_of(reading))
    ids = {a["id"] for t, a in page.tags if t == "figure" and "id" in a}
    links = {(a["href"] or "")[1:] for t, a in page.tags if t == "a"}
    assert links
    assert links <= ids


def test_images_carry_the_numbers_of_the_pacs(reading: Reading) -> None:
    source = replace(reading.scan.source, instance_numbers=tuple(range(112, 100, -1)))
    numbered = replace(reading, scan=replace(reading.scan, source=source))
    html = html_of(numbered)
    assert Page(html).tables["lesions"][1][:2] == ["RCA", "107"]
    assert "(images 106 to 107)" in html
    assert "(slices 6 to 7)" in html_of(reading)


def test_the_verdict_says_what_it_hangs_on(reading: Reading) -> None:
    sure = tuple(Certainty(a, p, p < 0.8) for a, p in zip(Artery, (0.7, 1.0, 0.99), strict=True))
    html = html_of(replace(reading, report=replace(reading.report, certainty=sure)))
    sentence = "Moderate (146), if the RCA finding is right; without it mild (27). Look at slices"
    assert f"{sentence} 6 to 7." in html
    assert "100 %" not in html
    assert "&gt; 99 % sure" in html


def test_what_was_left_out_is_listed_with_its_image(reading: Reading) -> None:
    piece = OmittedPiece(Place.INSIDE, 21.0, 402.0, (30.0, 24.0, 9.0), (2, 4))
    found = replace(reading, report=replace(reading.report, omitted=(piece,)))
    row = Page(html_of(found)).tables["omitted"][1]
    assert row == ["1", "inside the heart", "3 to 5", "21", "402"]


def test_printed_pages_carry_the_case_as_harmless_css(reading: Reading) -> None:
    options = ReportOptions(case_id='A"}</style>1')
    case = make_case(reading.scan, options)
    html = report_html(reading, case, options, PagePictures((), (), ())).decode()
    assert 'content: "Case\\20 A\\22 \\7d \\3c \\2f style\\3e 1' in html
    assert html.count("</style>") == 1

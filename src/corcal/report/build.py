"""Every report of a reading, in memory: nothing touches the disk until all of them exist."""

from __future__ import annotations

from PIL import Image

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report.case import Case, make_case
from corcal.report.options import ReportOptions
from corcal.report.page.content import page_content
from corcal.report.page.html_page import PagePictures, report_html
from corcal.report.pictures.overview import draw_overview, paint_pictures, png_bytes
from corcal.report.pictures.strips import paint_strips
from corcal.report.pictures.tiles import make_tiles
from corcal.report.pictures.views import take_views
from corcal.report.prior import Prior
from corcal.report.tables.calcium_csv import calcium_csv
from corcal.report.tables.labels_nifti import labels_nifti
from corcal.report.tables.lesions_csv import lesions_csv
from corcal.report.tables.report_json import report_json
from corcal.report.tables.segmentation_nrrd import segmentation_nrrd


def build_reports(
    reading: Reading, options: ReportOptions, *, prior: Prior | None = None
) -> dict[str, bytes]:
    """Return the content of each report by file name.

    Args:
        reading: the scan, its labels and what is said of them.
        options: what is put into the report beside the result; its `prior` was read already.
        prior: the earlier report.
    """
    case = make_case(reading.scan, options)
    pictures = paint_pictures(take_views(reading, reading.heart_mask))
    sheet, strips = draw_overview(reading.report, pictures), paint_strips(reading)
    shown = PagePictures(pictures[len(Artery) :], make_tiles(reading), strips)
    reports = {
        "report.html": report_html(reading, case, options, shown, prior),
        "report.json": report_json(reading, case),
        "calcium.csv": calcium_csv(reading.report, case),
        "lesions.csv": lesions_csv(reading, case),
        **(_label_files(reading) if options.labels else {}),
        "overview.png": png_bytes(sheet),
    }
    if options.pdf or options.dicom:
        reports |= _documents(reading, options, case, (sheet, *(s.marked for s in strips)))
    return reports


def _label_files(reading: Reading) -> dict[str, bytes]:
    return {
        "labels.nii.gz": labels_nifti(reading.labels, reading.scan.source),
        "labels.seg.nrrd": segmentation_nrrd(reading.labels, reading.scan.source),
    }


def _documents(
    reading: Reading, options: ReportOptions, case: Case, sheets: tuple[Image.Image, ...]
) -> dict[str, bytes]:
    # Of packages that a plain installation lacks: imported where they are asked for.
    from corcal.report.page.pdf import report_pdf  # noqa: PLC0415

    scored_at = options.scored_at
    day = None if scored_at is None else scored_at.date()
    pdf = report_pdf(page_content(reading, case, options), sheets, day)
    documents = {"report.pdf": pdf} if options.pdf else {}
    if options.dicom:
        from corcal.report.dicom.objects import dicom_files  # noqa: PLC0415

        documents |= dicom_files(reading, pdf, sheets[0], scored_at)
    return documents

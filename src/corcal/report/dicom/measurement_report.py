"""The numbers as a DICOM Structured Report after template TID 1500."""

from __future__ import annotations

from typing import Any, TypeAlias

import highdicom as hd
from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from corcal.core.reading import Reading, Report
from corcal.core.score import ArteryScore
from corcal.report.dicom import codes
from corcal.report.dicom.identity import MANUFACTURER, MODEL_NAME, Identity, complete

#: highdicom has two kinds of groups: with a segment, and without.
Group: TypeAlias = Any


def make_measurement_report(
    reading: Reading,
    images: tuple[Dataset, ...],
    segmentation: Dataset | None,
    numbers: dict[int, int],
    identity: Identity,
) -> Dataset:
    """Return the report: a group for each artery and one for the total.

    It says of itself that it is preliminary and unverified.

    Args:
        reading: what is reported.
        images: headers of the images with calcium, at least one.
        segmentation: the Segmentation, or None.
        numbers: segment number by label code.
        identity: of the result.
    """
    groups = [
        _artery_group(reading, score, segmentation, numbers, identity)
        for score in reading.report.score.arteries
    ]
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=_observer(identity)),
        procedure_reported=codes.CT_CHEST,
        imaging_measurements=[*groups, _total_group(reading, identity)],
        title=sr.CodedConcept("126000", "DCM", "Imaging Measurement Report"),
        referenced_images=list(images) if _describable(images) else None,
    )
    evidence = list(images) if segmentation is None else [segmentation, *images]
    item = sr.Comprehensive3DSR(
        evidence=evidence,
        content=content[0],
        is_complete=True,
        is_final=False,
        is_verified=False,
        **identity.arguments("sr"),
    )
    scheme = Dataset()
    scheme.CodingSchemeDesignator = codes.PRIVATE_SCHEME
    scheme.CodingSchemeName = "corcal"
    item.CodingSchemeIdentificationSequence = Sequence([scheme])
    return complete(item, "sr", identity, images[0])


def _describable(images: tuple[Dataset, ...]) -> bool:
    """Say whether an image library can be written: each entry states the slice's thickness."""
    return all(image.get("SliceThickness") not in (None, "") for image in images)


def _observer(identity: Identity) -> sr.ObserverContext:
    return sr.ObserverContext(
        observer_type=sr.CodedConcept("121007", "DCM", "Device"),
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(
            uid=identity.uid("sr", "observer"),
            name=MODEL_NAME,
            manufacturer_name=MANUFACTURER,
            model_name=MODEL_NAME,
            serial_number=identity.version,
        ),
    )


def _artery_group(
    reading: Reading,
    score: ArteryScore,
    segmentation: Dataset | None,
    numbers: dict[int, int],
    identity: Identity,
) -> Group:
    shared = _common(score.artery.title, f"artery {score.artery.value}", identity)
    shared["finding_sites"] = [sr.FindingSite(site) for site in codes.SITES[score.artery]]
    shared["measurements"] = _measurements(score, identity)
    shared["qualitative_evaluations"] = _evaluations(reading, score)
    number = numbers.get(score.artery.calcium_code)
    if segmentation is None or number is None:
        return sr.MeasurementsAndQualitativeEvaluations(**shared)
    segment = sr.ReferencedSegment.from_segmentation(segmentation, segment_number=number)
    return sr.VolumetricROIMeasurementsAndQualitativeEvaluations(
        referenced_segment=segment, **shared
    )


def _total_group(reading: Reading, identity: Identity) -> Group:
    report, score = reading.report, reading.report.score
    shared = _common("All coronary arteries", "total", identity)
    lesions = sum(len(a.lesions) for a in score.arteries)
    return sr.MeasurementsAndQualitativeEvaluations(
        finding_sites=[sr.FindingSite(codes.CORONARY)],
        measurements=[
            *_amounts(score.agatston, score.volume_mm3, score.mask_volume_ml, identity),
            _measure(codes.LESIONS, lesions, codes.NO_UNITS),
        ],
        qualitative_evaluations=[
            sr.QualitativeEvaluation(codes.CALCIFICATION, codes.PRESENCE[report.presence]),
            sr.QualitativeEvaluation(codes.SEVERITY, _severity(report)),
            sr.QualitativeEvaluation(codes.CATEGORY, _category(report)),
        ],
        **shared,
    )


def _severity(report: Report) -> sr.CodedConcept:
    return codes.UNDETERMINED if report.unseen else codes.GRADES[report.counted.severity]


def _category(report: Report) -> sr.CodedConcept:
    """Return the code of the category, or of none with the reason as its meaning."""
    category = report.cac_drs
    if category is None:
        return codes.no_category_code(report.unseen)
    return codes.category_code(category)


def _common(name: str, part: str, identity: Identity) -> dict[str, Any]:
    return {
        "tracking_identifier": sr.TrackingIdentifier(uid=identity.uid("sr", part), identifier=name),
        "finding_type": codes.CALCIFICATION,
        "algorithm_id": sr.AlgorithmIdentification(
            MODEL_NAME, identity.version, family=codes.INTELLIGENCE
        ),
    }


def _measurements(score: ArteryScore, identity: Identity) -> list[sr.Measurement]:
    amounts = _amounts(score.agatston, score.volume_mm3, score.mask_volume_ml, identity)
    amounts.append(_measure(codes.LESIONS, len(score.lesions), codes.NO_UNITS))
    if score.peak_hu is not None:
        peak = _measure(codes.HU, score.peak_hu, codes.HOUNSFIELD, derivation=codes.MAXIMUM)
        amounts.append(peak)
    return amounts


def _amounts(
    agatston: float, volume_mm3: float, mask_ml: float, identity: Identity
) -> list[sr.Measurement]:
    algorithm = sr.AlgorithmIdentification(MODEL_NAME, identity.version)
    return [
        _measure(codes.SCORE, agatston, codes.NO_UNITS, codes.AGATSTON, algorithm_id=algorithm),
        _measure(codes.CALCIUM_VOLUME, volume_mm3, codes.MM3, codes.VOLUME_SCORING),
        _measure(codes.VOLUME, 1000 * mask_ml, codes.MM3),
    ]


def _measure(
    name: hd.sr.CodedConcept,
    value: float,
    unit: hd.sr.CodedConcept,
    method: hd.sr.CodedConcept | None = None,
    **more: Any,
) -> sr.Measurement:
    return sr.Measurement(name=name, value=round(float(value), 6), unit=unit, method=method, **more)


def _evaluations(reading: Reading, score: ArteryScore) -> list[sr.QualitativeEvaluation]:
    present = codes.PRESENCE[reading.report.presence_of(score.artery)]
    evaluations = [sr.QualitativeEvaluation(codes.CALCIFICATION, present)]
    if score.artery in reading.report.unseen:
        evaluations.append(sr.QualitativeEvaluation(codes.COURSE, codes.UNDETERMINED))
    graded = reading.report.grade_of(score.artery)
    if graded is not None:
        grade = codes.GRADES[graded.grade]
        evaluations.append(sr.QualitativeEvaluation(codes.SEVERITY, grade))
    return evaluations

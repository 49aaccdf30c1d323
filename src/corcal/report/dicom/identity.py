"""The maker of a DICOM object, its identifiers, and what it shares with its study."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydicom.dataset import Dataset

from corcal.core.reading import Reading
from corcal.storage import json_text

MANUFACTURER = "corcal"
MODEL_NAME = "corcal"
NOT_CLINICAL = "NOT FOR CLINICAL USE"

#: Series numbers and descriptions, by kind of object.
SERIES = {
    "seg": (901, f"CAC segmentation - {NOT_CLINICAL}"),
    "sr": (902, f"CAC measurements - {NOT_CLINICAL}"),
    "pdf": (903, f"CAC report - {NOT_CLINICAL}"),
    "sc": (904, f"CAC pictures - {NOT_CLINICAL}"),
}

#: Of the study; highdicom copies the patient's module and some of these, other objects none.
_SHARED = (
    "StudyDescription",
    "ProcedureCodeSequence",
    "AccessionNumber",
    "IssuerOfPatientID",
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
)


@dataclass(frozen=True)
class Identity:
    """The marks that set the objects of one result apart from those of another.

    Attributes:
        seed: hash of the images, the models, the settings and the version.
        version: corcal's.
        created: date and time of the result.
    """

    seed: str
    version: str
    created: datetime

    def uid(self, kind: str, part: str) -> str:
        """Return the UID of a part ("series", "object", ...) of an object; always the same.

        The same images, models and settings give the same UIDs, so that a result sent twice
        replaces itself. It is a UUID as a UID (PS3.5, B.2), which needs no registered root.
        """
        digest = hashlib.sha256(f"{self.seed}/{kind}/{part}".encode()).digest()
        return f"2.25.{uuid.UUID(bytes=digest[:16], version=5).int}"

    def arguments(self, kind: str) -> dict[str, Any]:
        """Return what highdicom's constructors ask of every object."""
        return {
            "series_instance_uid": self.uid(kind, "series"),
            "sop_instance_uid": self.uid(kind, "object"),
            "series_number": SERIES[kind][0],
            "instance_number": 1,
            "manufacturer": MANUFACTURER,
        }


def make_identity(reading: Reading, created: datetime | None, header: Dataset) -> Identity:
    """Return the identity of a result; without a time of its own it has that of the study."""
    source, stamp = reading.scan.source, reading.report.provenance
    named = {
        "series": source.series_uid,
        "images": sorted(source.instance_uids),
        "voxels": source.sha256,
        "labels": hashlib.sha256(reading.labels.codes.tobytes()).hexdigest(),
        "models": [m.sha256 for m in stamp.models],
        "settings": stamp.settings,
        "version": stamp.version,
    }
    seed = hashlib.sha256(json_text(named).encode()).hexdigest()
    return Identity(seed, stamp.version, created or _study_time(header))


def complete(item: Dataset, kind: str, identity: Identity, header: Dataset) -> Dataset:
    """Fill in what every object shares: the study's words, its own series and time.

    Validators compare the objects of a study: a word that one of them lacks is a complaint.
    """
    for keyword in _SHARED:
        if keyword in header:
            item[keyword] = header[keyword]
    date, time = f"{identity.created:%Y%m%d}", f"{identity.created:%H%M%S}"
    item.SeriesDescription = SERIES[kind][1]
    item.Manufacturer = MANUFACTURER
    item.ManufacturerModelName = MODEL_NAME
    item.SoftwareVersions = identity.version
    item.DeviceSerialNumber = identity.version
    item.InstanceCreationDate = item.ContentDate = item.SeriesDate = date
    item.InstanceCreationTime = item.ContentTime = item.SeriesTime = time
    for entry in item.get("ContributingEquipmentSequence", ()):
        # highdicom names itself, at the moment of the call.
        if "ContributionDateTime" in entry:
            entry.ContributionDateTime = date + time
    item.file_meta.ImplementationVersionName = f"CORCAL_{identity.version}"[:16]
    return item


def _study_time(header: Dataset) -> datetime:
    date, time = str(header.get("StudyDate", "")), str(header.get("StudyTime", ""))[:6]
    try:
        return datetime.strptime(date + (time if len(time) == 6 else "000000"), "%Y%m%d%H%M%S")
    except ValueError:
        return datetime(1970, 1, 1)

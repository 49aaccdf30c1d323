"""The page as a document and the overview as an image, which every PACS can show."""

from __future__ import annotations

import highdicom as hd
import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, EncapsulatedPDFStorage, ExplicitVRLittleEndian

from corcal.report.dicom.identity import NOT_CLINICAL, SERIES, Identity, complete

_PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")
_STUDY = (
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "AccessionNumber",
    "ReferringPhysicianName",
)  # fmt: skip
_SIDE = 1000


def make_document(pdf: bytes, header: Dataset, identity: Identity) -> Dataset:
    """Return the Encapsulated PDF of a report (PS3.3, A.45.1).

    Args:
        pdf: the file.
        header: of an image of the study.
        identity: of the result.
    """
    item = Dataset()
    item.file_meta = FileMetaDataset()
    item.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    item.file_meta.MediaStorageSOPClassUID = item.SOPClassUID = EncapsulatedPDFStorage
    uid = identity.uid("pdf", "object")
    item.file_meta.MediaStorageSOPInstanceUID = item.SOPInstanceUID = UID(uid)
    item.SpecificCharacterSet = header.get("SpecificCharacterSet") or "ISO_IR 192"
    for keyword in (*_PATIENT, *_STUDY):
        setattr(item, keyword, header.get(keyword, ""))
    item.Modality, item.ConversionType = "DOC", "WSD"
    item.SeriesInstanceUID = identity.uid("pdf", "series")
    item.SeriesNumber, item.InstanceNumber = SERIES["pdf"][0], 1
    item.DocumentTitle = f"Coronary calcium - {NOT_CLINICAL}"
    item.ConceptNameCodeSequence = Sequence([_code("18748-4", "LN", "Diagnostic imaging study")])
    item.BurnedInAnnotation, item.VerificationFlag = "YES", "UNVERIFIED"
    item.AcquisitionDateTime = ""
    item.MIMETypeOfEncapsulatedDocument = "application/pdf"
    item.EncapsulatedDocumentLength = len(pdf)
    item.EncapsulatedDocument = pdf + b"\0" * (len(pdf) % 2)
    source = Dataset()
    source.ReferencedSOPClassUID = header.SOPClassUID
    source.ReferencedSOPInstanceUID = header.SOPInstanceUID
    item.SourceInstanceSequence = Sequence([source])
    return complete(item, "pdf", identity, header)


def make_picture(sheet: Image.Image, header: Dataset, identity: Identity) -> Dataset:
    """Return the overview as a Secondary Capture, 1000 pixels wide.

    Args:
        sheet: the overview.
        header: of an image of the study.
        identity: of the result.
    """
    height = round(sheet.height * _SIDE / sheet.width)
    small = sheet.convert("RGB").resize((_SIDE, height), Image.Resampling.LANCZOS)
    item = hd.sc.SCImage.from_ref_dataset(
        ref_dataset=header,
        pixel_array=np.asarray(small),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),
        transfer_syntax_uid=ExplicitVRLittleEndian,
        **identity.arguments("sc"),
    )
    item.ConversionType, item.BodyPartExamined = "WSD", "CHEST"
    item.ImageType, item.BurnedInAnnotation = ["DERIVED", "SECONDARY"], "YES"
    item.DateOfSecondaryCapture = f"{identity.created:%Y%m%d}"
    item.TimeOfSecondaryCapture = f"{identity.created:%H%M%S}"
    return complete(item, "sc", identity, header)


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item

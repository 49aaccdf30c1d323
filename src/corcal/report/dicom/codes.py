"""Codes of what is measured, from DICOM's own lists (PS3.16) wherever they have one."""

from __future__ import annotations

from highdicom.sr import CodedConcept
from pydicom.sr.codedict import codes

from corcal.core.artery import Artery
from corcal.core.severity import CacDrs, Severity
from corcal.report.words.finding import no_category_text

#: Where an artery's calcium lies; the left main stem is counted with the LAD.
SITES = {
    Artery.RCA: (codes.SCT.RightCoronaryArtery,),
    Artery.LAD: (
        codes.SCT.LeftMainCoronaryArtery,
        codes.SCT.LeftAnteriorDescendingCoronaryArtery,
    ),
    Artery.LCX: (codes.SCT.CircumflexCoronaryArtery,),
}
VESSELS = {
    Artery.RCA: codes.SCT.RightCoronaryArtery,
    Artery.LAD: codes.SCT.LeftAnteriorDescendingCoronaryArtery,
    Artery.LCX: codes.SCT.CircumflexCoronaryArtery,
}
CORONARY = codes.SCT.CoronaryArtery
CALCIFICATION = codes.SCT.VascularCalcification
ANATOMY = CodedConcept("91723000", "SCT", "Anatomical Structure")
ABNORMALITY = CodedConcept("49755003", "SCT", "Morphologically Abnormal Structure")

SCORE = codes.SCT.CoronaryArteryCalciumScore
AGATSTON = CodedConcept("112055", "DCM", "Agatston scoring method")
CALCIUM_VOLUME = CodedConcept("122660", "DCM", "Calcium Volume")
VOLUME_SCORING = CodedConcept("112056", "DCM", "Volume scoring method")
VOLUME = CodedConcept("118565006", "SCT", "Volume")
LESIONS = CodedConcept("111038", "DCM", "Number of calcifications")
HU = CodedConcept("112031", "DCM", "Attenuation Coefficient")
MAXIMUM = CodedConcept("56851009", "SCT", "Maximum")
SEVERITY = CodedConcept("122132", "DCM", "Severity of Calcification")
UNDETERMINED = CodedConcept("373068000", "SCT", "Undetermined")
#: None: the artery was not found, so nobody knows.
PRESENCE = {
    True: CodedConcept("52101004", "SCT", "Present"),
    False: CodedConcept("272519000", "SCT", "Absent"),
    None: UNDETERMINED,
}
INTELLIGENCE = CodedConcept("123110", "DCM", "Artificial Intelligence")
CT_CHEST = CodedConcept("24627-2", "LN", "CT Chest")
GRADES = {
    Severity.NONE: CodedConcept("260413007", "SCT", "None"),
    Severity.MILD: CodedConcept("255604002", "SCT", "Mild"),
    Severity.MODERATE: CodedConcept("6736007", "SCT", "Moderate"),
    Severity.SEVERE: CodedConcept("24484000", "SCT", "Severe"),
}

MM3 = CodedConcept("mm3", "UCUM", "cubic millimeter")
NO_UNITS = CodedConcept("1", "UCUM", "no units")
HOUNSFIELD = CodedConcept("[hnsf'U]", "UCUM", "Hounsfield unit")

#: DICOM has no codes for categories of CAC-DRS: a scheme of our own, named in the object.
PRIVATE_SCHEME = "99CORCAL"
CATEGORY = CodedConcept("CACDRS", PRIVATE_SCHEME, "Category by the bounds of CAC-DRS")
COURSE = CodedConcept("COURSE", PRIVATE_SCHEME, "Artery found along its course")


def category_code(category: CacDrs) -> CodedConcept:
    """Return the private code of a category; one of scale V says that it was derived."""
    text = str(category)
    how = "derived from the score, not visual" if category.scale == "V" else "from the score"
    return CodedConcept(text.replace("/", ""), PRIVATE_SCHEME, f"{text}, {how}")


def no_category_code(unseen: tuple[Artery, ...]) -> CodedConcept:
    """Return the private code of a category that cannot be given; its meaning says why."""
    value = "-".join(["NONE", *(artery.value for artery in unseen)])
    return CodedConcept(value, PRIVATE_SCHEME, no_category_text(unseen))

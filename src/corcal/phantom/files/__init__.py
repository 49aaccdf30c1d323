"""Phantoms as files: NIfTI, DICOM, contours and JSON."""

"""DICOM in: series, headers, geometry and pixels."""

"""A reading as DICOM objects for a PACS; needs the extra `dicom`."""

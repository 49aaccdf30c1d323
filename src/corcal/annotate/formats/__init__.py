"""The files that people draw in: contours, label maps, DICOM SEG and RTSTRUCT."""

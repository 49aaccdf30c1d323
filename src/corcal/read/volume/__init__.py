"""Volume files in: NIfTI, NRRD and MetaImage, scans and label maps."""

"""Overlap of two label maps of the same scan: voxels, surfaces, lesions."""

"""How far two label maps of the same scan cover each other: voxels, surfaces, lesions."""

"""Solids become voxels of tissue."""

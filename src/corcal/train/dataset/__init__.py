"""Annotated scans become an nnU-Net dataset."""

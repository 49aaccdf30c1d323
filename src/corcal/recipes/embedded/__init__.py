"""The recipe of the embedded models: annotated scans and phantoms in, two networks out."""

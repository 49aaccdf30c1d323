"""Training cases: real annotated scans and phantoms with packed targets, in a bank on disk."""

"""Files: written whole or not at all, NIfTI, CSV and JSON in one form each."""

"""Pictures of a scan and its labels: which views, painted how, and all on one sheet."""

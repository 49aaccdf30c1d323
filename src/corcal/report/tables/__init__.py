"""A reading for machines: JSON with its schema, CSV and label files."""

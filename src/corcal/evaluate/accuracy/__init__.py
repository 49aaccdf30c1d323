"""One system against a reference: detection, severity, agreement and categories."""

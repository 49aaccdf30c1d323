"""Cases: the scans of a cohort, each with a name that is nobody's."""

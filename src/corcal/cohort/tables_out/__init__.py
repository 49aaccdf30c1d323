"""The files of a cohort: its tables and its page."""

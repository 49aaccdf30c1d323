"""STARD and CLAIM, filled in as far as results go."""

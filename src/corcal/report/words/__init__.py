"""A reading in words, and what every result carries with it."""

"""A reading for people: one page of HTML."""

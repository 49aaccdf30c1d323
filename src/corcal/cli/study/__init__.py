"""Commands of a study."""

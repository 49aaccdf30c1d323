"""`corcal train`: one file per step."""

"""Trained folds become a bundle that corcal runs."""

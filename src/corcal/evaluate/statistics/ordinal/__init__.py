"""Ordinal regression: the cumulative logit model, its tests and its calibration."""

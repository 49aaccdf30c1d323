"""Coronary plaques, their exact Agatston score, and bright things that are none."""

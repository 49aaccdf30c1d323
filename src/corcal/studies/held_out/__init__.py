"""Trained models on scans that they did not see: scored, compared with the drawing, tabulated."""

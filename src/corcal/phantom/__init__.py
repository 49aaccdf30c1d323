"""Synthetic scans whose calcium is exactly known."""

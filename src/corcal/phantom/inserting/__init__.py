"""Calcium of known size put into real scans."""

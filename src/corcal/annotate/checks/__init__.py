"""Checks of a drawing against the scan it was made on."""

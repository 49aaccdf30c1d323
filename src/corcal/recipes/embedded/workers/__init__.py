"""Processes that make training cases while the networks train."""

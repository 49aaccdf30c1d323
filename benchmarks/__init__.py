"""Seconds and memory that corcal needs, measured."""

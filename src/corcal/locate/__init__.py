"""Find the heart."""

"""Commands about one scan."""

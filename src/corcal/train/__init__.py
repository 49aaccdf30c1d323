"""Learn: annotated and synthetic scans in, models out. The only part that needs torch."""

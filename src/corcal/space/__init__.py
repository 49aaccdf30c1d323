"""Move between the scan as acquired, the paper's spacing and the heart crop."""

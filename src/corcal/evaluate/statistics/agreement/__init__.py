"""Agreement of two raters or two measurements: coefficients, plots of differences, lines."""

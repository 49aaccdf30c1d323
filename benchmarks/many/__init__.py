"""Parts of the benchmarks of cohorts: tiny scans, processes looked at, tables checked."""

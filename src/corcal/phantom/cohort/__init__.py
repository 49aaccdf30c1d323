"""Cohorts of made-up patients with a chosen prevalence."""

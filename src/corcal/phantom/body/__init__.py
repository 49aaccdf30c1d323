"""Solids of the chest: heart, vessels, lungs and bones."""

"""The tables of the evaluation."""

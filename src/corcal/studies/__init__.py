"""Studies that both train and evaluate."""

"""ROC curves: the area under them after DeLong."""

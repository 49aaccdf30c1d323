"""ROC curves: their points, the area under them, fixed rates, thresholds, several readers."""

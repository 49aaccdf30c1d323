"""Tables, plots and pages out."""

"""Tables of results in: predictions and references by patient and artery."""

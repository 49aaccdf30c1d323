"""Step 6: six probabilities a voxel become labels on the scan as acquired."""

"""Run a model trained by nnU-Net, and hand it back to nnU-Net; torch is met in here alone."""

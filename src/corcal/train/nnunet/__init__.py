"""nnU-Net's plan and its folds."""

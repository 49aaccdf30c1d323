"""The paper's ablation: variants of the method, trained and compared on the same patients."""

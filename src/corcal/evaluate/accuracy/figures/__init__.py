"""The figures of the evaluation, each as SVG and PNG."""

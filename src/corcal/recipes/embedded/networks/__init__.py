"""The networks, their losses, and their export to OpenVINO."""

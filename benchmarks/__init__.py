"""What corcal costs and how well it does, measured."""

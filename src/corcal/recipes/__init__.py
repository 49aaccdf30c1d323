"""How the models that come with corcal were made."""

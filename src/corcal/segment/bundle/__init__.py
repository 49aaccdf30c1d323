"""A trained model as one folder or zip: opened, verified, installed."""

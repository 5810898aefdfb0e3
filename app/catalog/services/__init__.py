"""The authorities of catalog."""

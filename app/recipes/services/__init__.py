"""The authorities of recipes."""

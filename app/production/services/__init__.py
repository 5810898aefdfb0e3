"""The authorities of production."""

"""The authorities of identity."""

"""The authorities of inventory."""

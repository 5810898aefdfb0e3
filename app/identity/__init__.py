"""The identity area."""

"""The production area."""

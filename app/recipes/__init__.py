"""The recipes area."""

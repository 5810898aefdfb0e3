"""Reads all areas for people who want an overview. Writes nothing."""

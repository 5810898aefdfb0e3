"""Background work, with a real worker and a real broker."""

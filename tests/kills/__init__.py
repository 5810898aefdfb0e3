"""A web worker dies in the middle of its work: what was acknowledged is there once, and nothing else is."""

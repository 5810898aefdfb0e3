"""What a maker does, in a real browser against the real server."""

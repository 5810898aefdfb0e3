"""What the overview shows: frozen rows, one SQL statement each. They change nothing."""

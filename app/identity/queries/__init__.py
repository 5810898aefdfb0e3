"""What identity's pages and answers show."""

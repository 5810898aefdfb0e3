"""What the first hour looks at."""

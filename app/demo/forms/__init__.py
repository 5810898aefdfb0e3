"""What people choose in their first hour."""

"""How the demo workshop is made: set up, then lived day by day."""

"""The first hour of a new workshop, and the demo: both made through the same services as everything else."""

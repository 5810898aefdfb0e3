"""The demo: a realistic workshop, made through the same services as everything else."""

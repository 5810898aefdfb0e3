"""The pages of the first hour: first steps, first materials, and the sample workshop."""

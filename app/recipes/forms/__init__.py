"""The shapes of what people type about recipes, and how it is read."""

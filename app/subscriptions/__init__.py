"""The subscriptions area."""

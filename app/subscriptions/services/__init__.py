"""The authorities of subscriptions."""

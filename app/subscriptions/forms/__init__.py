"""Forms of the pages of subscriptions."""

"""A small Stripe of our own: speaks HTTP, keeps state, honours idempotency keys and signs its webhooks as Stripe does.

As much of Stripe as the product asks: products, prices, customers, Checkout, the customer portal, subscriptions with
proration, invoices, events. `python -m tests.fake_stripe` runs it by itself; `/_test/` is its test clock and its cards.
"""

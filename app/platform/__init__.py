"""Plumbing that knows no rule of the workshop: database, tenancy, transactions, web and API, jobs, assets."""

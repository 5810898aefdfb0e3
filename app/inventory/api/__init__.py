"""Inventory's part of API v1: items, stock, lots, the transaction log, conversions. Each reads, calls, answers."""

from app.inventory.api import conversions, items, lots, postings, stock

BLUEPRINTS = (items.bp, stock.bp, lots.bp, postings.bp, conversions.bp)

"""Registers the catalog. Its pages and its API show stock, so they live in inventory."""

from flask import Flask


def register(app: Flask) -> None:
    """The catalog brings no routes of its own."""

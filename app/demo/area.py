"""Registers the demo: one command."""

from flask import Flask

from app.demo import cli


def register(app: Flask) -> None:
    """Wire the demo into `app`."""
    app.cli.add_command(cli.demo)

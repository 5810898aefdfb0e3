"""Registers the first hour: first steps, the sample workshop and its background work, and the demo's command."""

from flask import Flask

from app.demo import cli, tasks
from app.demo.views import first_steps, sample
from app.platform import navigation


def register(app: Flask) -> None:
    """Wire the first hour and the demo into `app`."""
    app.cli.add_command(cli.demo)
    first_steps.register(app)
    sample.register(app)
    tasks.register(app)
    navigation.add(app, *first_steps.WAYS)

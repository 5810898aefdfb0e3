"""Before serving: brings the database up to date and, where nobody lives yet, makes the demo workshop.

Prints how to sign in. `python scripts/_prepare.py demo|no-demo`, in the environment that the product will have.
"""

import logging
import sys
from pathlib import Path

import click
import flask_migrate
import sqlalchemy as sa
from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.factory import create_app
from app.platform.config import BadConfiguration
from app.platform.database import db

NOBODY = """\
There is no organization yet. Make one, with its owner:
  scripts/flask org create "My workshop" --email me@example.com"""


def prepare(app: Flask, *, with_demo: bool) -> None:
    """Everything in one process, because most of a start is loading the code."""
    with app.app_context():
        flask_migrate.upgrade()
        empty = db.session.execute(sa.text("SELECT 1 FROM organizations LIMIT 1")).first() is None
        db.session.remove()
        if not empty:
            _say_login(app)
        elif with_demo:
            click.echo("Making the demo workshop, once: 90 days of it ...", err=True)
            app.cli.main(["demo"], standalone_mode=False)
        else:
            click.echo(NOBODY)


def _say_login(app: Flask) -> None:
    try:
        app.cli.main(["demo", "--login"], standalone_mode=False)
    except click.ClickException:
        return  # somebody lives here, and it is not the demo


if __name__ == "__main__":
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        prepare(create_app(), with_demo=sys.argv[1:] == ["demo"])
    except BadConfiguration as error:
        sys.exit(str(error))

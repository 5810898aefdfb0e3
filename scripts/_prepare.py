"""Brings the database up to date, then makes what scripts/run serves, or runs the command that scripts/flask was given.

One process for both, because most of a start is loading the code:
    python scripts/_prepare.py demo|no-demo      makes the demo workshop where nobody lives yet; prints how to sign in
    python scripts/_prepare.py flask WORDS...    does what `flask WORDS...` does
"""

import logging
import sys
from pathlib import Path

import click
import flask_migrate
import sqlalchemy as sa
from flask import Flask
from flask.cli import FlaskGroup

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.factory import create_app
from app.platform.config import BadConfiguration
from app.platform.database import db

NOBODY = """\
There is no organization yet. Make one, with its owner:
  scripts/flask org create "My workshop" --email me@example.com"""


def settle(app: Flask, *, with_demo: bool) -> None:
    """Somebody lives here, or is told how to move in."""
    with app.app_context():
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


def main(words: list[str]) -> None:
    """What the words ask for, over a database that is up to date."""
    app = create_app()
    if words[:2] != ["flask", "db"]:
        with app.app_context():
            flask_migrate.upgrade()
    if words[:1] == ["flask"]:
        FlaskGroup(create_app=lambda: app).main(words[1:], prog_name="scripts/flask")
    else:
        settle(app, with_demo=words == ["demo"])


if __name__ == "__main__":
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        main(sys.argv[1:])
    except BadConfiguration as error:
        sys.exit(str(error))

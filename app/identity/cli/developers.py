"""Developer users at the command line: people who look after the installation.

Who became one and who no longer is belongs to no organization's log: it is a line of the installation's own.
"""

import logging

import click
from flask.cli import AppGroup

from app.identity.models import Person
from app.identity.services import developers, people
from app.kernel.errors import BatchTrackError
from app.platform import commands

_developer = AppGroup("developer", help="Developer users: they look after the installation.")
GROUPS = (_developer,)
_log = logging.getLogger(__name__)


@_developer.command("add")
@click.option("--email", required=True, help="Of somebody who has an account.")
def add(*, email: str) -> None:
    """Make somebody a developer user. Only with a second factor can they do anything."""
    person = _person(email)
    with commands.transaction():
        try:
            developers.add(person.id)
        except BatchTrackError as error:
            raise click.BadParameter(error.detail, param_hint="--email") from None
    _log.warning("developer user added: %s", person.id)
    click.echo(f"{email} is a developer user. A second factor is needed before /developer opens.")


@_developer.command("remove")
@click.option("--email", required=True)
def remove(*, email: str) -> None:
    """Take it away; what is open ends now."""
    person = _person(email)
    with commands.transaction():
        try:
            developers.remove(person.id)
        except BatchTrackError as error:
            raise click.BadParameter(error.detail, param_hint="--email") from None
    _log.warning("developer user removed: %s", person.id)
    click.echo(f"{email} is no developer user.")


@_developer.command("list")
def list_all() -> None:
    """Print them, one a line."""
    for person, since in developers.everyone():
        click.echo(f"{person.email}  {person.name}  since {since:%Y-%m-%d}")


def _person(email: str) -> Person:
    person = people.find(email)
    if person is None or person.deactivated_at is not None:
        raise click.BadParameter("Nobody active has this email.", param_hint="--email")
    return person

"""People's accounts at the command line: for whoever lost a phone, and whoever must not come in any more."""

from collections.abc import Callable

import click
from flask.cli import AppGroup

from app.identity.models import Person
from app.identity.services import accounts, people
from app.kernel.errors import BatchTrackError
from app.platform import commands

_person = AppGroup("person", help="People's accounts.")
GROUPS = (_person,)


@_person.command("reset-second-factor")
@click.option("--email", required=True)
def reset_second_factor(*, email: str) -> None:
    """Take somebody's app, passkeys and recovery codes away, and sign them out. Be sure whom you talk to."""
    _do(email, accounts.reset_second_factor)
    click.echo(f"{email} signs in with the password alone.")


@_person.command("deactivate")
@click.option("--email", required=True)
def deactivate(*, email: str) -> None:
    """Keep somebody out from now on; their API tokens rest. Their places in organizations stay."""
    _do(email, accounts.deactivate)
    click.echo(f"{email} is signed out and stays out.")


@_person.command("restore")
@click.option("--email", required=True)
def restore(*, email: str) -> None:
    """Let somebody in again."""
    _do(email, accounts.restore)
    click.echo(f"{email} may sign in again.")


def _do(email: str, work: Callable[[Person], None]) -> None:
    person = people.find(email)
    if person is None:
        raise click.BadParameter("Nobody has this email.", param_hint="--email")
    with commands.transaction():
        try:
            work(person)
        except BatchTrackError as error:
            raise click.BadParameter(error.detail, param_hint="--email") from None

"""Identity at the command line, for whoever holds the machine: organizations, members, tokens.

What cannot be used ends with code 2 and names the option.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
from flask.cli import AppGroup

from app.identity.cli import naming
from app.identity.services import access, audit, members, organizations, people, tokens
from app.identity.services.audit import By, Subject
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel.errors import BatchTrackError
from app.kernel.permissions import Permission
from app.platform import commands

_PASSWORD_BYTES = 12
_UNPROVED = (
    "Careful: this account was made before, and nobody has verified that {email} is theirs. Say its --password when it "
    "is yours to give; else have its person set a new one under “Forgot your password?”, which closes what was open."
)
_org = AppGroup("org", help="Organizations.")
_member = AppGroup("member", help="Members of an organization.")
_token = AppGroup("token", help="API tokens.")
GROUPS = (_org, _member, _token)


@_org.command("create")
@click.argument("name")
@click.option("--email", required=True, help="The owner's; an account is made when there is none.")
@click.option("--password", help="The owner's; made and printed when there is none.")
@click.option("--timezone", default="UTC", show_default=True, help="IANA name; business dates are days there.")
@click.option("--currency", default="USD", show_default=True, help="ISO 4217 code.")
@click.option("--locale", default="en", show_default=True, help="How numbers and dates are written.")
def create_org(*, name: str, email: str, password: str | None, timezone: str, currency: str, locale: str) -> None:
    """Make an organization without limits, and its owner."""
    with _naming_options():
        account = _Account(email, password)
        with commands.transaction():
            organization = organizations.create(
                name=name, owner_id=account.person_id(), time_zone=timezone, currency=currency, locale=locale
            )
            by, after = By(organization.id, "cli"), {"tier": organization.tier}
            audit.record(by, "organization.created", Subject("organization", organization.id), after=after)
    click.echo(f"Organization  {organization.name}")
    click.echo(f"Page          /o/{organization.slug}/")
    account.tell()


@_member.command("add")
@click.option("--email", required=True, help="An account is made when there is none.")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--org", required=True, help="Name or slug.")
@click.option("--password", help="Made and printed when the account is new.")
def add_member(*, email: str, role: str, org: str, password: str | None) -> None:
    """Give a person a place in an organization."""
    organization = naming.one_of(organizations.named(org), org)
    with _naming_options():
        account = _Account(email, password)
        with commands.transaction():
            members.add(
                organization_id=organization.id,
                person_id=account.person_id(),
                role=role,
                by=By(organization.id, "cli"),
            )
    click.echo(f"Organization  {organization.name}")
    account.tell()


@_token.command("create")
@click.option("--email", required=True, help="The member for whom the token speaks.")
@click.option("--org", help="Name or slug; may be left out when the person belongs to one.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([str(permission) for permission in Permission]),
    metavar="PERMISSION",
    help="A permission; say it several times for several. Left out: all that the person may do.",
)
def create_token(*, email: str, org: str | None, scopes: tuple[str, ...]) -> None:
    """Make an API token and print it, alone."""
    organization = _organization(email, org)
    person = people.find(email)
    entry = person and access.by_id(person.id, organization.id, entry_point="cli")
    if not entry:
        raise click.BadParameter("Nobody active has this email.", param_hint="--email")
    wanted = [Permission(scope) for scope in scopes] or None
    with commands.transaction():
        _, text = tokens.issue(
            organization_id=organization.id, person_id=entry.actor.person_id, name="Command line", scopes=wanted
        )
    click.echo(text)


@_token.command("revoke")
@click.option("--email", required=True, help="The member for whom the tokens speak.")
@click.option("--org", help="Name or slug; may be left out when the person belongs to one.")
@click.option("--name", help="Only tokens of this name. Left out: all of the person's.")
def revoke_tokens(*, email: str, org: str | None, name: str | None) -> None:
    """Revoke a member's API tokens, and those that were made with them."""
    organization = _organization(email, org)
    person = people.find(email)
    if person is None:
        raise click.BadParameter("No member has this email.", param_hint="--email")
    with commands.transaction():
        count = tokens.revoke_of(organization_id=organization.id, person_id=person.id, name=name)
    if name is not None and not count:
        raise click.BadParameter("No live token of theirs has this name.", param_hint="--name")
    click.echo(f"Revoked       {count}")


class _Account:
    """Somebody's account: the one that is there, or a new one. Hashes before any transaction."""

    def __init__(self, email: str, password: str | None) -> None:
        self._email, self._made = email, None
        known = people.find(email)
        if known is None:
            self._made = None if password else secrets.token_urlsafe(_PASSWORD_BYTES)
            self._hash = people.hash_password(password or self._made or "")
        elif known.email_verified_at is None and not password:
            click.echo(_UNPROVED.format(email=email), err=True)
        elif password and not people.is_password(known.password_hash, password):
            raise click.BadParameter("This email has an account with another password.", param_hint="--password")

    def person_id(self) -> UUID:
        """Inside a transaction: who it is."""
        known = people.find(self._email)
        if known is None:
            name = self._email.partition("@")[0]
            known = people.create(email=self._email, name=name, password_hash=self._hash)
        return known.id

    def tell(self) -> None:
        """Print how to sign in."""
        click.echo(f"Sign in as    {self._email}")
        if self._made:
            click.echo(f"Password      {self._made}")


def _organization(email: str, named: str | None) -> OrganizationFacts:
    person = people.find(email)
    places = organizations.of_person(person.id) if person is not None else []
    if not places:
        raise click.BadParameter("No member has this email.", param_hint="--email")
    return naming.one_of([place for place in places if named is None or named in {place.slug, place.name}], named)


@contextmanager
def _naming_options() -> Iterator[None]:
    """Turn a refusal into one that names the option."""
    try:
        yield
    except BatchTrackError as error:
        field = next(iter(error.errors), error.details.get("field", "name"))
        raise click.BadParameter(error.detail, param_hint="NAME" if field == "name" else f"--{field}") from None

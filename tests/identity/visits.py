"""Developer users as tests speak of them."""

from flask import Flask

from app.identity.models import Authenticator
from app.identity.services import developers
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import commands
from app.platform.database import db
from tests import cast
from tests.cast import Browser, Reply

REASON = "ticket 4711: the label sheet prints blank"


def make_developer(app: Flask, *, second_factor: bool = True) -> Actor:
    """Somebody who owns a place of their own, looks after the installation and has an authenticator."""
    actor = cast.owner_of(cast.make_organization("Those Who Look After It"))
    with app.app_context(), commands.transaction():
        developers.add(actor.person_id)
        if second_factor:
            give_authenticator(actor)
    return actor


def give_authenticator(actor: Actor) -> None:
    """A confirmed authenticator app."""
    now = clock.now()
    said = {"person_id": actor.person_id, "created_at": now, "confirmed_at": now}
    db.session.add(Authenticator(**said, secret=b"secret", last_step=0))


def enter(
    browser: Browser, organization: OrganizationFacts, *, reason: str = REASON, minutes: int | str = 15, **more: str
) -> Reply:
    """What the form sends."""
    said = {"reason": reason, "minutes": str(minutes), "command_key": "a visit", **more}
    return browser.post(f"/developer/organizations/{organization.id}/enter", data=said)

"""The authority on handing an organization to another owner."""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person
from app.identity.services import audit, granting, members
from app.identity.services.audit import Subject
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform import mail
from app.platform.database import db


def transfer(actor: Actor, *, person_id: UUID, name: str) -> None:
    """Make an active member owner, and the actor, an owner till now, manager. Both get mail.

    name:    the organization's name, typed by the giver to confirm
    raises:  Forbidden, NotFound; Invalid on `name`; Conflict `own_place`
    """
    actor.require(Permission.ORGANIZATION_TRANSFER)
    organization = granting.lock(actor.organization_id)
    require_name(name, organization.name)
    members.hand_over(actor, person_id=person_id)
    audit.record(
        actor,
        "organization.transferred",
        Subject("organization", organization.id),
        before={"owner": str(actor.person_id)},
        after={"owner": str(person_id), "manager": str(actor.person_id)},
    )
    people = {
        person.id: person
        for person in db.session.scalars(sa.select(Person).where(Person.id.in_([person_id, actor.person_id])))
    }
    giver, receiver = people[actor.person_id], people[person_id]
    said = {"organization": organization.name, "giver": giver.name, "receiver": receiver.name}
    received, locale = {**said, "slug": organization.slug}, receiver.locale or organization.locale
    mail.queue(receiver.email, "identity/mail/ownership_received", received, locale=locale)
    mail.queue(giver.email, "identity/mail/ownership_given", {**said, "role": Role.MANAGER.title()})


def require_name(typed: str, name: str) -> None:
    """Pass when the name was typed as it is written, but for spaces around it.

    raises: Invalid on `name`
    """
    if typed.strip() != name:
        raise Invalid.field("name", phrase("Type %(name)s to confirm.", name=name))

"""The authority on whole accounts: what whoever holds the machine does to one, and emptying one for its email's owner.

It asks nobody: the command line calls it, and a reset that proves an email for the first time.
"""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import ApiToken, Membership, Person
from app.identity.services import (
    audit,
    authenticators,
    challenges,
    mail_links,
    not_me,
    passkeys,
    recovery_codes,
    sessions,
)
from app.identity.services.audit import Subject
from app.kernel import clock
from app.kernel.errors import Conflict
from app.platform import mail, tenancy
from app.platform.database import db


def reset_second_factor(person: Person) -> None:
    """Take the app, the passkeys and the recovery codes away, and end all sessions: their person lost them."""
    _drop_factors(person.id)
    sessions.end_all(person.id)
    said = "Whoever runs this installation took your app, passkeys and recovery codes away: the password alone opens."
    told = {"name": person.name, "title": "Two-step sign-in was taken away", "said": said}
    mail.queue(person.email, not_me.NOTICE, told, locale=person.locale)
    audit.record_for_person(person.id, "people.second_factor_reset", by_machine=True)


def deactivate(person: Person) -> None:
    """Nobody signs in as this person any more, and their API tokens rest; their places stay.

    raises: Conflict `wrong_state`
    """
    if person.deactivated_at is not None:
        raise Conflict("This account is deactivated already.", code="wrong_state", field="email")
    person.deactivated_at = clock.now()
    db.session.flush()
    mail_links.void(person.id)
    challenges.drop(person.id)
    sessions.end_all(person.id)
    audit.record_for_person(person.id, "people.deactivated", by_machine=True)


def restore(person: Person) -> None:
    """The person signs in again, with what they had.

    raises: Conflict `wrong_state`
    """
    if person.deactivated_at is None:
        raise Conflict("This account is active.", code="wrong_state", field="email")
    person.deactivated_at = None
    db.session.flush()
    audit.record_for_person(person.id, "people.restored", by_machine=True)


def take_over(person: Person) -> None:
    """The email is proved for the first time, by a reset: until now anybody may have made the account, and left keys.

    Second factors go and API tokens are revoked. A password was set just now, and sessions ended.
    """
    _drop_factors(person.id)
    _revoke_tokens(person.id)
    person.email_verified_at = clock.now()
    db.session.flush()


def _drop_factors(person_id: UUID) -> None:
    authenticators.remove(person_id)
    passkeys.remove_since(person_id)
    recovery_codes.remove(person_id)
    mail_links.void_of(person_id, mail_links.Purpose.UNDO_FACTOR)
    challenges.drop(person_id)


def _revoke_tokens(person_id: UUID) -> None:
    """In every organization, one after the other, always in the same order."""
    was_bound = tenancy.bound()
    places = db.session.scalars(
        sa.select(Membership.organization_id)
        .where(Membership.person_id == person_id)
        .order_by(Membership.organization_id)
    ).all()
    for organization_id in places:
        tenancy.bind(organization_id)
        live = sa.select(ApiToken).where(
            ApiToken.organization_id == organization_id,
            ApiToken.person_id == person_id,
            ApiToken.revoked_at.is_(None),
        )
        for token in db.session.scalars(live).all():
            token.revoked_at = clock.now()
            db.session.flush()
            by = audit.By(organization_id, "web", person_id)
            audit.record(by, "tokens.revoked", Subject("token", token.id), before={"person": str(person_id)})
    if was_bound is not None:
        tenancy.bind(was_bound)

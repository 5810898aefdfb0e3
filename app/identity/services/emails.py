"""The authority on a person's email: that it is theirs, and moving to another."""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import MailLink, Person
from app.identity.services import audit, mail_links, people, sessions
from app.identity.services.audit import Subject
from app.identity.services.mail_links import Purpose, UselessLink
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid
from app.platform import mail
from app.platform.database import db


def find(person_id: UUID) -> Person:
    """The person."""
    return db.session.scalars(sa.select(Person).where(Person.id == person_id)).one()


def ask_to_verify(person_id: UUID) -> None:
    """Mail the link that verifies the email, unless it is verified."""
    person = find(person_id)
    if person.email_verified_at is not None or mail_links.is_enough(Purpose.VERIFY_EMAIL, person.email_key):
        return
    link = mail_links.make(Purpose.VERIFY_EMAIL, email=person.email_key, person=person)
    to = mail.Link("/verify-email", str(Purpose.VERIFY_EMAIL), link.id)
    mail.queue(person.email, "identity/mail/verify_email", {"name": person.name}, link=to, locale=person.locale)


def verify(text: str, *, person_id: UUID, address: str | None) -> UUID:
    """Take the link: the email is theirs. Returns whose.

    person_id: who opened it. Only the account's own person: whoever merely reads the mail would vouch for an account
               that somebody else made with their email, and knows the password of
    raises:    UselessLink
    """
    link = mail_links.use(Purpose.VERIFY_EMAIL, text)
    if link.person_id != person_id:
        raise UselessLink("This link opens nothing any more.")
    person = _owner(link.person_id)
    if person.email_key != link.email:  # it was changed since, and its links were closed with it
        raise UselessLink("This link opens nothing any more.")
    person.email_verified_at = clock.now()
    db.session.flush()
    audit.record_for_person(person.id, "people.email_verified", address=address)
    return person.id


def as_written(link: MailLink) -> str:
    """The email to which the link went, as the person writes it."""
    return str(mail_links.details_of(link).get("email", link.email))


def ask_to_change(person_id: UUID, email: str) -> None:
    """Mail a link to the new email; it is the person's once the link is opened. Says nothing of who has an account.

    raises: Invalid on `email`
    """
    people.check_email(email)
    person = find(person_id)
    new, key = email.strip(), people.email_key(email)
    if key == person.email_key:
        raise Invalid.field("email", "This is your email already.")
    silent = mail_links.is_enough(Purpose.CHANGE_EMAIL, key)
    known = people.find(new)
    said = {"email": new}
    link = (
        mail_links.make(Purpose.CHANGE_EMAIL, email=key)
        if known
        else mail_links.make(Purpose.CHANGE_EMAIL, email=key, person=person, details=said)
    )
    if silent:
        return
    if known is not None:
        mail.queue(known.email, "identity/mail/account_exists", {"name": known.name}, locale=known.locale)
        return
    to = mail.Link("/change-email", str(Purpose.CHANGE_EMAIL), link.id)
    mail.queue(new, "identity/mail/change_email", {"name": person.name}, link=to, locale=person.locale)


def change(text: str, *, address: str | None, session_id: UUID | None = None) -> UUID:
    """Take the link: the person signs in with the new email from now on; the old one is told. Returns whose it is.

    session_id: that of the browser which opened the link; every other session of the person ends
    raises:     UselessLink; Conflict `already_exists` when the email got an account meanwhile
    """
    link = mail_links.use(Purpose.CHANGE_EMAIL, text)
    person = _owner(link.person_id)
    if people.find(link.email) is not None:
        raise Conflict("This email has an account.", code="already_exists", field="email")
    old, person.email, person.email_key = person.email, as_written(link), link.email
    person.email_verified_at = clock.now()
    db.session.flush()
    mail_links.void(person.id)  # what was mailed to the old one opens nothing
    sessions.end_all(person.id, but=session_id)
    mail.queue(old, "identity/mail/email_changed", {"name": person.name}, locale=person.locale)
    audit.record_for_person(person.id, "people.email_changed", Subject("person", person.id), address=address)
    return person.id


def _owner(person_id: UUID | None) -> Person:
    return db.session.scalars(
        sa.select(Person).where(Person.id == person_id).execution_options(populate_existing=True)
    ).one()

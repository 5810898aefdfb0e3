"""The authority on "This was not me": the link in a mail that tells of a new second factor, which takes it away again.

Whoever knows a password can add a factor and so keep the account's person out, even after a reset. What they cannot do
is read that person's mail: the link goes to the email as it was then, only where it was verified, and lasts a week,
over changes of the password and of the email. It gives nothing: it takes away what was added since, and ends all
sessions.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import MailLink, Person
from app.identity.services import (
    audit,
    authenticators,
    challenges,
    mail_links,
    passkeys,
    recovery_codes,
    second_factors,
    sessions,
)
from app.identity.services.mail_links import Purpose
from app.platform import mail
from app.platform.database import db

NOTICE = "identity/mail/security_notice"
PATH = "/not-me"


def tell(person_id: UUID, title: str, said: str, *, since: datetime) -> None:
    """Mail that something was turned on, with the link that takes away what was since then."""
    person = db.session.scalars(sa.select(Person).where(Person.id == person_id)).one()
    context = {"name": person.name, "title": title, "said": said}
    link = None
    if person.email_verified_at is not None:
        details = {"since": since.isoformat()}
        made = mail_links.make(Purpose.UNDO_FACTOR, email=person.email_key, person=person, details=details)
        link = mail.Link(PATH, str(Purpose.UNDO_FACTOR), made.id)
    mail.queue(person.email, NOTICE, context, link=link, locale=person.locale)


def since(link: MailLink) -> datetime:
    """From when on the link takes away."""
    return datetime.fromisoformat(mail_links.details_of(link)["since"])


def undo(text: str, *, address: str | None) -> None:
    """Take the link: what was added since opens nothing any more, all sessions end, all such links are closed.

    raises: UselessLink
    """
    link = mail_links.use(Purpose.UNDO_FACTOR, text)
    if link.person_id is None:  # the columns allow it; `tell` does not
        raise mail_links.UselessLink("This link opens nothing any more.")
    person_id, at = link.person_id, since(link)
    authenticators.remove_since(person_id, at)
    passkeys.remove_since(person_id, at)
    recovery_codes.remove(person_id, since=at)
    if not second_factors.has_any(person_id):
        recovery_codes.remove(person_id)
    mail_links.void_of(person_id, Purpose.UNDO_FACTOR)
    challenges.drop(person_id)
    sessions.end_all(person_id)
    person = db.session.scalars(sa.select(Person).where(Person.id == person_id)).one()
    said = "What was added since the mail that you answered opens nothing any more, and you are signed out everywhere."
    told = {"name": person.name, "title": "Second factors were taken away", "said": said}
    mail.queue(person.email, NOTICE, told, locale=person.locale)
    audit.record_for_person(person_id, "people.second_factor_undone", address=address)

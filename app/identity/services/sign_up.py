"""The authority on signing up: a mail to whatever email was typed; the workshop is made when its link is opened.

For an email that has an account the mail says so instead, and the page says the same either way. Whoever opens the
link shows that they also typed what was typed: by the browser they typed it in, or by the password. So nobody can have
a stranger confirm an account whose password they chose.
"""

import hashlib
from dataclasses import asdict, dataclass

from app.identity.models import MailLink
from app.identity.services import audit, mail_links, organizations, people, sessions
from app.identity.services.audit import By, Subject
from app.identity.services.mail_links import Purpose
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.platform import mail
from app.platform.database import db

MAILS_AN_HOUR = 12
"""To one email, whoever asks. How often one sender may ask, the page counts: a stranger alone cannot use this up."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed to sign up, but for the password."""

    name: str
    workshop: str
    email: str
    craft: str
    time_zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new workshop, and the secret of its owner's first session."""

    organization: OrganizationFacts
    secret: str


def ask(wanted: Wanted, *, password_hash: str, typed_in: str, silent: bool = False) -> None:
    """Mail the link, or that there is an account. The same work either way; the hash is always made.

    typed_in:  a secret that the browser keeps
    silent:    no mail goes out: the sender asked often enough
    """
    known = people.find(wanted.email)
    key = people.email_key(wanted.email)
    silent = mail_links.is_enough(Purpose.SIGN_UP, key, most=MAILS_AN_HOUR) or silent
    details = {**asdict(wanted), "password_hash": password_hash, "typed_in": _digest(typed_in)}
    link = mail_links.make(Purpose.SIGN_UP, email=key, details=details if known is None else None)
    if silent:
        return
    if known is not None:
        mail.queue(known.email, "identity/mail/account_exists", {"name": known.name}, locale=known.locale)
        return
    to = mail.Link("/sign-up", str(Purpose.SIGN_UP), link.id)
    said = {"name": wanted.name, "workshop": wanted.workshop}
    mail.queue(wanted.email, "identity/mail/sign_up", said, link=to)


def was_typed_in(link: MailLink, secret: str | None) -> bool:
    """Whether the browser that opens the link is the one in which the form was filled in."""
    return secret is not None and bool(_typed(link)["typed_in"] == _digest(secret))


def is_password(link: MailLink, password: str) -> bool:
    """Whether this is the password that was typed. Takes a while: ends the transaction that is open."""
    known = _typed(link)["password_hash"]
    db.session.rollback()
    return people.is_password(known, password)


def wanted_of(link: MailLink) -> Wanted:
    """What was typed."""
    said = _typed(link)
    return Wanted(**{name: said[name] for name in Wanted.__slots__})


def complete(text: str, *, tier: str, address: str | None, browser: str | None) -> Made:
    """Take the link: make the person, with a verified email, the workshop and its owner, and sign them in.

    raises: UselessLink; Conflict `already_exists` when the email got an account meanwhile
    """
    link = mail_links.use(Purpose.SIGN_UP, text)
    wanted, password_hash = wanted_of(link), _typed(link)["password_hash"]
    mail_links.forget_details(link)
    person = people.create(email=wanted.email, name=wanted.name, password_hash=password_hash)
    person.email_verified_at = clock.now()
    organization = organizations.create(
        name=wanted.workshop,
        owner_id=person.id,
        time_zone=wanted.time_zone,
        currency=wanted.currency,
        tier=tier,
        craft=wanted.craft,
    )
    secret = sessions.begin(person.id, address=address, browser=browser)
    by = By(organization.id, "web", person_id=person.id, address=address)
    audit.record(by, "organization.created", Subject("organization", organization.id), after={"tier": tier})
    return Made(organization, secret)


def _typed(link: MailLink) -> dict[str, str]:
    return mail_links.details_of(link)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

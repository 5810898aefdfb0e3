"""The authority on people and their passwords: Argon2id, made again when its parameters have grown.

Hashing takes a while on purpose: never inside a transaction.
"""

import unicodedata
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.identity.models import Person
from app.identity.services import audit
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid
from app.kernel.ids import uuid7
from app.kernel.words import phrase
from app.platform import words
from app.platform.database import db

PASSWORD_LENGTH = (8, 256)
EMAIL_LENGTH = 254
NAME_LENGTH = 200

hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP's parameters for a small server: 19 MiB a check, so that sign-ins at once do not exhaust it."""


def email_key(email: str) -> str:
    """What emails are compared by: ASCII letters lower, everything else as it is, so that no two look-alikes meet."""
    text = unicodedata.normalize("NFC", email.strip())
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def hash_password(password: str) -> str:
    """The hash to keep.

    raises: Invalid on `password` when it is too short or too long
    """
    shortest, longest = PASSWORD_LENGTH
    if not shortest <= len(password) <= longest:
        raise Invalid.field(
            "password", phrase("Must be %(shortest)s to %(longest)s characters.", shortest=shortest, longest=longest)
        )
    return hasher.hash(password)


def create(*, email: str, name: str, password_hash: str) -> Person:
    """Write down a new person.

    raises: Invalid on `email` or `name`; Conflict `already_exists` when the email has an account
    """
    check_email(email)
    _check_name(name)
    if find(email) is not None:
        raise Conflict("This email has an account.", code="already_exists", field="email")
    person = Person(
        id=uuid7(),
        email=email.strip(),
        email_key=email_key(email),
        name=name.strip(),
        password_hash=password_hash,
        created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()
    return person


def rename(person_id: UUID, name: str, *, address: str | None = None) -> None:
    """Call a person otherwise. The logs keep both names: everywhere else they show the one of today.

    raises: Invalid on `name`
    """
    _check_name(name)
    person = db.session.scalars(
        sa.select(Person)
        .where(Person.id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    old, person.name = person.name, name.strip()
    db.session.flush()
    if old != person.name:
        before, after = {"name": old}, {"name": person.name}
        audit.record_for_person(person_id, "people.renamed", address=address, before=before, after=after)


def choose_locale(person_id: UUID, locale: str | None) -> None:
    """Speak to a person so everywhere; None: as each workshop does.

    raises: Invalid on `locale`
    """
    if locale is not None and locale not in words.LOCALES:
        raise Invalid.field("locale", "That language is not offered.")
    db.session.execute(sa.update(Person).where(Person.id == person_id).values(locale=locale))


def find(email: str) -> Person | None:
    """The person of this email, active or not."""
    return db.session.scalar(sa.select(Person).where(Person.email_key == email_key(email)))


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether `password` made the hash. None, for nobody, takes as long and is never right."""
    try:
        hasher.verify(password_hash or _nobodys_hash(hasher), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(password_hash)


def keep_hash(person_id: UUID, *, old: str, new: str) -> None:
    """Put `new` in the place of `old`, unless the password was changed meanwhile."""
    same = (Person.id == person_id) & (Person.password_hash == old)
    db.session.execute(sa.update(Person).where(same).values(password_hash=new))


@cache
def _nobodys_hash(made_by: PasswordHasher) -> str:
    return made_by.hash("nobody has this password")


def check_email(email: str) -> None:
    """Pass for what can be an email address.

    raises: Invalid on `email`
    """
    text = email.strip()
    name, at, domain = text.rpartition("@")
    bad = not (name and at and domain) or "@" in name or any(letter.isspace() for letter in text)
    if bad or len(text) > EMAIL_LENGTH or not text.isprintable():
        raise Invalid.field("email", "Must be an email address, such as ines@example.com.")


def _check_name(name: str) -> None:
    if not 1 <= len(name.strip()) <= NAME_LENGTH or not name.isprintable():
        raise Invalid.field("name", phrase("Must be 1 to %(most)s characters.", most=NAME_LENGTH))

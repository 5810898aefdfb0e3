"""The authority on which passwords are taken, and on changing one: what was open before it is closed after it.

Length counts, kinds of letters do not. The most common ones are refused; they stand first in every list that is tried.
source: NIST SP 800-63B, 5.1.1.2; the words are those that head the yearly lists of the most used passwords
"""

from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Person
from app.identity.services import accounts, attempts, audit, challenges, mail_links, people, second_factors, sessions
from app.identity.services.audit import Subject
from app.identity.services.mail_links import Purpose
from app.kernel.errors import Conflict, Invalid
from app.kernel.words import phrase
from app.platform import mail
from app.platform.database import db

COMMON = frozenset(
    """
    00000000 01234567 11111111 111111111 1111111111 11223344 12121212 12341234 12344321 123123123 1234567890
    123456789 12345678 1234567891 123456789a 123456abc 123456qwerty 1234qwer 123654789 123abc123 123qwe123 147258369
    159753159 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 22222222 55555555 66666666 77777777 87654321 88888888 987654321
    9876543210 99999999 a1234567 a12345678 a123456789 aa12345678 aaaaaaaa abc12345 abc123456 abcd1234 abcdefgh
    abcdefg1 access14 administrator admin123 admin1234 adminadmin asdasdasd asdf1234 asdfasdf asdfghjk asdfghjkl
    baseball basketball batchtrack bismillah blink182 butterfly changeme changeme1 charlie1 chocolate computer corvette
    dragon123 elizabeth football football1 freedom1 hello123 iloveyou iloveyou1 iloveyou2 internet jennifer jessica1
    jonathan letmein1 letmein123 liverpool lovelove maverick mercedes michael1 michelle monkey123 mustang1 mynoob123
    p@ssw0rd p@ssword pa55word passw0rd password password! password1 password1! password12 password123 password1234
    pokemon1 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsxedc qqww1122 qwer1234 qwerasdf qwert123 qwerty12 qwerty123
    qwerty1234 qwertyui qwertyuiop rockyou1 samantha secret123 spiderman starwars sunshine sunshine1 superman
    superman1 testtest trustno1 victoria welcome1 welcome123 whatever workshop zaq12wsx zxcvbnm1 zxcvbnm123 zxcvbnm,
    """.split()  # noqa: SIM905 - a hundred words read better so
)
"""The most used ones of eight letters and more, in lower case."""


def check(password: str, *, email: str) -> None:
    """Pass for a password that may be chosen.

    raises: Invalid on `password`
    """
    shortest, longest = people.PASSWORD_LENGTH
    plain = password.strip().lower()
    if not shortest <= len(password) <= longest:
        raise Invalid.field(
            "password", phrase("Must be %(shortest)s to %(longest)s characters.", shortest=shortest, longest=longest)
        )
    if plain in COMMON or len(set(plain)) == 1:
        raise Invalid.field("password", "This is one of the first that anybody tries. Choose another.")
    if plain in {email.strip().lower(), email.strip().lower().partition("@")[0]}:
        raise Invalid.field("password", "Choose one that is not your email.")


def hash_new(password: str, *, email: str) -> str:
    """The hash of a password that may be chosen. Takes a while: never inside a transaction.

    raises: Invalid on `password`
    """
    check(password, email=email)
    return people.hash_password(password)


def change(person_id: UUID, *, known: str, new: str, session_id: UUID, address: str | None) -> None:
    """Put the hash `new` in the place of `known`; every other session ends.

    raises: Conflict when the password was changed meanwhile
    """
    person = _locked(person_id)
    if person.password_hash != known:
        raise Conflict("Your password was changed a moment ago.", code="changed_meanwhile")
    _replace(person, new, but=session_id)
    mail.queue(person.email, "identity/mail/password_changed", {"name": person.name}, locale=person.locale)
    audit.record_for_person(person_id, "people.password_changed", Subject("person", person_id), address=address)


def ask_reset(email: str) -> None:
    """Mail the link that sets a new password, where the email has an account. The answer is the same for any email."""
    person = people.find(email)
    if person is not None and person.deactivated_at is not None:
        person = None
    key = people.email_key(email)
    silent = mail_links.is_enough(Purpose.RESET_PASSWORD, key)
    link = mail_links.make(Purpose.RESET_PASSWORD, email=key, person=person)
    if silent:
        return
    to = mail.Link("/reset", str(Purpose.RESET_PASSWORD), link.id)
    name = "" if person is None else person.name
    with db.session.begin_nested() as written:  # the same work, and the same bell, where there is nobody to write to
        locale = None if person is None else person.locale
        recipient = email if person is None else person.email
        mail.queue(recipient, "identity/mail/reset_password", {"name": name}, link=to, locale=locale)
        if person is None:
            written.rollback()


def reset(text: str, *, new: str, address: str | None, browser: str | None) -> str | None:
    """Set the hash `new` by the link's word: all sessions end, wrong tries are forgotten, so that a locked-out owner
    gets in. An email that this proves for the first time takes the account over (accounts.py).

    returns: the secret of a new session; None for somebody who signs in with a second factor, and does so now
    raises:  UselessLink
    """
    link = mail_links.use(Purpose.RESET_PASSWORD, text)
    if link.person_id is None:  # the columns allow it; `use` does not
        raise mail_links.UselessLink("This link opens nothing any more.")
    person = _locked(link.person_id)
    _replace(person, new, but=None)
    if person.email_verified_at is None:
        accounts.take_over(person)
    attempts.forget_wrong(person.email_key)
    mail.queue(person.email, "identity/mail/password_changed", {"name": person.name}, locale=person.locale)
    audit.record_for_person(person.id, "people.password_reset", Subject("person", person.id), address=address)
    if second_factors.asked_after_password(person.id):
        return None
    return sessions.begin(person.id, address=address, browser=browser)


def _replace(person: Person, new: str, *, but: UUID | None) -> None:
    person.password_hash = new
    db.session.flush()
    mail_links.void(person.id)
    challenges.drop(person.id)
    sessions.end_all(person.id, but=but)


def _locked(person_id: UUID) -> Person:
    return db.session.scalars(
        sa.select(Person)
        .where(Person.id == person_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()

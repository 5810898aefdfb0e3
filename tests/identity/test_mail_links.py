"""Links in mails: once, for a while, and only while the password is the one that it was."""

import contextlib
import threading
from datetime import timedelta

import pytest
from flask import Flask

from app.identity.models import MailLink, Person
from app.identity.services import emails, mail_links, people
from app.identity.services.mail_links import Purpose, UselessLink
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import commands, links
from app.platform.database import db
from tests.databases import on_postgresql_only

NEW = "tallow-and-fern-9"


@pytest.fixture
def person(owner: Actor, database: Flask) -> Person:
    return emails.find(owner.person_id)


def made(purpose: Purpose, person: Person | None, **more: str) -> str:
    """The text of a new link."""
    with commands.transaction():
        email = person.email_key if person else "new@fernandtallow.example"
        link = mail_links.make(purpose, email=email, person=person, details=more or None)
        return links.text(str(purpose), link.id)


def taken(purpose: Purpose, text: str) -> MailLink:
    """The link, used."""
    with commands.transaction():
        return mail_links.use(purpose, text)


def test_it_opens_once(person: Person) -> None:
    text = made(Purpose.RESET_PASSWORD, person)
    assert taken(Purpose.RESET_PASSWORD, text).person_id == person.id
    with pytest.raises(UselessLink):
        taken(Purpose.RESET_PASSWORD, text)


def test_looking_does_not_use_it_up(person: Person) -> None:
    text = made(Purpose.RESET_PASSWORD, person)
    for _ in range(3):
        mail_links.find(Purpose.RESET_PASSWORD, text)
    assert taken(Purpose.RESET_PASSWORD, text).person_id == person.id


@pytest.mark.parametrize("purpose", Purpose)
def test_it_opens_for_its_time(person: Person, purpose: Purpose) -> None:
    said = {"name": "x"} if purpose == Purpose.SIGN_UP else {}
    text = made(purpose, None if said else person, **said)
    with clock.set_to(clock.now() + mail_links.LASTS[purpose] - timedelta(seconds=9)):
        assert mail_links.find(purpose, text).purpose == purpose
    with clock.set_to(clock.now() + mail_links.LASTS[purpose]), pytest.raises(UselessLink):
        mail_links.find(purpose, text)


def test_it_is_for_one_purpose(person: Person) -> None:
    text = made(Purpose.VERIFY_EMAIL, person)
    with pytest.raises(UselessLink):
        mail_links.find(Purpose.RESET_PASSWORD, text)


def test_a_new_signature_over_its_id_for_something_else_opens_nothing(person: Person) -> None:
    text = made(Purpose.VERIFY_EMAIL, person)
    link_id = links.read(str(Purpose.VERIFY_EMAIL), text)
    assert link_id is not None
    with pytest.raises(UselessLink):
        mail_links.find(Purpose.RESET_PASSWORD, links.text(str(Purpose.RESET_PASSWORD), link_id))


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "🧼", "x" * 5_000, "00000000-0000-7000-8000-000000000000"], ids=range(6)
)
def test_what_is_no_link_opens_nothing(database: Flask, text: str) -> None:
    with pytest.raises(UselessLink):
        mail_links.find(Purpose.RESET_PASSWORD, text)


@pytest.mark.parametrize("purpose", [Purpose.RESET_PASSWORD, Purpose.VERIFY_EMAIL, Purpose.CHANGE_EMAIL])
def test_it_opens_nothing_once_the_password_is_another(person: Person, purpose: Purpose) -> None:
    text = made(purpose, person)
    with commands.transaction():
        people.keep_hash(person.id, old=person.password_hash, new=people.hash_password(NEW))
    with pytest.raises(UselessLink):
        mail_links.find(purpose, text)
    with pytest.raises(UselessLink):
        taken(purpose, text)


def test_it_opens_nothing_for_somebody_who_was_deactivated(person: Person) -> None:
    text = made(Purpose.RESET_PASSWORD, person)
    with commands.transaction():
        emails.find(person.id).deactivated_at = clock.now()
    with pytest.raises(UselessLink):
        mail_links.find(Purpose.RESET_PASSWORD, text)


def test_one_that_was_made_for_nobody_opens_nothing(database: Flask) -> None:
    text = made(Purpose.RESET_PASSWORD, None)
    with pytest.raises(UselessLink):
        mail_links.find(Purpose.RESET_PASSWORD, text)


def test_of_twelve_who_take_it_at_once_one_gets_it(person: Person, database: Flask) -> None:
    text = made(Purpose.RESET_PASSWORD, person)
    barrier, got, spent = threading.Barrier(12), list[MailLink](), list[UselessLink]()

    def take() -> None:
        barrier.wait()
        with database.app_context():
            try:
                got.append(taken(Purpose.RESET_PASSWORD, text))
            except UselessLink as useless:
                spent.append(useless)

    threads = [threading.Thread(target=take) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(spent)) == (1, 11)


@on_postgresql_only
@pytest.mark.parametrize("is_bound", [True, False])
def test_of_two_who_found_it_open_one_gets_it(
    person: Person, database: Flask, monkeypatch: pytest.MonkeyPatch, is_bound: bool
) -> None:
    """Both have read that it is unused before either takes it. (SQLite lets one in after the other.)"""
    purpose = Purpose.RESET_PASSWORD if is_bound else Purpose.SIGN_UP
    text = made(purpose, person) if is_bound else made(purpose, None, name="x")
    barrier, look, got = threading.Barrier(2, timeout=20), mail_links._look, list[MailLink]()

    def look_and_wait(purpose: Purpose, text: str) -> MailLink:
        found = look(purpose, text)
        barrier.wait()
        return found

    monkeypatch.setattr(mail_links, "_look", look_and_wait)

    def take() -> None:
        with database.app_context(), contextlib.suppress(UselessLink):
            got.append(taken(purpose, text))

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1


def test_its_text_is_nowhere_in_the_database(person: Person) -> None:
    text = made(Purpose.RESET_PASSWORD, person)
    rows = db.session.execute(MailLink.__table__.select()).all()
    assert text not in str(rows)
    assert text.partition(".")[2] not in str(rows)


def test_old_ones_are_swept_out(person: Person) -> None:
    made(Purpose.RESET_PASSWORD, person)
    with clock.set_to(clock.now() + timedelta(days=8)):
        made(Purpose.RESET_PASSWORD, person)
        left = db.session.scalars(MailLink.__table__.select().where(MailLink.person_id == person.id)).all()
    assert len(left) == 1

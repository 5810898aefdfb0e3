"""“This was not me”: the mail of a new second factor takes a thief's one away, whatever the thief changed since."""

from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Person
from app.identity.services import authenticators, recovery_codes, second_factors
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform import commands
from app.platform.database import db
from tests import cast
from tests.identity import house, letters
from tests.identity.phones import is_in, phone_of, self_of
from tests.identity.test_passkeys import registered

NEW = "tallow-and-fern-9"


@pytest.fixture
def email(app: Flask, owner: Actor) -> str:
    """The owner's, verified."""
    with app.app_context(), commands.transaction():
        db.session.execute(sa.update(Person).where(Person.id == owner.person_id).values(email_verified_at=clock.now()))
    return cast.email_of(owner)


def thief_adds_a_passkey(app: Flask, owner: Actor, email: str) -> str:
    """The path of the link in the mail that tells of it."""
    with app.app_context():
        registered(self_of(owner), "Another phone")
    return letters.link_in(app, email)


def held(app: Flask, owner: Actor) -> tuple[bool, bool, int]:
    """An app, a passkey, and how many recovery codes."""
    with app.app_context():
        found = second_factors.held(owner.person_id)
        return found.authenticator, found.passkey, recovery_codes.left(owner.person_id)


def test_the_first_factor_goes_with_its_codes_and_all_sessions(app: Flask, owner: Actor, email: str) -> None:
    link = thief_adds_a_passkey(app, owner, email)
    thief, person = cast.signed_in(owner), cast.signed_in(owner)

    assert "This was not me" in person.get(link).text
    assert held(app, owner) == (False, True, 10)
    answer = person.post(link)

    assert (answer.status_code, answer.location) == (303, "/reset")
    assert held(app, owner) == (False, False, 0)
    assert not is_in(thief)
    assert not is_in(person)
    assert letters.to(app, email)[-1].subject == "Second factors were taken away"
    assert house.noted(app, owner, "people.")[-1].action == "people.second_factor_undone"


def test_what_was_there_before_stays(app: Flask, owner: Actor, email: str) -> None:
    phone_of(owner, app)
    link = thief_adds_a_passkey(app, owner, email)

    cast.anonymous().post(link)

    assert held(app, owner) == (True, False, 10)


def test_what_was_added_later_goes_too(app: Flask, owner: Actor, email: str) -> None:
    link = thief_adds_a_passkey(app, owner, email)
    with app.app_context(), clock.set_to(clock.now() + timedelta(hours=2)):
        registered(self_of(owner), "A third phone")

    cast.anonymous().post(link)

    assert held(app, owner) == (False, False, 0)


def test_codes_that_a_thief_made_go(app: Flask, owner: Actor, email: str) -> None:
    phone_of(owner, app)
    assert cast.signed_in(owner).post("/account/security/recovery-codes").status_code == 200

    cast.anonymous().post(letters.link_in(app, email))

    assert held(app, owner) == (True, False, 0)


def test_it_outlives_a_changed_password_and_email(app: Flask, owner: Actor, email: str) -> None:
    link, thief = thief_adds_a_passkey(app, owner, email), cast.signed_in(owner)
    other = f"thief-{email}"
    thief.post("/account/email", data={"email": other})
    thief.post(letters.link_in(app, other))
    changed = thief.post("/account/password", data={"password": cast.PASSWORD, "new_password": NEW})
    assert changed.location == "/account"

    assert cast.anonymous().post(link).status_code == 303

    assert held(app, owner) == (False, False, 0)
    assert not is_in(thief)


def test_after_it_a_reset_lets_the_person_in(app: Flask, owner: Actor, email: str) -> None:
    cast.anonymous().post(thief_adds_a_passkey(app, owner, email))
    browser = cast.anonymous()
    browser.post("/reset", data={"email": email})

    browser.post(letters.link_in(app, email), data={"password": NEW})

    assert is_in(browser)


def test_it_works_once_and_closes_the_others(app: Flask, owner: Actor, email: str) -> None:
    first, second = thief_adds_a_passkey(app, owner, email), thief_adds_a_passkey(app, owner, email)
    assert cast.anonymous().post(first).status_code == 303
    with app.app_context():
        registered(self_of(owner), "My own again")

    for link in (first, second):
        assert cast.anonymous().get(link).status_code == cast.anonymous().post(link).status_code == 410
    assert held(app, owner) == (False, True, 10)


def test_it_lasts_a_week(app: Flask, owner: Actor, email: str) -> None:
    link, now = thief_adds_a_passkey(app, owner, email), clock.now()
    with clock.set_to(now + timedelta(days=6, hours=23)):
        assert cast.anonymous().get(link).status_code == 200
    with clock.set_to(now + timedelta(days=7, minutes=1)):
        assert cast.anonymous().post(link).status_code == 410


def test_an_email_that_nobody_verified_gets_no_link(app: Flask, owner: Actor) -> None:
    with app.app_context():
        registered(self_of(owner))
    said = letters.to(app, cast.email_of(owner))[-1]
    assert said.link is None
    assert "/account/security" in said.text


def test_what_is_turned_off_holds_no_link(app: Flask, owner: Actor, email: str) -> None:
    phone_of(owner, app)
    cast.signed_in(owner).post("/account/security/authenticator/off")
    assert letters.to(app, email)[-1].link is None


def test_a_reset_leads_to_the_list_of_what_opens_the_account(app: Flask, owner: Actor, email: str) -> None:
    phone = phone_of(owner, app)
    with app.app_context():
        registered(self_of(owner), "Another phone")
    browser = cast.anonymous()
    browser.post("/reset", data={"email": email})
    answer = browser.post(letters.link_in(app, email), data={"password": NEW})

    assert answer.location == "/sign-in?next=/account/security"
    form, browser = {"email": email, "password": NEW, "next": "/account/security"}, cast.anonymous()
    browser.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": f"192.0.2.{ids.code()}"})
    there = browser.post("/sign-in/second", data={"code": phone.codes[0]}).location
    page = browser.get(there).text
    assert there == "/account/security"
    assert "Another phone" in page
    assert "On since" in page


def test_the_first_factor_ends_sessions_that_began_without_one(app: Flask, owner: Actor) -> None:
    thief, browser = cast.signed_in(owner), cast.signed_in(owner)
    browser.post("/account/security/authenticator/begin")
    with app.app_context():
        phone_of_waiting(owner, browser)

    assert not is_in(thief)
    assert is_in(browser)


def test_a_second_one_ends_none(app: Flask, owner: Actor) -> None:
    phone_of(owner, app)
    other = cast.signed_in(owner)
    with app.app_context():
        registered(self_of(owner))
    assert is_in(other)


def phone_of_waiting(owner: Actor, browser: cast.Browser) -> None:
    """Type the waiting app's first code."""
    setup = authenticators.waiting(owner.person_id, email="x")
    assert setup is not None
    code = pyotp.TOTP(setup.secret).at(clock.now())
    assert browser.post("/account/security/authenticator", data={"code": code}).status_code == 200

"""The second step at the door: each code opens once, and wrong ones are counted whatever the challenge."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.services import challenges, passkeys, people, second_step, sessions
from app.identity.services.passkeys import NotProven
from app.identity.services.second_step import Over, Visit
from app.identity.services.sign_in import Refused
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform import commands
from app.platform.database import db
from tests import cast
from tests.identity.phones import Phone, is_in, knock, phone_of, self_of
from tests.identity.test_authenticators import at_once
from tests.identity.test_passkeys import registered


@pytest.fixture
def phone(owner: Actor, app: Flask) -> Phone:
    """The owner's."""
    return phone_of(owner, app)


def arrived(phone: Phone, address: str | None = None) -> Visit:
    """Somebody whose password was right."""
    with commands.transaction():
        secret = second_step.begin(phone.me.person_id)
    return Visit(secret, address or f"address {ids.code()}", "a test")


class TestCodes:
    def test_a_right_code_opens_a_session(self, phone: Phone, database: Flask) -> None:
        secret = second_step.by_code(arrived(phone), code=phone.code())

        assert isinstance(secret, str)
        found = sessions.find(secret)
        assert found is not None
        assert found.person_id == phone.me.person_id

    def test_a_code_that_was_used_is_refused_at_another_challenge(self, phone: Phone, database: Flask) -> None:
        with clock.set_to(clock.now()):
            code = phone.code()
            assert isinstance(second_step.by_code(arrived(phone), code=code), str)
            assert second_step.by_code(arrived(phone), code=code) == Refused()

    def test_a_challenge_opens_one_session(self, phone: Phone, database: Flask) -> None:
        visit = arrived(phone)
        second_step.by_code(visit, code=phone.codes[0])

        with pytest.raises(Over):
            second_step.by_code(visit, code=phone.codes[1])

    def test_a_challenge_lasts_ten_minutes(self, phone: Phone, database: Flask) -> None:
        visit = arrived(phone)
        with clock.set_to(clock.now() + challenges.LASTS[challenges.SECOND_FACTOR]), pytest.raises(Over):
            second_step.by_code(visit, code=phone.codes[0])

    def test_a_new_password_ends_what_waits_at_the_door(self, phone: Phone, database: Flask) -> None:
        visit = arrived(phone)
        with commands.transaction():
            challenges.drop(phone.me.person_id)

        with pytest.raises(Over):
            second_step.by_code(visit, code=phone.code())

    def test_a_recovery_code_opens_once_and_is_told(self, phone: Phone, database: Flask) -> None:
        assert isinstance(second_step.by_code(arrived(phone), code=phone.codes[0]), str)
        assert second_step.by_code(arrived(phone), code=phone.codes[0]) == Refused()

        mailed = db.session.execute(
            sa.text("SELECT context FROM outgoing_mails WHERE recipient = :to"), {"to": phone.me.email}
        ).scalars()
        assert any("A recovery code was used" in context for context in mailed)

    def test_somebody_elses_code_opens_nothing(self, phone: Phone, stranger: Actor, database: Flask) -> None:
        theirs = phone_of(stranger, database)

        assert second_step.by_code(arrived(phone), code=theirs.codes[0]) == Refused()

    @pytest.mark.parametrize("kind", ["app", "recovery"])
    def test_of_two_at_the_same_moment_one_gets_in(self, phone: Phone, database: Flask, kind: str) -> None:
        code = phone.code() if kind == "app" else phone.codes[0]
        visits = [arrived(phone), arrived(phone)]
        db.session.rollback()

        given = at_once(database, lambda: second_step.by_code(visits.pop(), code=code), writes=False)

        assert sorted(type(answer).__name__ for answer in given) == ["Refused", "str"]

    def test_of_two_codes_at_the_same_challenge_one_gets_in(self, phone: Phone, database: Flask) -> None:
        visit, codes = arrived(phone), phone.codes[:2]
        db.session.rollback()

        def enter() -> Any:
            try:
                return second_step.by_code(visit, code=codes.pop())
            except Over as over:
                return over

        given = at_once(database, enter, writes=False)

        assert sorted(type(answer).__name__ for answer in given) == ["Over", "str"]


class TestCounting:
    def test_the_sixth_wrong_code_waits_whatever_the_challenge(self, phone: Phone, database: Flask) -> None:
        with clock.set_to(clock.now()):
            given = [second_step.by_code(arrived(phone), code=phone.wrong()) for _ in range(6)]
            assert given == [Refused()] * 5 + [Refused(300)]
            assert second_step.by_code(arrived(phone), code=phone.code()) == Refused(300)

    def test_the_right_password_does_not_forgive_wrong_codes(self, phone: Phone, database: Flask) -> None:
        browser = cast.anonymous()
        for _ in range(5):
            knock(browser, phone)
            assert browser.post("/sign-in/second", data={"code": phone.wrong()}).status_code == 401
        knock(browser, phone)
        answer = browser.post("/sign-in/second", data={"code": phone.code()})

        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert not is_in(browser)

    def test_a_right_code_forgives(self, phone: Phone, database: Flask) -> None:
        for _ in range(4):
            second_step.by_code(arrived(phone), code=phone.wrong())
        assert isinstance(second_step.by_code(arrived(phone), code=phone.code()), str)
        for _ in range(4):
            assert second_step.by_code(arrived(phone), code=phone.wrong()) == Refused()

    def test_nobody_can_lock_the_step_from_the_sign_in_page(self, phone: Phone, database: Flask) -> None:
        typed = second_step._key(phone.me.person_id)

        assert people.email_key(typed) != typed

    def test_sixty_tries_from_fifty_addresses_get_five_through(self, phone: Phone, database: Flask) -> None:
        with clock.set_to(clock.now()):
            given = [
                second_step.by_code(arrived(phone, f"{number % 50} {phone.secret}"), code=phone.wrong())
                for number in range(60)
            ]
        assert given.count(Refused()) == 5

    def test_wrong_codes_do_not_keep_a_passkey_out(self, phone: Phone, database: Flask) -> None:
        soft = registered(phone.me)
        for _ in range(6):
            second_step.by_code(arrived(phone), code=phone.wrong())
        visit = arrived(phone)
        offer = offered(phone)

        assert second_step.by_passkey(visit, passkey_secret=offer.secret, credential=soft.signed(offer.options))


class TestPasskeys:
    def test_another_persons_passkey_does_not_open(self, phone: Phone, stranger: Actor, database: Flask) -> None:
        theirs = registered(self_of(stranger))
        offer = offered(phone)

        with pytest.raises(NotProven):
            second_step.by_passkey(arrived(phone), passkey_secret=offer.secret, credential=theirs.signed(offer.options))

    def test_a_challenge_that_was_made_for_anybody_does_not_count(self, phone: Phone, database: Flask) -> None:
        soft = registered(phone.me)
        with commands.transaction():
            anybody = passkeys.offer(challenges.PASSKEY_SIGN_IN)

        with pytest.raises(NotProven):
            second_step.by_passkey(
                arrived(phone), passkey_secret=anybody.secret, credential=soft.signed(anybody.options)
            )


def offered(phone: Phone) -> Any:
    with commands.transaction():
        return passkeys.offer(challenges.PASSKEY_SIGN_IN, person_id=phone.me.person_id)

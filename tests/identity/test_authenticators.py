"""Authenticator apps and recovery codes: in force once confirmed, each code good once, the secret never readable."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, Authenticator, RecoveryCode
from app.identity.services import account_security, authenticators, recovery_codes, second_factors
from app.identity.services.account_security import Self
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.platform import commands, tenancy
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests import cast

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
EMAIL = "ines@fernandtallow.example"


@pytest.fixture
def me(owner: Actor, database: Flask) -> Self:
    return Self(owner.person_id, owner.person_name, cast.email_of(owner), "192.0.2.1")


def secret_of(me: Self) -> str:
    with commands.transaction():
        authenticators.begin(me.person_id)
    setup = authenticators.waiting(me.person_id, email=EMAIL)
    assert setup is not None
    return setup.secret


def turned_on(me: Self, at: datetime = NOON) -> tuple[str, list[str]]:
    secret = secret_of(me)
    with clock.set_to(at), commands.transaction():
        return secret, account_security.turn_on_authenticator(me, code=code_of(secret, at))


def code_of(secret: str, at: datetime) -> str:
    return pyotp.TOTP(secret).at(at)


def uses(me: Self, code: str, at: datetime = NOON) -> bool:
    with clock.set_to(at), commands.transaction():
        return authenticators.use(me.person_id, code=code)


class TestTurningOn:
    def test_the_qr_code_holds_a_secret_of_160_bits_and_the_email(self, me: Self) -> None:
        with commands.transaction():
            authenticators.begin(me.person_id)
        setup = authenticators.waiting(me.person_id, email=EMAIL)

        assert setup is not None
        assert pyotp.parse_uri(setup.uri).name == EMAIL
        assert len(pyotp.TOTP(setup.secret).byte_secret()) * 8 == 160

    def test_is_in_force_only_once_a_code_was_typed(self, me: Self) -> None:
        secret = secret_of(me)

        assert not second_factors.asked_after_password(me.person_id)
        assert not uses(me, code_of(secret, NOON))

        with clock.set_to(NOON), commands.transaction():
            account_security.turn_on_authenticator(me, code=code_of(secret, NOON))
        assert second_factors.asked_after_password(me.person_id)
        assert second_factors.has_any(me.person_id)

    def test_refuses_a_wrong_first_code(self, me: Self) -> None:
        secret = secret_of(me)
        for wrong in ("000000" if code_of(secret, NOON) != "000000" else "111111", "", "12345", "１２３４５６"):
            with clock.set_to(NOON), commands.transaction(), pytest.raises(Invalid) as refused:
                account_security.turn_on_authenticator(me, code=wrong)
            assert "code" in refused.value.errors
        assert not second_factors.has_any(me.person_id)

    def test_beginning_again_makes_the_first_secret_useless(self, me: Self) -> None:
        first = secret_of(me)
        second = secret_of(me)

        assert first != second
        with clock.set_to(NOON), commands.transaction(), pytest.raises(Invalid):
            authenticators.confirm(me.person_id, code=code_of(first, NOON))

    def test_an_app_that_is_on_is_not_replaced(self, me: Self) -> None:
        turned_on(me)

        with commands.transaction(), pytest.raises(Conflict):
            authenticators.begin(me.person_id)

    def test_the_database_does_not_hold_the_secret(self, me: Self) -> None:
        secret, codes = turned_on(me)

        kept = db.session.execute(sa.text("SELECT secret FROM authenticators")).scalars().all()
        hashes = db.session.execute(sa.text("SELECT code_hash FROM recovery_codes")).scalars().all()
        dump = b"".join(bytes(row) for row in [*kept, *hashes])

        assert secret.encode() not in dump
        assert pyotp.TOTP(secret).byte_secret() not in dump
        assert not any(code.replace("-", "").encode() in dump for code in codes)

    def test_a_changed_installation_secret_is_said(self, me: Self, database: Flask) -> None:
        secret, _ = turned_on(me)
        before = database.config["SECRET_KEY"]
        database.config["SECRET_KEY"] = "another"
        try:
            with pytest.raises(authenticators.Unreadable):
                uses(me, code_of(secret, NOON + timedelta(minutes=5)), NOON + timedelta(minutes=5))
        finally:
            database.config["SECRET_KEY"] = before


class TestACode:
    def test_works_once(self, me: Self) -> None:
        secret, _ = turned_on(me)
        later = NOON + timedelta(minutes=5)

        assert uses(me, code_of(secret, later), later)
        assert not uses(me, code_of(secret, later), later)
        assert not uses(me, code_of(secret, later), later + timedelta(seconds=30))

    def test_that_turned_it_on_does_not_open_the_door_too(self, me: Self) -> None:
        secret, _ = turned_on(me)

        assert not uses(me, code_of(secret, NOON))

    def test_an_older_one_does_not_work_after_a_newer_one(self, me: Self) -> None:
        secret, _ = turned_on(me)
        later = NOON + timedelta(minutes=5)

        assert uses(me, code_of(secret, later), later)
        assert not uses(me, code_of(secret, later - timedelta(seconds=30)), later)

    @pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
    def test_is_good_for_the_half_minute_before_and_after(self, me: Self, seconds: int, good: bool) -> None:
        secret, _ = turned_on(me)
        later = NOON + timedelta(minutes=5)

        assert uses(me, code_of(secret, later + timedelta(seconds=seconds)), later) == good

    def test_may_be_typed_with_a_space(self, me: Self) -> None:
        secret, _ = turned_on(me)
        later = NOON + timedelta(minutes=5)
        code = code_of(secret, later)

        assert uses(me, f" {code[:3]} {code[3:]} ", later)

    def test_of_two_at_the_same_moment_one_works(self, me: Self, app: Flask) -> None:
        secret, _ = turned_on(me)
        db.session.rollback()
        code = code_of(secret, clock.now())

        assert sorted(at_once(app, lambda: authenticators.use(me.person_id, code=code))) == [False, True]


class TestRecoveryCodes:
    def test_ten_come_with_the_first_second_factor(self, me: Self) -> None:
        _, codes = turned_on(me)

        assert len(set(codes)) == 10
        assert recovery_codes.left(me.person_id) == 10

    def test_each_works_once_however_it_is_typed(self, me: Self) -> None:
        _, codes = turned_on(me)
        with commands.transaction():
            assert recovery_codes.use(me.person_id, codes[0].lower().replace("-", " "))
            assert not recovery_codes.use(me.person_id, codes[0])
            assert recovery_codes.use(me.person_id, codes[1])
        assert recovery_codes.left(me.person_id) == 8

    def test_somebody_elses_does_not_work(self, me: Self, stranger: Actor) -> None:
        _, codes = turned_on(me)

        with commands.transaction():
            assert not recovery_codes.use(stranger.person_id, codes[0])

    def test_of_two_at_the_same_moment_one_works(self, me: Self, app: Flask) -> None:
        _, codes = turned_on(me)
        db.session.rollback()

        assert sorted(at_once(app, lambda: recovery_codes.use(me.person_id, codes[0]))) == [False, True]

    def test_new_ones_make_the_old_ones_useless(self, me: Self) -> None:
        _, old = turned_on(me)
        with commands.transaction():
            new = account_security.renew_codes(me)
        with commands.transaction():
            assert not recovery_codes.use(me.person_id, old[0])
            assert recovery_codes.use(me.person_id, new[0])

    def test_none_are_made_for_somebody_without_a_second_factor(self, me: Self) -> None:
        with commands.transaction(), pytest.raises(NotFound):
            account_security.renew_codes(me)

    def test_turning_off_takes_them_away(self, me: Self) -> None:
        turned_on(me)
        with commands.transaction():
            account_security.turn_off_authenticator(me)

        assert not second_factors.has_any(me.person_id)
        assert db.session.scalars(sa.select(RecoveryCode).filter_by(person_id=me.person_id)).all() == []
        assert db.session.scalars(sa.select(Authenticator).filter_by(person_id=me.person_id)).all() == []

    def test_what_is_not_on_cannot_be_turned_off(self, me: Self) -> None:
        with commands.transaction(), pytest.raises(NotFound):
            account_security.turn_off_authenticator(me)


class TestTelling:
    def test_each_change_is_mailed_and_stands_in_the_log_of_each_workshop(self, me: Self, owner: Actor) -> None:
        turned_on(me)
        with commands.transaction():
            account_security.renew_codes(me)
        with commands.transaction():
            account_security.turn_off_authenticator(me)

        mails = db.session.scalars(sa.select(OutgoingMail).filter_by(recipient=me.email).order_by(OutgoingMail.id))
        assert [mail.template for mail in mails] == ["identity/mail/security_notice"] * 3
        tenancy.bind(owner.organization_id)
        events = db.session.scalars(
            sa.select(AuditEvent)
            .where(AuditEvent.organization_id == owner.organization_id, AuditEvent.person_id == me.person_id)
            .order_by(AuditEvent.sequence)
        ).all()
        assert [event.action for event in events][-3:] == [
            "people.authenticator_on",
            "people.recovery_codes_made",
            "people.authenticator_off",
        ]
        assert {event.address for event in events[-3:]} == {"192.0.2.1"}


def at_once(app: Flask, work: Callable[[], Any], *, writes: bool = True) -> list[Any]:
    """What two threads get that begin together. `writes`: in a transaction of their own."""
    together, answers = threading.Barrier(2), list[Any]()

    def run() -> None:
        with app.app_context():
            together.wait()
            answers.append(commands.carry_out(work) if writes else work())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers

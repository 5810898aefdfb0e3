"""Signing in: the right password opens, wrong ones are counted, and nobody learns who has an account."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Person, SignInAttempt
from app.identity.services import people, sessions, sign_in
from app.identity.services.sign_in import Refused
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform import commands
from app.platform.database import db
from tests import cast

WRONG = "not the password"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def email(owner: Actor) -> str:
    return cast.email_of(owner)


@pytest.fixture
def address() -> str:
    return f"address {ids.code()}"


def attempt(email: str, address: str, password: str = WRONG) -> str | Refused:
    given = sign_in.sign_in(email=email, password=password, address=address)
    assert not isinstance(given, sign_in.NeedsSecondFactor)
    return given


def test_the_right_password_opens_a_session(email: str, address: str, database: Flask, owner: Actor) -> None:
    secret = attempt(email, address, cast.PASSWORD)

    assert isinstance(secret, str)
    found = sessions.find(secret)
    assert found is not None
    assert found.person_id == owner.person_id


def test_an_email_is_the_same_in_capitals(email: str, address: str, database: Flask) -> None:
    assert isinstance(attempt(f" {email.upper()} ", address, cast.PASSWORD), str)


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(email: str, address: str, database: Flask) -> None:
    assert attempt(email, address) == attempt("nobody@fernandtallow.example", address) == Refused()


def test_of_six_wrong_passwords_in_five_minutes_the_sixth_is_limited(email: str, address: str, database: Flask) -> None:
    with clock.set_to(NOON):
        answers = [attempt(email, f"{address} {number}") for number in range(6)]

    assert answers[:5] == [Refused()] * 5
    assert answers[5] == Refused(300)


def test_a_limited_account_refuses_the_right_password_too(email: str, address: str, database: Flask) -> None:
    with clock.set_to(NOON):
        for _ in range(5):
            attempt(email, address)
        assert attempt(email, address, cast.PASSWORD) == Refused(300)


def test_limited_tries_do_not_lengthen_the_wait(email: str, address: str, database: Flask) -> None:
    for minute in range(5):
        with clock.set_to(NOON + timedelta(minutes=minute / 2)):
            attempt(email, address)
    with clock.set_to(NOON + timedelta(minutes=4)):
        assert [attempt(email, address) for _ in range(3)] == [Refused(60)] * 3
    with clock.set_to(NOON + timedelta(minutes=5)):
        assert isinstance(attempt(email, address, cast.PASSWORD), str)


def test_a_success_forgives_the_account_its_earlier_mistakes(email: str, address: str, database: Flask) -> None:
    for second, password in enumerate(["wrong"] * 4 + [cast.PASSWORD] + ["wrong"] * 5):
        with clock.set_to(NOON + timedelta(seconds=second)):
            answer = attempt(email, f"{address} {second}", password)
            assert answer == Refused() or isinstance(answer, str)


def test_an_unknown_email_is_limited_like_a_known_one(address: str, database: Flask) -> None:
    nobody = f"{ids.code()}@nowhere.example"
    with clock.set_to(NOON):
        answers = [attempt(nobody, f"{address} {number}") for number in range(6)]
    assert answers == [Refused()] * 5 + [Refused(300)]


def test_an_address_has_ten_wrong_tries_over_all_accounts(address: str, database: Flask) -> None:
    with clock.set_to(NOON):
        answers = [attempt(f"{ids.code()}@nowhere.example", address) for _ in range(11)]
        elsewhere = attempt(f"{ids.code()}@nowhere.example", f"{address} elsewhere")
    assert answers == [Refused()] * 10 + [Refused(300)]
    assert elsewhere == Refused()


def test_a_success_does_not_forgive_the_address(email: str, address: str, database: Flask) -> None:
    with clock.set_to(NOON):
        for _ in range(9):
            attempt(f"{ids.code()}@nowhere.example", address)
        assert isinstance(attempt(email, address, cast.PASSWORD), str)
        assert attempt(f"{ids.code()}@nowhere.example", address) == Refused()
        assert attempt(f"{ids.code()}@nowhere.example", address) == Refused(300)


def test_an_ipv6_network_is_one_address(address: str, database: Flask) -> None:
    network = f"2001:db8:{int(ids.uuid7()) % 0xFFFF:x}:{int(ids.uuid7()) >> 64 & 0xFFFF:x}"
    with clock.set_to(NOON):
        answers = [attempt(f"{ids.code()}@nowhere.example", f"{network}::{number:x}") for number in range(11)]
    assert answers == [Refused()] * 10 + [Refused(300)]


def test_an_ipv4_address_written_as_ipv6_is_no_network_of_all(address: str, database: Flask) -> None:
    with clock.set_to(NOON):
        for _ in range(11):
            attempt(f"{ids.code()}@nowhere.example", "::ffff:198.51.100.201")
        assert attempt(f"{ids.code()}@nowhere.example", "198.51.100.201") == Refused(300)
        assert attempt(f"{ids.code()}@nowhere.example", "::ffff:198.51.100.202") == Refused()


def test_of_sixteen_tries_at_once_no_more_than_five_look_at_the_password(
    email: str, address: str, database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look(_known: str | None, password: str) -> bool:
        looked.append(password)
        return False

    monkeypatch.setattr(people, "is_password", look)
    barrier = threading.Barrier(16)

    def strike(number: int) -> None:
        barrier.wait()
        with database.app_context():
            attempt(email, f"{address} {number}")

    threads = [threading.Thread(target=strike, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = db.session.scalars(sa.select(SignInAttempt.id).where(SignInAttempt.email_key == email)).all()
    assert len(looked) == len(kept) <= 5


def test_somebody_who_was_deactivated_stays_out(email: str, address: str, database: Flask, owner: Actor) -> None:
    with commands.transaction():
        db.session.execute(sa.update(Person).where(Person.id == owner.person_id).values(deactivated_at=clock.now()))
    assert attempt(email, address, cast.PASSWORD) == Refused()


def test_nobody_takes_as_much_work_as_somebody(
    email: str, address: str, database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []

    class Watched(type(people.hasher)):  # type: ignore[misc]
        def verify(self, known: str, password: str) -> bool:
            verified.append(known.rpartition("$")[0].rpartition("$")[0])
            return bool(super().verify(known, password))

    monkeypatch.setattr(people, "hasher", Watched(time_cost=1, memory_cost=8, parallelism=1))
    attempt(email, address)
    attempt(f"{ids.code()}@nowhere.example", address)
    assert verified == ["$argon2id$v=19$m=8,t=1,p=1"] * 2


def test_nobodys_password_is_never_right() -> None:
    assert not people.is_password(None, "nobody has this password")


def test_a_hash_of_weaker_times_is_made_again(
    email: str, address: str, database: Flask, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "hasher", type(people.hasher)(time_cost=2, memory_cost=16, parallelism=1))
    attempt(email, address, cast.PASSWORD)
    kept = db.session.scalars(sa.select(Person.password_hash).where(Person.id == owner.person_id)).one()
    assert "m=16,t=2" in kept
    assert isinstance(attempt(email, address, cast.PASSWORD), str)


def test_tries_of_yesterday_are_forgotten(email: str, address: str, database: Flask) -> None:
    with clock.set_to(NOON):
        attempt(email, address)
    with clock.set_to(NOON + timedelta(days=1, minutes=1)):
        attempt(email, address, cast.PASSWORD)
    kept = db.session.scalars(sa.select(SignInAttempt.succeeded).where(SignInAttempt.address == address)).all()
    assert kept == [True]

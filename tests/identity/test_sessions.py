"""Sessions: rows that end, opened by a secret that is kept nowhere."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import SignInSession
from app.identity.services import sessions
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.database import db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def secret(owner: Actor, database: Flask) -> Iterator[str]:
    with clock.set_to(NOON):
        yield sessions.begin(owner.person_id)
    db.session.rollback()


def at(instant: datetime, secret: str) -> sessions.SignedIn | None:
    with clock.set_to(instant):
        return sessions.find(secret)


def test_the_secret_is_not_in_the_database(secret: str, owner: Actor) -> None:
    row = db.session.execute(sa.select(SignInSession.__table__).where(SignInSession.person_id == owner.person_id)).one()
    assert secret not in str(row)
    assert len(row.token_hash) == 32


def test_it_ends_after_twelve_hours_without_a_request(secret: str) -> None:
    assert at(NOON + timedelta(hours=12, seconds=-1), secret)
    assert not at(NOON + timedelta(hours=12), secret)


def test_it_lives_on_when_it_is_used(secret: str) -> None:
    with clock.set_to(NOON + timedelta(hours=11)):
        found = sessions.find(secret)
        assert found is not None
        assert found.stale
        sessions.touch(found.session_id)
    assert at(NOON + timedelta(hours=22), secret)


def test_it_ends_after_fourteen_days_however_it_is_used(secret: str) -> None:
    for hours in range(0, 14 * 24, 8):
        with clock.set_to(NOON + timedelta(hours=hours)):
            found = sessions.find(secret)
            assert found is not None
            sessions.touch(found.session_id)
    assert at(NOON + timedelta(days=14, seconds=-1), secret)
    assert not at(NOON + timedelta(days=14), secret)


def test_what_was_ended_opens_nothing(secret: str) -> None:
    found = sessions.find(secret)
    assert found is not None
    sessions.end(found.session_id)
    assert sessions.find(secret) is None


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "ü" * 43, "x" * 10_000])
def test_a_wrong_secret_opens_nothing(secret: str, wrong: str) -> None:
    assert sessions.find(wrong) is None

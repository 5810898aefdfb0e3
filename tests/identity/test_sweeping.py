"""What is over at the door is swept out at night, and nothing that somebody could still use."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from app.identity import tasks
from app.identity.models import MailLink, SignInChallenge, SignInSession
from app.identity.services import mail_links, sessions
from app.identity.services.mail_links import Purpose
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform import commands
from app.platform.database import db


def _challenge() -> SignInChallenge:
    at = clock.now()
    return SignInChallenge(
        id=uuid7(),
        purpose="second_factor",
        token_hash=uuid7().bytes,
        created_at=at,
        expires_at=at + timedelta(minutes=10),
    )


def _left(owner: Actor, challenge_id: object, link_id: object) -> tuple[int, bool, bool]:
    of_owner = sa.select(sa.func.count()).where(SignInSession.person_id == owner.person_id)
    kept = [db.session.get(SignInChallenge, challenge_id), db.session.get(MailLink, link_id)]
    return db.session.scalars(of_owner).one(), kept[0] is not None, kept[1] is not None


def test_each_kind_goes_when_its_time_is_over(database: Flask, owner: Actor) -> None:
    with commands.transaction():
        sessions.begin(owner.person_id)
        challenge = _challenge()
        db.session.add(challenge)
        challenge_id = challenge.id
        link_id = mail_links.make(Purpose.SIGN_UP, email="ines@fernandtallow.example").id
    now = clock.now()
    found = {}
    for days in (0, 2, 9, 50, 110):
        with clock.set_to(now + timedelta(days=days)):
            tasks.sweep()
        db.session.expunge_all()
        found[days] = _left(owner, challenge_id, link_id)

    assert found == {
        0: (1, True, True),
        2: (1, False, True),
        9: (1, False, False),
        50: (1, False, False),
        110: (0, False, False),
    }


def test_it_is_due_every_night(app: Flask) -> None:
    assert tasks.SWEEP in app.extensions["batchtrack_schedule"]

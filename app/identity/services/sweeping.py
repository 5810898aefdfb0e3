"""Sweeps out what is over at the door: ended sessions, challenges and links of mails that nobody can use any more."""

from datetime import timedelta

import sqlalchemy as sa

from app.identity.models import MailLink, SignInAttempt, SignInChallenge, SignInSession
from app.kernel import clock
from app.platform.database import db

SESSIONS_KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=7)
PASSING_KEPT = timedelta(days=1)


def sweep() -> dict[str, int]:
    """Delete it; how many rows of each kind."""
    at = clock.now()
    ended = sa.func.coalesce(SignInSession.ended_at, SignInSession.expires_at)
    unused = sa.and_(ended < at - SESSIONS_KEPT, SignInSession.expires_at < at)
    gone = {
        "sessions": sa.delete(SignInSession).where(unused).returning(SignInSession.id),
        "links": sa.delete(MailLink).where(MailLink.expires_at < at - LINKS_KEPT).returning(MailLink.id),
        "challenges": sa.delete(SignInChallenge)
        .where(SignInChallenge.expires_at < at - PASSING_KEPT)
        .returning(SignInChallenge.id),
        "tries": sa.delete(SignInAttempt).where(SignInAttempt.at < at - PASSING_KEPT).returning(SignInAttempt.id),
    }
    return {name: len(db.session.execute(statement).all()) for name, statement in gone.items()}

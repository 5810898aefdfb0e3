"""The letters that wait to be sent: what they say, and the way that their link leads."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask

from app.platform.database import db
from app.platform.mail_writing import Letter, letter
from app.platform.models import OutgoingMail


def to(app: Flask, email: str) -> list[Letter]:
    """All letters to this address, the oldest first, written out."""
    with app.app_context():
        mails = db.session.scalars(
            sa.select(OutgoingMail).where(OutgoingMail.recipient == email).order_by(OutgoingMail.id)
        ).all()
        return [letter(mail) for mail in mails]


def link_in(app: Flask, email: str) -> str:
    """The path of the link in the last letter."""
    link = to(app, email)[-1].link
    assert link is not None
    return urlsplit(link).path

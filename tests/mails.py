"""A letter box for tests: the mails that were committed, written out as they would go, with their links.

def test_invites(owner, post_box):
    ...
    mail = post_box.to("ines@fernandtallow.example")
    browser.get(post_box.link_in(mail))
"""

from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from app.platform import commands, mail_writing
from app.platform.database import db
from app.platform.mail_writing import Letter
from app.platform.models import OutgoingMail
from tests import cast

__all__ = ["Letter", "PostBox"]


class PostBox:
    """What has come since the test began, oldest first."""

    def __init__(self) -> None:
        self._mails: list[Letter] = []
        with cast._app().app_context(), commands.transaction():
            db.session.execute(sa.delete(OutgoingMail))  # other tests' mails

    @property
    def mails(self) -> list[Letter]:
        """All of them; takes in what waits, whatever the clock says."""
        with cast._app().app_context(), commands.transaction():
            for each in db.session.scalars(sa.select(OutgoingMail).order_by(OutgoingMail.id)):
                said = mail_writing.letter(each)
                mail_writing.message(each, said)  # it could be sent
                self._mails.append(said)
            db.session.execute(sa.delete(OutgoingMail))
        return list(self._mails)

    def to(self, recipient: str) -> Letter:
        """The newest mail to this address; fails when there is none."""
        found = [mail for mail in self.mails if mail.recipient == recipient]
        assert found, f"No mail went to {recipient}; mails went to {[mail.recipient for mail in self._mails]}."
        return found[-1]

    def link_in(self, mail: Letter) -> str:
        """The path of the mail's link, for a test's browser; both its parts hold the whole address."""
        assert mail.link, "The mail has no link."
        assert mail.link in mail.text
        assert mail.link in mail.html
        return urlsplit(mail.link).path


@pytest.fixture
def post_box(_set_stage: None) -> PostBox:
    """Collects the mails of this test. Ask for `app`, `database`, `fresh_app` or one of the cast beside it."""
    return PostBox()

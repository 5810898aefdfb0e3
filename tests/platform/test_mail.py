"""Mails: they go after the commit and never without it, once, to a real mail server, and are tried again."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any, cast
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import DictLoader

from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform import commands, links, mail, mail_delivery, tasks
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests.architecture.rules import ROOT
from tests.mail_server import Receiver, receiving
from tests.mails import PostBox

TO = "ines@fernandtallow.example"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEMPLATE = "platform/mail/test"


@pytest.fixture
def receiver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A mail server that the application sends through, and no mail of other tests."""
    with app.app_context(), commands.transaction():
        db.session.execute(sa.delete(OutgoingMail))
    with receiving() as made:
        monkeypatch.setitem(app.config, "SMTP_URL", made.url)
        yield made


def queue(app: Flask, template: str = TEMPLATE, to: str = TO, **context: Any) -> UUID:
    """A mail that waits, committed."""
    with app.app_context(), commands.transaction():
        return mail.queue(to, template, context)


def deliver(app: Flask, at: datetime | None = None) -> int:
    """What a worker does."""
    with app.app_context(), clock.set_to(at or clock.now()):
        return mail_delivery.deliver()


def row(app: Flask, mail_id: UUID) -> OutgoingMail:
    """The mail as it stands."""
    with app.app_context():
        return db.session.get_one(OutgoingMail, mail_id)


class TestSending:
    def test_goes_after_the_commit_as_text_and_html(self, app: Flask, receiver: Receiver) -> None:
        mail_id = queue(app)
        assert deliver(app) == 1
        (said,) = receiver.taken
        assert (said["To"], said["From"]) == (TO, app.config["MAIL_FROM"])
        assert said["Subject"] == "BatchTrack can send mail"
        assert said["Message-ID"] == f"<{mail_id}@localhost>"
        assert said["Auto-Submitted"] == "auto-generated"
        assert said["Date"]
        assert [part.get_content_type() for part in said.iter_parts()] == ["text/plain", "text/html"]
        text, html = (part.get_content() for part in cast("Iterator[EmailMessage]", said.iter_parts()))
        assert "There is nothing to do." in text
        assert "<" not in text
        assert "There is nothing to do." in html
        assert row(app, mail_id).sent_at is not None

    def test_goes_once(self, app: Flask, receiver: Receiver) -> None:
        queue(app)
        assert [deliver(app), deliver(app)] == [1, 0]
        assert len(receiver.taken) == 1

    def test_nothing_goes_that_was_not_committed(self, app: Flask, receiver: Receiver) -> None:
        with app.app_context():
            commands.begin()
            mail.queue(TO, TEMPLATE)
            db.session.rollback()
        with app.app_context(), pytest.raises(ZeroDivisionError), commands.transaction():
            assert mail.queue(TO, TEMPLATE).int // 0
        assert deliver(app) == 0
        assert receiver.taken == []

    def test_waits_where_there_is_no_mail_server(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "SMTP_URL", None)
        mail_id = queue(app)
        assert deliver(app) == 0
        assert row(app, mail_id).attempts == 0

    def test_signs_in_with_the_password_of_the_address(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = app.config["SMTP_URL"].rpartition(":")[2]
        monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://me%40x:s%3Acret@127.0.0.1:{port}")
        queue(app)
        assert deliver(app) == 1
        assert receiver.users == [(b"me@x", b"s:cret")]

    def test_a_password_goes_in_the_clear_to_no_other_machine(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = app.config["SMTP_URL"].rpartition(":")[2]
        monkeypatch.setitem(app.config, "SMTP_URL", f"smtp://me:s%3Acret@127.0.0.1:{port}")
        monkeypatch.setattr("app.platform.smtp._is_here", lambda _host: False)
        mail_id = queue(app)
        assert deliver(app) == 0
        assert receiver.users == []
        assert "STARTTLS" in (row(app, mail_id).last_error or "")


class TestTryingAgain:
    def test_is_tried_again_when_the_server_says_not_now(self, app: Flask, receiver: Receiver) -> None:
        receiver.answers = ["451 4.7.1 Greylisted"]
        mail_id = queue(app)
        at = clock.now()
        assert deliver(app, at) == 0
        assert row(app, mail_id).last_error == "the server answered 451 4.7.1"
        assert deliver(app, at + timedelta(seconds=59)) == 0
        assert deliver(app, at + timedelta(seconds=61)) == 1
        assert (row(app, mail_id).attempts, row(app, mail_id).last_error) == (2, None)

    def test_is_given_up_after_eight_tries(self, app: Flask, receiver: Receiver) -> None:
        receiver.answers = ["550 5.1.1 No such mailbox"] * 9
        with clock.set_to(NOON):
            mail_id = queue(app)
        at, waits = NOON, []
        while row(app, mail_id).failed_at is None:
            deliver(app, at)
            waits.append(row(app, mail_id).not_before - at)
            at = row(app, mail_id).not_before
        assert [wait // timedelta(minutes=1) for wait in waits[:-1]] == [1, 5, 30, 120, 480, 480, 480]
        assert deliver(app, at + timedelta(days=9)) == 0
        assert len(receiver.answers) == 1

    def test_a_server_that_is_away_stops_the_round(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:1")
        first, second = queue(app), queue(app)
        assert deliver(app) == 0
        assert [row(app, each).attempts for each in (first, second)] == [1, 0]

    def test_is_not_lost_when_the_worker_dies_in_the_middle(self, app: Flask, receiver: Receiver) -> None:
        queue(app)
        at = clock.now()
        with app.app_context(), clock.set_to(at):
            mail_delivery._take()  # and dies
        assert deliver(app, at + timedelta(seconds=119)) == 0
        assert deliver(app, at + timedelta(seconds=121)) == 1

    def test_one_that_kills_each_worker_is_given_up(self, app: Flask, receiver: Receiver) -> None:
        mail_id, at = queue(app), clock.now()
        for _ in range(mail_delivery.TRIES):
            with app.app_context(), clock.set_to(at):
                mail_delivery._take()
            at += timedelta(minutes=3)
        assert deliver(app, at) == 0
        assert row(app, mail_id).failed_at is not None
        assert receiver.taken == []

    def test_two_workers_at_once_send_each_mail_once(self, app: Flask, receiver: Receiver) -> None:
        meeting = threading.Barrier(2, timeout=30)
        receiver.slowly = lambda: (meeting.wait(), None)[1]
        ids = [queue(app) for _ in range(4)]
        workers = [threading.Thread(target=deliver, args=(app,)) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert sorted(said["Message-ID"] for said in receiver.taken) == sorted(f"<{each}@localhost>" for each in ids)

    def test_a_broken_template_stops_no_other_mail(self, app: Flask, receiver: Receiver) -> None:
        broken, sound = queue(app, "platform/mail/none"), queue(app)
        assert deliver(app) == 1
        assert row(app, broken).last_error == "TemplateNotFound"
        assert row(app, sound).sent_at is not None


class TestWhatStandsInIt:
    @pytest.mark.parametrize(
        "to",
        [
            f"{TO}\r\nBcc: all@fernandtallow.example",
            f"{TO}\nBcc: all@fernandtallow.example",
            f"{TO}, all@fernandtallow.example",
            f"Ines <{TO}>",
            "nobody",
            "",
            "a b@fernandtallow.example",
        ],
    )
    def test_no_recipient_smuggles_in_a_header_or_another(self, app: Flask, receiver: Receiver, to: str) -> None:
        mail_id = queue(app, to=to)
        assert deliver(app) == 0
        assert receiver.taken == []
        assert (row(app, mail_id).last_error or "").startswith("the recipient is no address")

    def test_no_subject_smuggles_in_a_header(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shapes = {"x.txt": "Subject: Hello {{ name }}\n\nHi", "x.html": "<p>{{ name }}</p>"}
        monkeypatch.setattr(app.jinja_env, "loader", DictLoader(shapes))
        queue(app, "x", name="Ines\rBcc: all@x.example\u2028Cc: b@x.example\nReply-To: c@x.example <b>")
        assert deliver(app) == 1
        (said,) = receiver.taken
        assert [said[name] for name in ("Bcc", "Cc", "Reply-To")] == [None, None, None]
        assert said["Subject"].startswith("Hello Ines")
        assert "&lt;b&gt;" in list(said.iter_parts())[1].get_content()

    def test_what_the_context_lacks_is_noticed(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(app.jinja_env, "loader", DictLoader({"y.txt": "Subject: {{ nobody }}", "y.html": ""}))
        mail_id = queue(app, "y")
        assert deliver(app) == 0
        assert row(app, mail_id).last_error == "'nobody' is undefined"

    @pytest.mark.parametrize(
        ("typed", "known"),
        [
            ("bücher.example", "xn--bcher-kva.example"),
            ("B\u00dcCHER.example", "xn--bcher-kva.example"),
            ("stra\u00dfe.example", "xn--strae-oqa.example"),  # another domain than strasse.example, since 2008
        ],
    )
    def test_a_domain_beyond_ascii_is_written_as_servers_want_it(
        self, app: Flask, receiver: Receiver, typed: str, known: str
    ) -> None:
        queue(app, to=f"ines@{typed}")
        assert deliver(app) == 1
        assert receiver.taken[0]["To"] == f"ines@{known}"

    @pytest.mark.parametrize(
        ("to", "why"),
        [
            (
                "inês@fernandtallow.example",
                "what stands before the @ is beyond ASCII, and mail servers do not take that",
            ),
            ("ines@\u2615.example", "the recipient is no address: InvalidCodepoint"),
            ("nobody", "the recipient is no address: HeaderParseError"),
        ],
    )
    def test_who_can_never_be_reached_is_given_up_at_once_and_stops_nobody_else(
        self, app: Flask, receiver: Receiver, to: str, why: str
    ) -> None:
        with clock.set_to(NOON):
            mail_id, sound = queue(app, to=to), queue(app)
        assert deliver(app, NOON) == 1
        kept = row(app, mail_id)
        assert (kept.failed_at, kept.attempts, kept.last_error) == (NOON, 1, why)
        assert row(app, sound).sent_at == NOON
        shown = app.test_cli_runner().invoke(args=["mail", "show"]).output
        assert f"given up on 2026-06-01 12:00 UTC (1 tries, {why})" in shown

    def test_a_sender_that_cannot_be_written_is_tried_again_after_it_was_mended(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mail_id, at = queue(app), clock.now()
        with monkeypatch.context() as meanwhile:
            meanwhile.setitem(app.config, "MAIL_FROM", "BatchTrack\n <mail@batchtrack.example>")
            assert deliver(app, at) == 0
        assert (row(app, mail_id).last_error or "").startswith("a header cannot be written")
        assert deliver(app, at + timedelta(minutes=2)) == 1

    def test_a_link_is_in_the_mail_and_nowhere_in_the_row_or_the_log(
        self, app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr(app.jinja_env, "loader", DictLoader({"z.txt": "Subject: s\n\n{{ link }}", "z.html": "-"}))
        receiver.answers = ["451 not now"]
        link_id = uuid7()
        with app.app_context(), commands.transaction():
            mail_id = mail.queue(TO, "z", link=mail.Link("/reset", "reset_password", link_id))
        at = clock.now()
        with caplog.at_level(logging.DEBUG):
            deliver(app, at)
            deliver(app, at + timedelta(minutes=2))
        with app.app_context():
            address = links.address("/reset", "reset_password", link_id)
            secret = links.text("reset_password", link_id)
        kept = row(app, mail_id)
        assert address in next(receiver.taken[0].iter_parts()).get_content()
        assert secret not in repr([getattr(kept, column.key) for column in OutgoingMail.__table__.columns])
        assert secret not in caplog.text


class TestKeeping:
    def test_forgets_what_went_long_ago(self, app: Flask, receiver: Receiver) -> None:
        old, young = queue(app), queue(app)
        at = clock.now()
        assert deliver(app, at) == 2
        with app.app_context(), commands.transaction():
            db.session.get_one(OutgoingMail, old).sent_at = at - timedelta(days=31)
        with app.app_context():
            assert tasks.forget_old() == 1
        assert row(app, young).sent_at is not None

    def test_is_due_every_ten_seconds(self, app: Flask) -> None:
        assert app.extensions["batchtrack_schedule"][mail.DELIVER]["schedule"] == 10

    def test_the_letter_box_holds_what_was_committed(self, app: Flask, post_box: PostBox) -> None:
        queue(app)
        assert post_box.to(TO).subject == "BatchTrack can send mail"
        assert len(post_box.mails) == 1


class TestAtTheMachine:
    def test_shows_what_waits(self, app: Flask, receiver: Receiver) -> None:
        queue(app)
        shown = app.test_cli_runner().invoke(args=["mail", "show", "--last", "1"]).output
        assert f"To: {TO}" in shown
        assert "Subject: BatchTrack can send mail" in shown

    def test_sends_one_to_try_the_server_out(self, app: Flask, receiver: Receiver) -> None:
        said = app.test_cli_runner().invoke(args=["mail", "test", "--to", TO])
        assert (said.exit_code, said.output) == (0, "It went.\n")
        assert [each["To"] for each in receiver.taken] == [TO]

    def test_says_why_it_could_not(self, app: Flask, receiver: Receiver) -> None:
        receiver.answers = ["550 5.7.1 Relaying denied"]
        said = app.test_cli_runner().invoke(args=["mail", "test", "--to", TO])
        assert said.exit_code == 1
        assert "550 5.7.1" in said.output


def test_each_mail_is_a_pair_that_begins_with_its_subject() -> None:
    texts = set((ROOT / "app").glob("*/templates/*/mail/*.txt"))
    pages = {each for each in (ROOT / "app").glob("*/templates/*/mail/*.html") if each.stem not in {"base", "parts"}}
    assert {each.with_suffix("") for each in texts} == {each.with_suffix("") for each in pages}
    assert {each.name for each in texts if not each.read_text(encoding="utf-8").startswith("Subject: ")} == set()
    assert {each.name for each in pages if "platform/mail/base.html" not in each.read_text(encoding="utf-8")} == set()

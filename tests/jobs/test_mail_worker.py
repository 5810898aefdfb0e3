"""Mails in life: a web process commits, a real Celery worker is rung through a real Redis, a real mail server takes."""

import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.platform import commands, jobs, mail, smtp
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests.databases import application, dispose
from tests.jobs.conftest import Workers
from tests.jobs.processes import PATIENCE, running
from tests.mail_server import Receiver, receiving
from tests.servers import _free_port

TO = "ines@fernandtallow.example"


@pytest.fixture
def receiver(app: Flask) -> Iterator[Receiver]:
    """A mail server, and no mail of other tests."""
    with app.app_context(), commands.transaction():
        db.session.execute(sa.delete(OutgoingMail))
    with receiving() as made:
        yield made


@contextmanager
def web(database_url: str, redis_url: str, folder: Path) -> Iterator[Flask]:
    """A web process's application, which rings."""
    made = application(database_url, folder, redis_url=redis_url)
    yield made
    dispose(made)


def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "Nothing came."
        time.sleep(0.05)


@pytest.mark.heavy
def test_a_mail_goes_when_it_is_committed_because_a_worker_is_rung(
    database_url: str, redis_url: str, tmp_path: Path, workers: Workers
) -> None:
    with web(database_url, redis_url, tmp_path) as app, app.app_context():
        assert workers.asker.send_task(mail.DELIVER).get(timeout=PATIENCE) == 0
        with commands.transaction():
            mail.queue(TO, "platform/mail/test")
            assert workers.receiver.taken == []
        until(lambda: len(workers.receiver.taken) == 1)
    assert workers.receiver.taken[0]["To"] == TO


@pytest.mark.heavy
def test_two_workers_that_are_asked_at_once_send_each_mail_once(app: Flask, workers: Workers) -> None:
    meeting = threading.Barrier(2, timeout=PATIENCE)
    workers.receiver.slowly = lambda: (meeting.wait(), None)[1]  # mails are taken two at a time or not at all
    with app.app_context(), commands.transaction():
        ids = [mail.queue(TO, "platform/mail/test") for _ in range(30)]
    asked = [workers.asker.send_task(mail.DELIVER) for _ in range(6)]
    sent = sum(each.get(timeout=PATIENCE) for each in asked)
    taken = [each["Message-ID"] for each in workers.receiver.taken]
    assert sent == len(ids)
    assert sorted(taken) == sorted(f"<{each}@localhost>" for each in ids)


@pytest.mark.heavy
def test_a_worker_without_redis_looks_for_mail_by_itself(
    database_url: str, tmp_path: Path, receiver: Receiver, app: Flask
) -> None:
    receiver.answers = ["451 not now"]
    with app.app_context(), commands.transaction():
        mail_id = mail.queue(TO, "platform/mail/test")
    given = {"DATABASE_URL": database_url, "REDIS_URL": "", "DATA_DIR": str(tmp_path), "SMTP_URL": receiver.url}
    with running(["tests.jobs.quick_worker"], given | {"SECRET_KEY": "test"}):
        until(lambda: not receiver.answers)
        until(lambda: _attempts(app, mail_id) == (1, "the server answered 451"))
        with app.app_context(), commands.transaction():  # a minute goes by
            db.session.execute(sa.update(OutgoingMail).values(not_before=OutgoingMail.created_at))
        until(lambda: len(receiver.taken) == 1)


def _attempts(app: Flask, mail_id: object) -> tuple[int, str | None]:
    with app.app_context():
        found = db.session.get_one(OutgoingMail, mail_id)
        return found.attempts, found.last_error


class TestTheBell:
    def test_rings_after_the_commit_and_not_without(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        rung: list[str] = []
        monkeypatch.setattr(jobs, "ring", lambda _app, task: rung.append(task))
        with app.app_context():
            commands.begin()
            mail.queue(TO, "platform/mail/test")
            db.session.rollback()
            with commands.transaction():
                pass
            assert rung == []
            with commands.transaction():
                with db.session.begin_nested():
                    mail.queue(TO, "platform/mail/test")
                assert rung == []
            assert rung == [mail.DELIVER]

    def test_a_bell_that_nobody_hears_does_no_harm(
        self, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        away = f"redis://127.0.0.1:{_free_port()}/0"
        with web(database_url, away, tmp_path) as app, app.app_context(), commands.transaction():
            mail.queue(TO, "platform/mail/test")
        assert "nobody was rung" in caplog.text


def test_a_server_that_says_goodbye_wrongly_has_taken_the_mail(
    app: Flask, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smtplib.SMTP.quit", _rude)
    said = EmailMessage()
    said["From"] = said["To"] = TO
    smtp.sender(receiver.url, "localhost")(said)
    assert len(receiver.taken) == 1


def _rude(_server: object) -> None:
    raise smtplib.SMTPServerDisconnected

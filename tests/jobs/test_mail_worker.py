"""Mails in life: a web process commits, a real Celery worker is rung through a real Redis, a real mail server takes."""

import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa
from celery import Celery
from flask import Flask

from app.platform import commands, jobs, mail, smtp
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests.databases import application, dispose
from tests.jobs.test_nightly_proof import _worker
from tests.mail_server import Receiver, receiving
from tests.servers import _free_port

TO = "ines@fernandtallow.example"
_PATIENCE = 60
_CELERY = ["celery", "-A", "app.worker:celery_app", "worker", "--pool", "solo", "--loglevel", "ERROR"]


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
    deadline = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < deadline, "Nothing came."
        time.sleep(0.05)


def environ(database_url: str, redis_url: str, folder: Path, receiver: Receiver) -> dict[str, str]:
    """A worker's."""
    return {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "test",
        "SMTP_URL": receiver.url,
    }


@pytest.mark.heavy
def test_a_mail_goes_when_it_is_committed_because_a_worker_is_rung(
    database_url: str, redis_url: str, tmp_path: Path, receiver: Receiver
) -> None:
    with (
        _worker(_CELERY, environ(database_url, redis_url, tmp_path, receiver)),
        web(database_url, redis_url, tmp_path / "web") as app,
        app.app_context(),
    ):
        assert Celery(broker=redis_url, backend=redis_url).send_task(mail.DELIVER).get(timeout=_PATIENCE) == 0
        with commands.transaction():
            mail.queue(TO, "platform/mail/test")
            assert receiver.taken == []
        until(lambda: len(receiver.taken) == 1)
    assert receiver.taken[0]["To"] == TO


@pytest.mark.heavy
def test_two_workers_that_are_asked_at_once_send_each_mail_once(
    database_url: str, redis_url: str, tmp_path: Path, receiver: Receiver, app: Flask
) -> None:
    given = environ(database_url, redis_url, tmp_path, receiver)
    receiver.slowly = lambda: time.sleep(0.02)
    with app.app_context(), commands.transaction():
        ids = [mail.queue(TO, "platform/mail/test") for _ in range(30)]
    asker = Celery(broker=redis_url, backend=redis_url)
    with _worker([*_CELERY, "-n", "one"], given), _worker([*_CELERY, "-n", "two"], given):
        asked = [asker.send_task(mail.DELIVER) for _ in range(6)]
        sent = sum(each.get(timeout=_PATIENCE) for each in asked)
    assert sent == len(ids)
    assert sorted(each["Message-ID"] for each in receiver.taken) == sorted(f"<{each}@localhost>" for each in ids)


@pytest.mark.heavy
def test_a_worker_without_redis_looks_for_mail_by_itself(
    database_url: str, tmp_path: Path, receiver: Receiver, app: Flask
) -> None:
    receiver.answers = ["451 not now"]
    with app.app_context(), commands.transaction():
        mail_id = mail.queue(TO, "platform/mail/test")
    given = environ(database_url, "", tmp_path, receiver)
    with _worker(["app.worker"], given):
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

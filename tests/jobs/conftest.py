"""Two real Celery workers, started once for the tests of this folder: a start takes longer than all that they do."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from celery import Celery
from flask import Flask

from app.platform import commands
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests.jobs.processes import PATIENCE, running
from tests.mail_server import Receiver, receiving

_CELERY = ["celery", "-A", "app.worker:celery_app", "worker", "--pool", "solo", "--loglevel", "ERROR"]


@dataclass(frozen=True, slots=True)
class Workers:
    """Two at work. `asker` asks them; `receiver` is the mail server they send through."""

    asker: Celery
    receiver: Receiver


@pytest.fixture(scope="package")
def _working(database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with receiving() as receiver, ExitStack() as stack:
        environ = {
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "DATA_DIR": str(tmp_path_factory.mktemp("workers")),
            "SECRET_KEY": "test",
            "SMTP_URL": receiver.url,
        }
        for name in ("one", "two"):
            stack.enter_context(running([*_CELERY, "-n", name], environ))
        asker = Celery(broker=redis_url, backend=redis_url)
        deadline = time.monotonic() + PATIENCE
        while len(asker.control.ping(timeout=0.5)) < 2:
            assert time.monotonic() < deadline, "The workers do not start."
        yield Workers(asker, receiver)


@pytest.fixture
def workers(_working: Workers, app: Flask) -> Workers:
    """The workers, and no mail of other tests."""
    with app.app_context(), commands.transaction():
        db.session.execute(sa.delete(OutgoingMail))
    _working.receiver.taken.clear()
    _working.receiver.answers.clear()
    _working.receiver.slowly = lambda: None
    return _working

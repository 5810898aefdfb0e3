"""Background work: one Celery application over the Flask one. Redis is only the doorbell; the database is the truth.

Without REDIS_URL the same tasks run in one process with the scheduler as a thread, so one maker needs no broker.
"""

import logging
from typing import Any

import redis
from celery import Celery, Task
from celery.exceptions import OperationalError
from celery.schedules import crontab
from flask import Flask

_EXTENSION, _BELL = "celery", "batchtrack_bell"
_RING_SECONDS = 60
_log = logging.getLogger(__name__)
_SCHEDULE = "batchtrack_schedule"


def every_night(app: Flask, task: str, *, hour: int, minute: int = 0) -> None:
    """Run the task of that name once a day, at that time in UTC."""
    app.extensions.setdefault(_SCHEDULE, {})[task] = {"task": task, "schedule": crontab(minute=minute, hour=hour)}


def every(app: Flask, task: str, *, seconds: int) -> None:
    """Run the task of that name again and again. A run that nobody could begin before the next is dropped."""
    entry = {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}
    app.extensions.setdefault(_SCHEDULE, {})[task] = entry


def ring(app: Flask, task: str) -> None:
    """Ask the workers to run the task now, where there is Redis to ask through. No harm when nobody hears: what is
    rung for is in the database, and is looked for again and again.
    """
    if not app.config["REDIS_URL"]:
        return
    try:
        _bell(app).send_task(task, retry=False, expires=_RING_SECONDS)
    except (OperationalError, redis.RedisError, OSError) as error:
        _log.warning("nobody was rung for %s: %s", task, type(error).__name__)


def _bell(app: Flask) -> Celery:
    """A Celery application that only asks: in a web process, there is no other."""
    if _BELL not in app.extensions:
        app.extensions[_BELL] = Celery("batchtrack bell", broker=app.config["REDIS_URL"], set_as_current=False)
        app.extensions[_BELL].conf.update(
            task_ignore_result=True,
            broker_transport_options={"socket_timeout": 1, "socket_connect_timeout": 1, "max_retries": 0},
        )
    bell: Celery = app.extensions[_BELL]
    return bell


def make_celery(app: Flask) -> Celery:
    """The Celery application whose tasks run inside `app`'s context."""

    class ContextTask(Task):  # type: ignore[misc]  # celery has no types
        """Each run has its own application context, and so its own database session."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    redis_url = app.config["REDIS_URL"]
    celery_app = Celery("batchtrack", task_cls=ContextTask, set_as_current=False)  # the worker says that it is
    celery_app.conf.update(
        broker_url=redis_url or "memory://",
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        timezone="UTC",
        beat_schedule=app.extensions.get(_SCHEDULE, {}),
    )
    if redis_url:
        celery_app.conf.update(
            result_backend=redis_url,
            beat_scheduler="redbeat.RedBeatScheduler",
            redbeat_redis_url=redis_url,
            redbeat_key_prefix="batchtrack:",
        )
    app.extensions[_EXTENSION] = celery_app
    return celery_app

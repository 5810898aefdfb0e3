"""Background work: one Celery application over the Flask one. Redis is only the doorbell; the database is the truth.

Without REDIS_URL the same tasks run in one process with the scheduler as a thread, so one maker needs no broker.
"""

from typing import Any

from celery import Celery, Task
from celery.schedules import crontab
from flask import Flask

_EXTENSION = "celery"
_SCHEDULE = "batchtrack_schedule"


def every_night(app: Flask, task: str, *, hour: int, minute: int = 0) -> None:
    """Run the task of that name once a day, at that time in UTC."""
    app.extensions.setdefault(_SCHEDULE, {})[task] = {"task": task, "schedule": crontab(minute=minute, hour=hour)}


def make_celery(app: Flask) -> Celery:
    """The Celery application whose tasks run inside `app`'s context."""

    class ContextTask(Task):  # type: ignore[misc]  # celery has no types
        """Each run has its own application context, and so its own database session."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    redis_url = app.config["REDIS_URL"]
    celery_app = Celery("batchtrack", task_cls=ContextTask)
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
    celery_app.set_default()
    app.extensions[_EXTENSION] = celery_app
    return celery_app

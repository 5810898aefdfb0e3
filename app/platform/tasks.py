"""The platform's background work: mails that wait."""

from celery import shared_task
from flask import Flask

from app.platform import jobs, mail, mail_delivery

FORGET = "mail.forget_old"
_SWEEP_SECONDS = 10


@shared_task(name=mail.DELIVER, ignore_result=False)
def deliver() -> int:
    """Send what is due; how many went. Safe at any time, and several at once."""
    return mail_delivery.deliver()


@shared_task(name=FORGET)
def forget_old() -> int:
    """Delete mails that went long ago."""
    return mail_delivery.forget_old()


def register(app: Flask) -> None:
    """Every few seconds; and every night at four."""
    jobs.every(app, mail.DELIVER, seconds=_SWEEP_SECONDS)
    jobs.every_night(app, FORGET, hour=4)

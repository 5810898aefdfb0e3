"""Background work on sample workshops: filling those that were asked for, ending those whose time is over."""

from celery import shared_task
from flask import Flask

from app.demo.services import samples
from app.platform import jobs

END = "demo.end_samples"
_LOOK_SECONDS = 3


@shared_task(name=samples.FILL, ignore_result=False)
def fill() -> int:
    """Fill every sample that waits; how many. Safe at any time, and several at once."""
    filled = 0
    while samples.fill_next():
        filled += 1
    return filled


@shared_task(name=END, ignore_result=False)
def end() -> int:
    """Erase the samples whose sixty days are over; how many."""
    return samples.end_old()


def register(app: Flask) -> None:
    """Every few seconds, where nobody rings; and every night at a quarter to five."""
    jobs.every(app, samples.FILL, seconds=_LOOK_SECONDS)
    jobs.every_night(app, END, hour=4, minute=45)

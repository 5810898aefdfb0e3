"""What else ends when an organization was closed: higher areas say at start what they do then, such as cancel a plan.

Told after the commit: what fails here undoes nothing.
"""

from collections.abc import Callable

from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError

OnClose = Callable[[Actor], None]

_told: list[OnClose] = []


def register(on_close: OnClose) -> None:
    """Say what to do. `on_close` opens its own transaction, may be told twice, and raises one of the six kinds."""
    if on_close not in _told:
        _told.append(on_close)


def closed(actor: Actor) -> list[BatchTrackError]:
    """Tell everybody; what they could not do."""
    failed = []
    for on_close in _told:
        try:
            on_close(actor)
        except BatchTrackError as error:
            failed.append(error)
    return failed

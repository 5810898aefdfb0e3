"""The authority on a batch's states: planned, in progress, and the four ways in which it can end."""

from app.kernel.errors import Conflict
from app.kernel.words import phrase

PLANNED, IN_PROGRESS = "planned", "in_progress"
COMPLETED, FAILED, CANCELLED, REVERSED = "completed", "failed", "cancelled", "reversed"

_WORDS = {
    PLANNED: "planned",
    IN_PROGRESS: "in progress",
    COMPLETED: "completed",
    FAILED: "failed",
    CANCELLED: "cancelled",
    REVERSED: "reversed",
}


class WrongState(Conflict):
    """The batch is not in a state that allows this; `details.status` says in which it is."""

    code = "wrong_state"


def require(label: str, status: str, *allowed: str) -> None:
    """Refuse a transition that does not fit. raises: WrongState"""
    if status not in allowed:
        raise WrongState(
            phrase("%(label)s is %(status)s.", label=label, status=phrase(_WORDS.get(status, status))),
            status=status,
            allowed=list(allowed),
        )

"""The authority on changing how a person proves who they are: each change is mailed to them and goes into the logs.

Recovery codes come with the first second factor and go with the last. Each function here belongs to the person
themselves: whoever calls it has checked who is signed in, and that the proof is recent. The mail that tells of
something new holds a link that takes it away again (not_me.py).
"""

from dataclasses import dataclass
from uuid import UUID

from app.identity.services import audit, authenticators, not_me, passkeys, recovery_codes, second_factors, sessions
from app.identity.services.audit import Subject
from app.identity.services.challenges import Challenge
from app.kernel import clock
from app.kernel.errors import NotFound
from app.platform import mail


@dataclass(frozen=True, slots=True)
class Self:
    """A person who changes their own account, and from where. `session_id`: the one that stays when others end."""

    person_id: UUID
    name: str
    email: str
    address: str | None
    session_id: UUID | None = None


def turn_on_authenticator(me: Self, *, code: str) -> list[str]:
    """Put the waiting app in force; returns new recovery codes when there were none, else nothing.

    The first second factor ends all other sessions: they began with the password alone.
    raises: Conflict `not_waiting`; Invalid on `code`
    """
    since = clock.now()
    _end_others_before_first(me)
    authenticators.confirm(me.person_id, code=code)
    codes = _first_codes(me)
    said = "From now on your authenticator app's code is asked for at sign-in."
    not_me.tell(me.person_id, "Two-step sign-in was turned on", said, since=since)
    _record(me, "people.authenticator_on")
    return codes


def turn_off_authenticator(me: Self) -> None:
    """Take the app away.

    raises: NotFound
    """
    if not authenticators.remove(me.person_id):
        raise NotFound("No authenticator app is on.")
    left = _without_last(me)
    said = "Your passkeys still open your account." if left else "From now on your password alone opens your account."
    _tell(me, "The authenticator app was turned off" if left else "Two-step sign-in was turned off", said)
    _record(me, "people.authenticator_off")


def add_passkey(me: Self, challenge: Challenge | None, *, credential: str, name: str) -> list[str]:
    """Keep a new passkey; returns new recovery codes when there were none, else nothing.

    The first second factor ends all other sessions: they began with the password alone.
    raises: NotProven; Invalid on `name`; Conflict `already_exists`, `too_many`
    """
    since = clock.now()
    _end_others_before_first(me)
    made = passkeys.add(challenge, person_id=me.person_id, credential=credential, name=name)
    codes = _first_codes(me)
    not_me.tell(me.person_id, "A passkey was added", f"“{made.name}” opens your account from now on.", since=since)
    _record(me, "people.passkey_added", Subject("passkey", made.id))
    return codes


def remove_passkey(me: Self, *, passkey_id: UUID) -> None:
    """Forget a passkey.

    raises: NotFound
    """
    name = passkeys.remove(me.person_id, passkey_id=passkey_id)
    left = _without_last(me)
    alone = "" if left else " From now on your password alone opens your account."
    _tell(me, "A passkey was removed", f"“{name}” no longer opens your account.{alone}")
    _record(me, "people.passkey_removed", Subject("passkey", passkey_id))


def renew_codes(me: Self) -> list[str]:
    """Ten new recovery codes; the old ones no longer work.

    raises: NotFound for somebody without a second factor
    """
    if not second_factors.has_any(me.person_id):
        raise NotFound("Recovery codes come with two-step sign-in. Turn that on first.")
    since = clock.now()
    codes = recovery_codes.renew(me.person_id)
    not_me.tell(me.person_id, "New recovery codes were made", "The old ones no longer work.", since=since)
    _record(me, "people.recovery_codes_made")
    return codes


def note_code_used(me: Self) -> None:
    """Tell that a recovery code opened the door."""
    left = recovery_codes.left(me.person_id)
    _tell(me, "A recovery code was used", f"It opened your account, and is spent. You have {left} left.")
    _record(me, "people.recovery_code_used")


def _first_codes(me: Self) -> list[str]:
    return [] if recovery_codes.left(me.person_id) else recovery_codes.renew(me.person_id)


def _end_others_before_first(me: Self) -> None:
    if not second_factors.has_any(me.person_id):
        sessions.end_all(me.person_id, but=me.session_id)


def _without_last(me: Self) -> bool:
    """Take the recovery codes away when no second factor is left; whether one is."""
    left = second_factors.has_any(me.person_id)
    if not left:
        recovery_codes.remove(me.person_id)
    return left


def _tell(me: Self, title: str, said: str) -> None:
    mail.queue(me.email, not_me.NOTICE, {"name": me.name, "title": title, "said": said})


def _record(me: Self, action: str, subject: Subject | None = None) -> None:
    audit.record_for_person(me.person_id, action, subject, address=me.address)

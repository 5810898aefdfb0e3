"""The authority on what a passkey opens: the door without a password, or what asks to prove again who you are."""

from uuid import UUID

from app.identity.services import challenges, passkeys, sessions
from app.identity.services.passkeys import NotProven
from app.platform import commands


def sign_in(*, secret: str, credential: str, address: str, browser: str | None) -> str:
    """The secret of a new session. The passkey checked its holder: it is both factors. Opens its own transactions.

    secret:  of the challenge that the passkey signed; it is spent, whatever comes of it
    raises:  NotProven
    """
    challenge = commands.carry_out(lambda: challenges.use(challenges.PASSKEY_SIGN_IN, secret))
    if challenge is None or challenge.person_id is not None:
        raise NotProven

    def enter() -> str:
        person_id = passkeys.prove(challenge, credential=credential)
        return sessions.begin(person_id, address=address, browser=browser)

    return commands.carry_out(enter)


def confirm(*, session_id: UUID, person_id: UUID, secret: str, credential: str) -> None:
    """Write down that the person of this session proved now who they are. Opens its own transactions.

    raises: NotProven
    """
    challenge = commands.carry_out(lambda: challenges.use(challenges.PASSKEY_CONFIRM, secret))
    if challenge is None or challenge.person_id != person_id:
        raise NotProven

    def note() -> None:
        passkeys.prove(challenge, credential=credential)
        sessions.confirm(session_id)

    commands.carry_out(note)

"""A real mail server on this machine, that takes mails or says no."""

import asyncio
import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

from tests.servers import _free_port


class Receiver:
    """A mail server on this machine. `answers`: what it says to the next mails; then it takes them."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.answers: list[str] = []
        self.slowly: Callable[[], None] = lambda: None
        self.users: list[tuple[bytes, bytes]] = []
        self.port = _free_port()

    @property
    def url(self) -> str:
        """What SMTP_URL says."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - its name
        """What aiosmtpd calls with a whole mail."""
        await asyncio.get_running_loop().run_in_executor(None, self.slowly)
        if self.answers:
            return self.answers.pop(0)
        said = email.message_from_bytes(cast("bytes", envelope.content), policy=email.policy.default)
        self.taken.append(said)
        return "250 Taken"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
        """Takes one password."""
        assert isinstance(said, LoginPassword)
        self.users.append((said.login, said.password))
        return AuthResult(success=said.password == b"s:cret")


@contextmanager
def receiving() -> Iterator[Receiver]:
    """The server runs inside the block."""
    made = Receiver()
    server = Controller(
        made, hostname="127.0.0.1", port=made.port, authenticator=made.authenticate, auth_require_tls=False
    )
    server.start()
    try:
        yield made
    finally:
        server.stop()

"""A real mail server on this machine, that takes mails or says no."""

import asyncio
import email
import email.policy
import ipaddress
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.kernel import clock
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


def certificate(folder: Path) -> Path:
    """A new key and a certificate of its own making for 127.0.0.1, in one file."""
    key, at, us = ec.generate_private_key(ec.SECP256R1()), clock.now(), "a mail server of the tests"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, us)])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "mail.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def receiving(*, tls: Path | None = None, from_the_start: bool = False) -> Iterator[Receiver]:
    """The server runs inside the block.

    tls:            its certificate; it then wants STARTTLS before anything else
    from_the_start: TLS before the first word instead, as at port 465
    """
    made = Receiver()
    context = _serving(tls) if tls else None
    said: dict[str, Any] = {"authenticator": made.authenticate, "auth_require_tls": bool(tls) and not from_the_start}
    if context and from_the_start:
        said |= {"ssl_context": context}
    elif context:
        said |= {"tls_context": context, "require_starttls": True}
    server = Controller(made, hostname="127.0.0.1", port=made.port, **said)
    server.start()
    try:
        yield made
    finally:
        server.stop()


def _serving(tls: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(tls)
    return made

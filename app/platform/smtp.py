"""Hands a message to the mail server of SMTP_URL: encrypted wherever it leaves this machine with a password."""

import ipaddress
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from app.platform.config import BadConfiguration

_PATIENCE_SECONDS = 20.0
_PORTS = {"smtp": 587, "smtps": 465}


class NotPrivate(RuntimeError):
    """The server offers no encryption, and a password would go in the clear."""


def sender(url: str | None, own_name: str) -> Callable[[EmailMessage], None]:
    """What sends a message through the server of `url`, to which we say that we are `own_name`.

    raises: BadConfiguration without one. The sender raises smtplib.SMTPException, OSError, NotPrivate
    """
    if not url:
        raise BadConfiguration("SMTP_URL is not set: no mail can be sent")
    parts = urlsplit(url)

    def send(message: EmailMessage) -> None:
        with closing(_connected(parts, own_name)) as server:
            _encrypt(server, parts)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
            with suppress(smtplib.SMTPException):  # the mail is theirs; how we part does not matter
                server.quit()

    return send


def _connected(parts: SplitResult, own_name: str) -> smtplib.SMTP:
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, own_name, timeout=_PATIENCE_SECONDS, context=context)
    return smtplib.SMTP(host, port, own_name, timeout=_PATIENCE_SECONDS)


def _encrypt(server: smtplib.SMTP, parts: SplitResult) -> None:
    """Speak TLS when the server offers it; not with a server on this machine, whose certificate names nobody."""
    if parts.scheme == "smtps" or _is_here(parts.hostname or ""):
        return
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
    elif parts.password:
        raise NotPrivate("the server offers no STARTTLS, and the password would go in the clear")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

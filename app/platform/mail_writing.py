"""What a waiting mail says: its templates filled in, as a message that is ready to go. It sends nothing.

The same row gives the same Message-ID every time, so that a mail that went twice is known as one.
"""

import json
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

import idna
from flask import current_app
from flask_babel import force_locale
from jinja2 import StrictUndefined

from app.platform import links, words
from app.platform.models import OutgoingMail

_SUBJECT = "Subject:"
_LONGEST_SUBJECT = 200


class Unsendable(ValueError):
    """The row makes no mail: its recipient is no address, its template has no subject."""


class NoAddress(Unsendable):
    """The recipient is no address that mail servers take, and never will be one."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail written out. `link`: its address with the signature in it: a secret, kept nowhere."""

    recipient: str
    subject: str
    text: str
    html: str
    link: str | None


def letter(mail: OutgoingMail) -> Letter:
    """The mail's words.

    raises: Unsendable; jinja2.TemplateError when a template is missing or asks for what the context lacks
    """
    link = None
    if mail.link_path and mail.link_purpose and mail.link_id:
        link = links.address(mail.link_path, mail.link_purpose, mail.link_id)
    said = {**json.loads(mail.context), "link": link, "base_url": current_app.config["BASE_URL"]}
    with force_locale(said.get("locale", words.DEFAULT)):
        return _written(mail, said, link)


def _written(mail: OutgoingMail, said: dict[str, Any], link: str | None) -> Letter:
    written = current_app.jinja_env.overlay(undefined=StrictUndefined)
    head, _, text = written.get_template(f"{mail.template}.txt").render(said).partition("\n")
    if not head.startswith(_SUBJECT):
        raise Unsendable(f"{mail.template}.txt does not begin with {_SUBJECT}")
    subject = " ".join(head.removeprefix(_SUBJECT).split())[:_LONGEST_SUBJECT]
    html = written.get_template(f"{mail.template}.html").render(said)
    return Letter(mail.recipient, subject, text.strip() + "\n", html, link)


def message(mail: OutgoingMail, said: Letter) -> EmailMessage:
    """The letter as it goes over the wire: text and HTML, no header but ours.

    raises: Unsendable, NoAddress
    """
    made = EmailMessage(policy=SMTP)
    made["To"] = _wire_address(said.recipient)
    try:
        made["From"] = current_app.config["MAIL_FROM"]
        made["Subject"] = said.subject
    except (ValueError, IndexError, MessageError) as error:  # how the library refuses a header varies with its fault
        raise Unsendable(f"a header cannot be written: {type(error).__name__}") from error
    made["Date"] = format_datetime(mail.created_at)
    made["Message-ID"] = f"<{mail.id}@{own_name()}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(said.text, cte="quoted-printable")
    made.add_alternative(said.html, subtype="html", cte="quoted-printable")
    return made


def own_name() -> str:
    """By which we are known to other mail servers."""
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def _wire_address(recipient: str) -> Address:
    """The address with its domain in ASCII, as servers want it: `ines@xn--bcher-kva.example` (IDNA 2008).

    raises: NoAddress
    """
    name, _, domain = recipient.rpartition("@")
    if not name.isascii():
        raise NoAddress("what stands before the @ is beyond ASCII, and mail servers do not take that")
    try:
        known = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        return Address(addr_spec=f"{name}@{known}")
    except (ValueError, IndexError, MessageError) as error:  # how the libraries refuse one varies with its fault
        raise NoAddress(f"the recipient is no address: {type(error).__name__}") from error

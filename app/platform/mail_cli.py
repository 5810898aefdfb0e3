"""`flask mail`: what waits, with its links, for whoever holds the machine; and a mail to try the server out."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from jinja2 import TemplateError

from app.platform import commands, mail, mail_delivery, mail_writing
from app.platform.models import OutgoingMail

_GROUP = AppGroup("mail", help="Mails on their way.")


def register(app: Flask) -> None:
    """Give `flask mail` to the command line."""
    app.cli.add_command(_GROUP)


@_GROUP.command("show")
@click.option("--last", default=10, show_default=True, type=click.IntRange(1, 1000), help="How many, newest last.")
def show(last: int) -> None:
    """Print the mails that have not gone. Their links open accounts: show them to nobody else."""
    found = mail_delivery.waiting(last)
    if not found:
        click.echo("No mail is waiting.")
    for each in reversed(found):
        click.echo(_shown(each))


@_GROUP.command("test")
@click.option("--to", "recipient", required=True, help="Who gets it.")
def test(recipient: str) -> None:
    """Send one mail now, and say what the server answered."""
    if not current_app.config["SMTP_URL"]:
        raise click.ClickException("SMTP_URL is not set: mails wait, and `flask mail show` prints them.")
    with commands.transaction():
        mail_id = mail.queue(recipient, "platform/mail/test")
    why_not = mail_delivery.deliver_one(mail_id)
    if why_not is not None:
        raise click.ClickException(f"It did not go: {why_not}. `flask mail show` says when it is tried again.")
    click.echo("It went.")


def _shown(each: OutgoingMail) -> str:
    state = f"waits until {each.not_before:%Y-%m-%d %H:%M} UTC"
    if each.failed_at is not None:
        state = f"given up on {each.failed_at:%Y-%m-%d %H:%M} UTC"
    tried = f"{each.attempts} tries, {each.last_error}" if each.last_error else f"{each.attempts} tries"
    head = f"To: {each.recipient}\nState: {state} ({tried})"
    try:
        said = mail_writing.letter(each)
    except (TemplateError, ValueError) as error:
        return f"{head}\nCannot be written: {error}\n"
    return f"{head}\nSubject: {said.subject}\n\n{said.text}"

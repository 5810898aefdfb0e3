"""`flask demo`: makes the demo workshop once, and says how to sign in."""

import os
import secrets
from pathlib import Path

import click
from flask import current_app

from app.demo.services import days, staff
from app.identity.services import people

_WORDS = ("amber", "beeswax", "cedar", "clay", "fig", "juniper", "kaolin", "lavender", "linen", "oat", "rye", "tallow")


@click.command("demo")
@click.option("--login", is_flag=True, help="Only say how to sign in to the demo that is there.")
def demo(*, login: bool) -> None:
    """Make Juniper & Rye, a soap and candle workshop, with ninety days behind it."""
    kept = Path(current_app.config["DATA_DIR"]) / "demo_login"
    if people.find(staff.OWNER_EMAIL) is None:
        if login:
            raise click.ClickException("There is no demo workshop here.")
        password = _new_password()
        lived = days.live(password)
        _keep(kept, password)
        click.echo(
            f"{lived.organization.name}: {lived.days} days, {lived.put_off} batches put off for want of material."
        )
    click.echo(f"Sign in as {staff.OWNER_EMAIL} with {_password(kept)}")


def _new_password() -> str:
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), f"{secrets.randbelow(9000) + 1000}"])


def _keep(path: Path, password: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(password)


def _password(path: Path) -> str:
    return f"the password {path.read_text(encoding='ascii')}" if path.exists() else "the password you were told"

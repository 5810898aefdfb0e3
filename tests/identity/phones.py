"""Phones of the tests: an authenticator app with its recovery codes, and how people use it at the door."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
from flask import Flask

from app.identity.services import account_security, authenticators
from app.identity.services.account_security import Self
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import commands
from tests import cast
from tests.cast import Browser


@dataclass
class Phone:
    """An authenticator app and the recovery codes that came with it."""

    me: Self
    secret: str
    codes: list[str]

    def code(self) -> str:
        """What it shows now."""
        return pyotp.TOTP(self.secret).at(clock.now())

    def wrong(self) -> str:
        """Six digits that it shows neither now nor around now."""
        near = {pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=by)) for by in (-60, -30, 0, 30, 60)}
        return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


def phone_of(actor: Actor, app: Flask) -> Phone:
    """Turned on an hour ago, so that today's codes are fresh."""
    me = Self(actor.person_id, actor.person_name, cast.email_of(actor), None)
    with app.app_context(), clock.set_to(clock.now() - timedelta(hours=1)):
        with commands.transaction():
            authenticators.begin(me.person_id)
        setup = authenticators.waiting(me.person_id, email=me.email)
        assert setup is not None
        with commands.transaction():
            codes = account_security.turn_on_authenticator(me, code=pyotp.TOTP(setup.secret).at(clock.now()))
    return Phone(me, setup.secret, codes)


def self_of(actor: Actor) -> Self:
    return Self(actor.person_id, actor.person_name, cast.email_of(actor), None)


def knock(browser: Browser, phone: Phone, **more: str) -> Any:
    return sign_in(browser, phone.me.email, **more)


def sign_in(browser: Browser, email: str, **more: str) -> Any:
    return browser.post("/sign-in", data={"email": email, "password": cast.PASSWORD, **more})


def is_in(browser: Browser) -> bool:
    return browser.get("/account/security").status_code == 200

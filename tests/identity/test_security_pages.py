"""The pages of the second step and of a person's security, and a workshop that asks for it."""

import re
from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Organization, SignInSession
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform.database import db
from tests import cast
from tests.identity.phones import Phone, is_in, knock, phone_of, self_of, sign_in
from tests.identity.soft_passkey import SoftPasskey
from tests.identity.test_passkeys import registered


@pytest.fixture
def phone(owner: Actor, app: Flask) -> Phone:
    """The owner's."""
    return phone_of(owner, app)


class TestPages:
    def test_the_password_alone_opens_nothing(self, phone: Phone) -> None:
        browser = cast.anonymous()

        answer = knock(browser, phone)

        assert answer.location == "/sign-in/second"
        assert not is_in(browser)
        assert sessions_of(phone) == 0

    def test_the_code_goes_on_to_where_the_person_was_going(self, phone: Phone) -> None:
        browser = cast.anonymous()
        knock(browser, phone, next="/account/security")

        answer = browser.post("/sign-in/second", data={"code": phone.code()})

        assert (answer.status_code, answer.location) == (303, "/account/security")
        assert is_in(browser)
        assert browser.get("/sign-in/second").location == "/"

    def test_nobody_sees_the_step_without_the_password(self, app: Flask) -> None:
        for method, path in (
            ("GET", "/sign-in/second"),
            ("POST", "/sign-in/second"),
            ("POST", "/sign-in/second/passkey"),
            ("POST", "/sign-in/second/passkey/options"),
        ):
            answer = cast.anonymous().open(path, method=method)
            assert answer.location.startswith("/sign-in"), path

    def test_an_empty_code_and_a_wrong_one_are_said_at_the_field(self, phone: Phone) -> None:
        browser = cast.anonymous()
        knock(browser, phone)

        assert browser.post("/sign-in/second", data={"code": ""}).status_code == 422
        answer = browser.post("/sign-in/second", data={"code": phone.wrong()})
        assert answer.status_code == 401
        assert "not right" in answer.text

    def test_a_forged_request_is_refused(self, phone: Phone) -> None:
        browser = cast.anonymous()
        knock(browser, phone)
        for path in ("/sign-in/second", "/sign-in/second/passkey/options", "/sign-in/passkey/options"):
            assert browser.post(path, csrf=False).status_code == 400, path

    def test_a_passkey_signs_in_from_the_sign_in_page(self, owner: Actor, app: Flask) -> None:
        soft = with_context(app, lambda: registered(self_of(owner)))
        browser = cast.anonymous()
        options = browser.post("/sign-in/passkey/options").text

        answer = browser.post("/sign-in/passkey", data={"credential": soft.signed(options), "next": "//evil.example"})

        assert (answer.status_code, answer.location) == (303, "/")
        assert is_in(browser)

    def test_the_same_answer_from_another_browser_opens_nothing(self, owner: Actor, app: Flask) -> None:
        soft = with_context(app, lambda: registered(self_of(owner)))
        browser, thief = cast.anonymous(), cast.anonymous()
        credential = soft.signed(browser.post("/sign-in/passkey/options").text)
        thief.post("/sign-in/passkey/options")

        assert thief.post("/sign-in/passkey", data={"credential": credential}).location.startswith("/sign-in")
        assert not is_in(thief)

    def test_asking_for_passkeys_too_often_is_limited(self, app: Flask) -> None:
        browser = cast.anonymous()
        address = {"REMOTE_ADDR": "203.0.113.77"}
        with clock.set_to(clock.now()):
            given = [browser.post("/sign-in/passkey/options", environ_overrides=address).status_code for _ in range(61)]

        assert given == [200] * 60 + [429]

    def test_a_passkey_is_the_second_step_after_the_password(self, owner: Actor, app: Flask) -> None:
        soft = with_context(app, lambda: registered(self_of(owner)))
        browser = cast.anonymous()
        assert sign_in(browser, cast.email_of(owner)).location == "/sign-in/second"
        assert "Recovery code" in browser.get("/sign-in/second").text
        wrong = browser.post("/sign-in/second/passkey", data={"credential": "{}"})
        assert wrong.status_code == 422

        options = browser.post("/sign-in/second/passkey/options").text
        answer = browser.post("/sign-in/second/passkey", data={"credential": soft.signed(options)})

        assert answer.status_code == 303
        assert is_in(browser)


class TestTheSecurityPage:
    def test_an_app_is_turned_on_and_off(self, owner: Actor) -> None:
        browser = cast.signed_in(owner)
        assert browser.post("/account/security/authenticator/begin").location == "/account/security/authenticator"
        page = browser.get("/account/security/authenticator").text
        found = re.search(r"data-secret>([A-Z2-7 ]+)<", page)
        assert found is not None
        assert "data:image/svg+xml" in page
        secret = found[1].replace(" ", "")
        assert browser.post("/account/security/authenticator", data={"code": "1"}).status_code == 422

        answer = browser.post("/account/security/authenticator", data={"code": pyotp.TOTP(secret).at(clock.now())})

        assert answer.text.count("<li>") >= 10
        assert "10 of 10 left" in browser.get("/account/security").text
        assert browser.get("/account/security/authenticator").status_code == 303
        assert browser.post("/account/security/recovery-codes").status_code == 200
        assert browser.post("/account/security/authenticator/off").status_code == 303
        assert "Set up an app" in browser.get("/account/security").text

    def test_a_passkey_is_added_named_and_removed(self, owner: Actor) -> None:
        browser, soft = cast.signed_in(owner), SoftPasskey()
        made = soft.made(browser.post("/account/security/passkeys/options").text)
        answer = browser.post("/account/security/passkeys/new", data={"name": "Ines’s phone", "credential": made})

        assert "recovery codes" in answer.text
        page = browser.get("/account/security").text
        assert "Ines’s phone" in page
        remove = re.search(r'action="(/account/security/passkeys/[^"]+/remove)"', page)
        assert remove is not None
        assert browser.post(remove[1]).status_code == 303
        assert browser.post(remove[1]).status_code == 404

    def test_what_changes_anything_asks_for_a_recent_proof(self, owner: Actor) -> None:
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            for path in (
                "authenticator/begin",
                "authenticator",
                "authenticator/off",
                "recovery-codes",
                "passkeys/options",
                "passkeys/new",
                f"passkeys/{owner.person_id}/remove",
            ):
                answer = browser.post(f"/account/security/{path}")
                assert (answer.status_code, answer.location[:16]) == (303, "/account/confirm"), path
            assert browser.get("/account/security").status_code == 200

    def test_a_passkey_is_such_a_proof(self, owner: Actor, app: Flask) -> None:
        soft = with_context(app, lambda: registered(self_of(owner)))
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            assert "passkey" in browser.get("/account/confirm").text.lower()
            options = browser.post("/account/confirm/passkey/options").text
            data = {"credential": soft.signed(options), "next": "/account/security/passkeys/new"}
            assert browser.post("/account/confirm/passkey", data=data).location == "/account/security/passkeys/new"
            assert browser.get("/account/security/passkeys/new").status_code == 200
            again = browser.post("/account/confirm/passkey", data=data)
            assert again.location.startswith("/account/confirm")


class TestProvingAgainWithASecondFactor:
    """The password alone is what a thief may have."""

    def prove(self, browser: cast.Browser, **said: str) -> cast.Reply:
        sender = {"REMOTE_ADDR": f"192.0.2.{ids.code()}"}
        form = {"password": cast.PASSWORD, "next": "/account/security/passkeys/new", **said}
        return browser.post("/account/confirm", data=form, environ_overrides=sender)

    def test_takes_the_password_and_a_code(self, owner: Actor, phone: Phone) -> None:
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            assert 'name="code"' in browser.get("/account/confirm").text
            missing = self.prove(browser)
            assert (missing.status_code, "Your code, please." in missing.text) == (422, True)
            assert self.prove(browser, code=phone.wrong()).status_code == 422
            assert self.prove(browser, code=phone.code(), password="wrong").status_code == 422
            assert browser.get("/account/security/passkeys/new").status_code == 303

            assert self.prove(browser, code=phone.code()).location == "/account/security/passkeys/new"
            assert browser.get("/account/security/passkeys/new").status_code == 200

    def test_takes_a_recovery_code_once(self, owner: Actor, phone: Phone) -> None:
        browser = cast.signed_in(owner)
        assert self.prove(browser, code=phone.codes[0]).status_code == 303
        assert self.prove(browser, code=phone.codes[0]).status_code == 422

    def test_counts_wrong_codes_whatever_the_password_does(self, owner: Actor, phone: Phone) -> None:
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now()):
            weak = {"password": cast.PASSWORD, "new_password": "password1"}
            for _ in range(5):
                assert self.prove(browser, code=phone.wrong()).status_code == 422
                assert browser.post("/account/password", data=weak).status_code == 422
            limited = self.prove(browser, code=phone.code())
        assert (limited.status_code, int(limited.headers["Retry-After"]) > 0) == (429, True)

    def test_asks_nobody_else_for_a_code(self, owner: Actor) -> None:
        browser = cast.signed_in(owner)
        assert 'name="code"' not in browser.get("/account/confirm").text
        assert self.prove(browser).status_code == 303


class TestAChangedInstallationSecret:
    """What encrypts the secrets of apps was changed: no code can be checked, and the answer says so."""

    def test_is_said_at_the_second_step_and_a_recovery_code_opens(
        self, app: Flask, phone: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "SECRET_KEY", "another one, which is as long as it must be")
        browser = cast.anonymous()
        sender = {"REMOTE_ADDR": f"192.0.2.{ids.code()}"}
        form = {"email": phone.me.email, "password": cast.PASSWORD}
        browser.post("/sign-in", data=form, environ_overrides=sender)
        refused = browser.post("/sign-in/second", data={"code": "123456"}, environ_overrides=sender)
        assert "Use a recovery code or a passkey" in refused.text
        assert refused.status_code in {409, 422}
        browser.post("/sign-in/second", data={"code": phone.codes[0]}, environ_overrides=sender)
        assert is_in(browser)

    def test_is_said_where_one_proves_again_and_the_app_can_be_turned_off(
        self, app: Flask, owner: Actor, phone: Phone, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "SECRET_KEY", "another one, which is as long as it must be")
        browser = cast.signed_in(owner)
        said = {"password": cast.PASSWORD, "code": "123456"}
        assert "Use a recovery code or a passkey" in browser.post("/account/confirm", data=said).text
        assert browser.post("/account/security/authenticator/off").status_code == 303
        assert browser.post("/account/security/authenticator/begin").location == "/account/security/authenticator"

    def test_a_secret_that_waited_is_begun_anew(
        self, app: Flask, owner: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        browser = cast.signed_in(owner)
        browser.post("/account/security/authenticator/begin")
        monkeypatch.setitem(app.config, "SECRET_KEY", "another one, which is as long as it must be")
        browser = cast.signed_in(owner)
        assert browser.get("/account/security/authenticator").location == "/account/security"
        browser.post("/account/security/authenticator/begin")
        assert browser.get("/account/security/authenticator").status_code == 200


class TestAWorkshopThatAsksForIt:
    def test_sends_members_without_one_to_turn_it_on(self, organization: OrganizationFacts, owner: Actor) -> None:
        require(organization)
        browser = cast.signed_in(owner)

        answer = browser.get(f"/o/{organization.slug}/")

        assert (answer.status_code, answer.location) == (303, "/account/security")
        page = browser.get("/account/security").text
        assert organization.name.replace("&", "&amp;") in page
        htmx = browser.get(f"/o/{organization.slug}/", headers={"HX-Request": "true"})
        assert htmx.headers["HX-Redirect"] == "/account/security"

    def test_lets_members_with_one_in(self, organization: OrganizationFacts, owner: Actor, phone: Phone) -> None:
        require(organization)

        assert cast.signed_in(owner).get(f"/o/{organization.slug}/items").status_code != 303

    def test_keeps_api_tokens_out_too(self, organization: OrganizationFacts, owner: Actor) -> None:
        require(organization)

        assert cast.api(owner).get("/me").status_code == 403


def sessions_of(phone: Phone) -> int:
    def count() -> int:
        return db.session.scalars(
            sa.select(sa.func.count()).select_from(SignInSession).filter_by(person_id=phone.me.person_id)
        ).one()

    return cast._written(count)


def require(organization: OrganizationFacts) -> None:
    """The owner asks every member for a second factor."""

    def ask() -> None:
        db.session.execute(
            sa.update(Organization).where(Organization.id == organization.id).values(two_factor_since=clock.now())
        )

    cast._written(ask)


def with_context(app: Flask, work: Callable[[], SoftPasskey]) -> SoftPasskey:
    with app.app_context():
        return work()

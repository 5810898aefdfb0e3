"""The doors of the pages: sign in, get to one's own workshop and to nobody else's, sign out."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import SignInSession
from app.identity.services import members, organizations, people
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform import commands
from app.platform.database import db
from tests import cast
from tests.identity.plain import plain


def fill(browser: cast.Browser, email: str, password: str = cast.PASSWORD, **more: str) -> cast.Reply:
    """Fill in the sign-in form."""
    form = {"email": email, "password": password, **more}
    return browser.post("/sign-in", data=form, environ_overrides={"REMOTE_ADDR": f"192.0.2.{ids.code()}"})


class TestSigningIn:
    def test_leads_to_the_only_workshop(self, owner: Actor, organization: OrganizationFacts) -> None:
        browser = cast.anonymous()
        assert fill(browser, cast.email_of(owner)).location == "/"
        assert browser.get("/").location == f"/o/{organization.slug}/"

    def test_leads_where_the_person_was_going(self, owner: Actor, organization: OrganizationFacts) -> None:
        browser, page = cast.anonymous(), f"/o/{organization.slug}/plans?x=1"
        asked = browser.get(page)
        assert asked.status_code == 302
        assert asked.location.startswith("/sign-in?next=")
        assert 'value="' + page in browser.get(asked.location).text
        assert fill(browser, cast.email_of(owner), next=page).location == page
        assert browser.get(page).status_code == 200

    @pytest.mark.parametrize(
        "next_page",
        ["https://evil.example", "//evil.example", "///evil.example",
         "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "evil",
         "/\t/evil.example", "/\n/evil.example", " //evil.example", "http:///evil.example", "/ /evil.example"],
    )  # fmt: skip
    def test_never_leads_off_the_site(self, owner: Actor, next_page: str) -> None:
        assert fill(cast.anonymous(), cast.email_of(owner), next=next_page).location == "/"

    def test_keeps_what_was_typed_but_the_password(self, owner: Actor) -> None:
        email = cast.email_of(owner)
        answer = fill(cast.anonymous(), email, "not-the-password")
        assert answer.status_code == 401
        assert email in answer.text
        assert "not-the-password" not in answer.text

    def test_says_the_same_of_an_email_without_an_account(self, owner: Actor) -> None:
        email, nobody = cast.email_of(owner), f"{ids.code(12).lower()}@fernandtallow.example"
        known, unknown = fill(cast.anonymous(), email, "wrong"), fill(cast.anonymous(), nobody, "wrong")
        assert known.status_code == unknown.status_code == 401
        assert plain(known.text, email) == plain(unknown.text, nobody)

    def test_the_sixth_wrong_password_is_told_to_wait(self, owner: Actor) -> None:
        browser, email = cast.anonymous(), cast.email_of(owner)
        answers = [fill(browser, email, "wrong") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [401] * 5 + [429]
        assert 1 <= int(answers[5].headers["Retry-After"]) <= 300

    @pytest.mark.parametrize("email", ["", "x" * 255, "a\x00b@c.example", "a\x07@c.example"])
    def test_an_email_that_cannot_be_is_refused_at_its_field(self, app: Flask, email: str) -> None:
        assert fill(cast.anonymous(), email).status_code == 422

    def test_needs_the_forms_own_token(self, owner: Actor) -> None:
        browser, email = cast.anonymous(), cast.email_of(owner)
        answer = browser.post("/sign-in", data={"email": email, "password": cast.PASSWORD}, csrf=False)
        assert answer.status_code == 400
        assert browser.get("/").location == "/sign-in"

    def test_begins_a_session_that_was_not_there_before(self, owner: Actor) -> None:
        browser = cast.signed_in(owner)
        with browser.session_transaction() as session:
            before, session["planted"] = session["_user_id"], "by somebody else"
        fill(browser, cast.email_of(owner))
        with browser.session_transaction() as session:
            assert session["_user_id"] != before
            assert "planted" not in session

    def test_the_cookie_is_for_this_site_and_no_script(self, owner: Actor) -> None:
        cookie = fill(cast.anonymous(), cast.email_of(owner)).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


class TestSigningOut:
    def test_ends_the_session_and_not_only_the_cookie(self, owner: Actor) -> None:
        browser = cast.signed_in(owner)
        with browser.session_transaction() as session:
            stolen = dict(session)
        assert browser.post("/sign-out").location == "/sign-in"
        thief = cast.anonymous()
        with thief.session_transaction() as session:
            session.update(stolen)
        assert thief.get("/").location == "/sign-in"

    def test_is_harmless_for_who_is_not_in(self, app: Flask) -> None:
        assert cast.anonymous().post("/sign-out").location == "/sign-in"


class TestTheWorkshopsDoor:
    def test_opens_for_its_people(self, viewer: Actor, organization: OrganizationFacts) -> None:
        answer = cast.signed_in(viewer).get(f"/o/{organization.slug}/plans")
        assert answer.status_code == 200
        assert organization.name.replace("&", "&amp;") in answer.text

    def test_is_not_there_for_a_stranger(self, stranger: Actor, organization: OrganizationFacts) -> None:
        browser = cast.signed_in(stranger)
        theirs, nobodys = browser.get(f"/o/{organization.slug}/plans"), browser.get("/o/never-was/plans")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.text == nobodys.text

    def test_asks_who_is_there_whether_or_not_it_exists(self, organization: OrganizationFacts) -> None:
        browser = cast.anonymous()
        assert browser.get(f"/o/{organization.slug}/plans").status_code == 302
        assert browser.get("/o/never-was/plans").status_code == 302

    def test_closes_when_the_membership_ends(
        self, owner: Actor, maker: Actor, organization: OrganizationFacts, app: Flask
    ) -> None:
        browser, page = cast.signed_in(maker), f"/o/{organization.slug}/plans"
        assert browser.get(page).status_code == 200
        with app.app_context(), commands.transaction():
            members.deactivate(owner, person_id=maker.person_id)
        assert browser.get(page).status_code == 404
        assert "You belong to no organization" in browser.get("/").text

    def test_does_not_take_an_api_token(self, owner: Actor, organization: OrganizationFacts) -> None:
        headers = {"Authorization": f"Bearer {cast.token_for(owner)}"}
        assert cast.anonymous().get(f"/o/{organization.slug}/plans", headers=headers).status_code == 302

    def test_somebody_of_two_workshops_chooses(self, owner: Actor, app: Flask) -> None:
        other = cast.make_organization("Second Home")
        with app.app_context(), commands.transaction():
            members.add(organization_id=other.id, person_id=owner.person_id, role="maker")
        page = cast.signed_in(owner).get("/")
        assert page.status_code == 200
        assert f'href="/o/{other.slug}/"' in page.text

    def test_a_request_now_and_then_keeps_the_session_alive(self, owner: Actor, app: Flask) -> None:
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now() + timedelta(hours=11)):
            assert browser.get("/").status_code == 302
            with app.app_context():
                of_owner = sa.select(SignInSession.last_seen_at).where(SignInSession.person_id == owner.person_id)
                assert db.session.scalars(of_owner).one() == clock.now()


def test_two_look_alike_emails_are_two_people(app: Flask) -> None:
    with app.app_context(), commands.transaction():
        mark = ids.code().lower()
        plain = people.create(email=f"jose{mark}@example.com", name="José", password_hash="x")
        accented = people.create(email=f"josé{mark}@example.com", name="José", password_hash="x")
        assert plain.id != accented.id
        assert organizations.of_person(plain.id) == []

"""Signing up: nobody learns who has an account, and the workshop is made when the letter's link is opened."""

import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, MailLink, Membership, Organization, Person
from app.identity.services import people
from app.kernel import ids
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import db
from tests import cast
from tests.identity import letters
from tests.identity.plain import plain


@pytest.fixture
def email() -> str:
    return f"{ids.code(12).lower()}@fernandtallow.example"


def sign_up(
    browser: cast.Browser, mailbox: str, *, host: str = "localhost", sender: str = "", **more: str
) -> cast.Reply:
    """Fill in the form. `host`: which host the request claims; `sender`: from where, a new place when it is none."""
    form = {
        "name": "Ines Fernandes",
        "workshop": "Fern & Tallow",
        "email": mailbox,
        "password": cast.PASSWORD,
        "craft": "soap",
        "time_zone": "Europe/Lisbon",
        "currency": "EUR",
        **more,
    }
    environ = {"REMOTE_ADDR": sender or f"192.0.2.{ids.code()}", "HTTP_X_FORWARDED_HOST": host}
    return browser.post("/sign-up", base_url=f"http://{host}", data=form, environ_overrides=environ)


def place_of(app: Flask, email: str) -> tuple[Person, Organization, str]:
    """The person of this email, their only organization, and their role there."""
    with app.app_context():
        row = db.session.execute(
            sa.select(Person, Organization, Membership.role)
            .join(Membership, Membership.person_id == Person.id)
            .join(Organization, Organization.id == Membership.organization_id)
            .where(Person.email_key == email)
        ).one()
        db.session.expunge_all()
        return row[0], row[1], row[2]


class TestTheLink:
    def test_leads_into_a_ready_workshop(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        asked = sign_up(browser, email)
        link = letters.link_in(app, email)
        assert browser.get(link).status_code == 200
        opened = browser.post(link)

        person, organization, role = place_of(app, email)
        assert (asked.status_code, opened.status_code) == (200, 303)
        assert opened.location == f"/o/{organization.slug}/"
        assert "Welcome. Fern &amp; Tallow is ready." in browser.get(opened.location, follow_redirects=True).text
        assert (role, person.name, person.email_verified_at is not None) == ("owner", "Ines Fernandes", True)
        said = (organization.name, organization.craft, organization.time_zone, organization.currency)
        assert said == ("Fern & Tallow", "soap", "Europe/Lisbon", "EUR")

    def test_makes_nothing_before_the_button(self, app: Flask, email: str) -> None:
        sign_up(cast.anonymous(), email)
        cast.anonymous().get(letters.link_in(app, email))
        with app.app_context():
            assert people.find(email) is None

    def test_works_once(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        sign_up(browser, email)
        link = letters.link_in(app, email)
        browser.post(link)
        assert browser.get(link).status_code == cast.anonymous().post(link).status_code == 410
        assert "Sign up" in browser.get(link).text

    def test_makes_one_workshop_for_eight_at_once(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        sign_up(browser, email)
        link, barrier, seen = letters.link_in(app, email), threading.Barrier(8), list[int]()
        with browser.session_transaction() as session:
            cookie = dict(session)

        def press() -> None:
            each = cast.anonymous()
            with each.session_transaction() as session:
                session.update(cookie)
            barrier.wait()
            seen.append(each.post(link).status_code)

        threads = [threading.Thread(target=press) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == [303] + [410] * 7
        place_of(app, email)

    def test_in_another_browser_asks_for_the_password_that_was_typed(self, app: Flask, email: str) -> None:
        """A stranger who signs somebody up does not get an account that the somebody confirmed."""
        sign_up(cast.anonymous(), email)
        link, elsewhere = letters.link_in(app, email), cast.anonymous()
        assert 'name="password"' in elsewhere.get(link).text
        assert elsewhere.post(link).status_code == 422
        assert elsewhere.post(link, data={"password": "a guess at it"}).status_code == 422
        assert elsewhere.post(link, data={"password": cast.PASSWORD}).status_code == 303

    def test_keeps_no_password_once_it_is_used(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        sign_up(browser, email)
        browser.post(letters.link_in(app, email))
        with app.app_context():
            kept = db.session.execute(sa.select(MailLink.details).where(MailLink.email == email)).scalars().all()
        assert kept == [None]

    def test_makes_nothing_when_the_email_got_an_account_meanwhile(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        sign_up(browser, email)
        sign_up(browser, email)
        first, second = (letter.link for letter in letters.to(app, email))
        assert first
        assert second
        assert browser.post(first.partition("8000")[2]).status_code == 303
        elsewhere = cast.anonymous().post(second.partition("8000")[2], data={"password": cast.PASSWORD})
        assert elsewhere.status_code == 410
        place_of(app, email)

    def test_begins_with_base_url_whatever_the_request_claims(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        with browser.session_transaction(base_url="http://evil.example") as session:
            session["csrf_token"] = cast._CSRF
        assert sign_up(browser, email, host="evil.example").status_code == 200
        (letter,) = letters.to(app, email)
        assert letter.link
        assert letter.link.startswith("http://localhost:8000/sign-up/")
        assert "evil" not in letter.text + letter.html

    def test_is_in_the_log_of_the_workshop(self, app: Flask, email: str) -> None:
        browser = cast.anonymous()
        sign_up(browser, email)
        browser.post(letters.link_in(app, email))
        person, organization, _ = place_of(app, email)
        with app.app_context():
            tenancy.bind(organization.id)
            event = db.session.scalars(sa.select(AuditEvent)).one()
            assert (event.action, event.person_id) == ("organization.created", person.id)


class TestNobodyLearnsWhoHasAnAccount:
    def test_the_page_is_the_same(self, owner: Actor, email: str) -> None:
        taken = cast.email_of(owner)
        known, unknown = sign_up(cast.anonymous(), taken), sign_up(cast.anonymous(), email)
        assert known.status_code == unknown.status_code == 200
        assert plain(known.text, taken) == plain(unknown.text, email)

    def test_the_work_is_the_same(self, owner: Actor, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
        hashed = list[str]()

        class Watched(type(people.hasher)):  # type: ignore[misc]
            def hash(self, password: str, **more: bytes) -> str:
                hashed.append(password)
                return str(super().hash(password, **more))

        monkeypatch.setattr(people, "hasher", Watched(time_cost=1, memory_cost=8, parallelism=1))
        sign_up(cast.anonymous(), cast.email_of(owner))
        assert len(hashed) == 1
        sign_up(cast.anonymous(), email)
        assert len(hashed) == 2

    def test_whoever_has_one_is_told_by_letter(self, app: Flask, owner: Actor) -> None:
        sign_up(cast.anonymous(), cast.email_of(owner), name="Eve", workshop="Eve's")
        (letter,) = letters.to(app, cast.email_of(owner))
        assert letter.link is None
        assert "has one already" in letter.text
        assert "Eve" not in letter.text
        with app.app_context():
            kept = sa.select(MailLink.details).where(MailLink.email == cast.email_of(owner))
            assert db.session.scalars(kept).all() == [None]

    def test_a_wrong_password_is_told_to_both(self, owner: Actor, email: str) -> None:
        for each in (cast.email_of(owner), email):
            assert sign_up(cast.anonymous(), each, password="password123").status_code == 422

    def test_a_sender_has_three_letters_go_to_an_email_and_sees_the_same_page(
        self, app: Flask, owner: Actor, email: str
    ) -> None:
        for each in (cast.email_of(owner), email):
            seen = [sign_up(cast.anonymous(), each, sender="2001:db8:77::1").status_code for _ in range(5)]
            assert seen == [200] * 5
            assert len(letters.to(app, each)) == 3

    def test_an_email_gets_twelve_an_hour_whoever_asks(self, app: Flask, owner: Actor, email: str) -> None:
        for each in (cast.email_of(owner), email):
            assert [sign_up(cast.anonymous(), each).status_code for _ in range(14)] == [200] * 14
            assert len(letters.to(app, each)) == 12

    def test_a_stranger_does_not_use_up_somebodys_letters(self, app: Flask, email: str) -> None:
        for number in range(8):
            sign_up(cast.anonymous(), email, sender=f"2001:db8:78::{number}")
        browser = cast.anonymous()
        sign_up(browser, email)
        assert browser.post(letters.link_in(app, email)).status_code == 303


class TestTheForm:
    @pytest.mark.parametrize(
        ("field", "text"),
        [("name", ""), ("workshop", " "), ("email", "ines"), ("email", "a b@c.example"), ("password", "seven77"),
         ("password", "x" * 257), ("password", "aaaaaaaaaaaa"), ("craft", "alchemy"), ("time_zone", "Mars/Base"),
         ("currency", "XYZ"), ("name", "a\x07b"), ("workshop", "x" * 121)],
    )  # fmt: skip
    def test_refuses_at_the_field_and_keeps_what_was_typed(self, app: Flask, email: str, field: str, text: str) -> None:
        answer = sign_up(cast.anonymous(), email, **{field: text})
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert field == "name" or "Ines Fernandes" in answer.text
        assert cast.PASSWORD not in answer.text

    def test_takes_no_more_than_it_asks_for(self, app: Flask, email: str) -> None:
        browser, other = cast.anonymous(), cast.make_organization()
        sign_up(browser, email, role="viewer", organization_id=str(other.id), tier="enterprise", organization="x")
        browser.post(letters.link_in(app, email), data={"role": "viewer", "tier": "enterprise"})
        _, organization, role = place_of(app, email)
        assert (role, organization.tier, organization.id != other.id) == ("owner", "exempt", True)

    def test_a_workshop_is_free_where_plans_are_sold(
        self, app: Flask, email: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "STRIPE_SECRET_KEY", "sk_test_x")
        browser = cast.anonymous()
        sign_up(browser, email)
        browser.post(letters.link_in(app, email))
        assert place_of(app, email)[1].tier == "free"

    def test_an_address_asks_twenty_times_an_hour(self, app: Flask) -> None:
        browser, address = cast.anonymous(), {"REMOTE_ADDR": "192.0.2.77"}
        form = {"name": "I", "workshop": "W", "password": cast.PASSWORD, "craft": "food", "time_zone": "UTC"}
        seen = [
            browser.post(
                "/sign-up",
                data={**form, "currency": "USD", "email": f"{ids.code()}@nowhere.example"},
                environ_overrides=address,
            )
            for _ in range(21)
        ]
        assert [answer.status_code for answer in seen] == [200] * 20 + [429]
        assert int(seen[-1].headers["Retry-After"]) > 0


class TestWhereItIsClosed:
    @pytest.fixture(autouse=True)
    def closed(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config, "SIGN_UP", False)

    def test_it_says_so_and_takes_nothing(self, app: Flask, email: str) -> None:
        assert "Sign-up is closed" in cast.anonymous().get("/sign-up").text
        assert "Sign-up is closed" in sign_up(cast.anonymous(), email).text
        assert letters.to(app, email) == []

    def test_the_sign_in_page_does_not_offer_it(self, app: Flask) -> None:
        assert "Make a workshop" not in cast.anonymous().get("/sign-in").text


def test_the_page_says_where_the_letter_is_when_no_mail_is_sent(
    app: Flask, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "scripts/flask mail show" in sign_up(cast.anonymous(), email).text
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://mail.example")
    assert "scripts/flask mail show" not in sign_up(cast.anonymous(), email).text


def test_two_workshops_of_one_name_at_once_get_two_addresses(app: Flask) -> None:
    name, barrier, seen = f"Twin {ids.code()}", threading.Barrier(4), list[str]()

    def one(email: str) -> None:
        browser = cast.anonymous()
        sign_up(browser, email, workshop=name)
        link = letters.link_in(app, email)
        barrier.wait()
        seen.append(browser.post(link).location)

    emails = [f"{ids.code(12).lower()}@fernandtallow.example" for _ in range(4)]
    threads = [threading.Thread(target=one, args=(email,)) for email in emails]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen)) == 4

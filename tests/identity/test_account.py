"""A person's own account: name, email, password, sessions, and proving once more who one is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, Person, SignInAttempt
from app.identity.services import people, sessions, sign_in
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform import commands, tenancy
from app.platform.database import db
from tests import cast
from tests.identity import house, letters

NEW = "tallow-and-fern-9"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGES = ("/account", "/account/password", "/account/sessions", "/account/confirm")


@pytest.fixture
def email(owner: Actor) -> str:
    return cast.email_of(owner)


@pytest.fixture
def browser(owner: Actor) -> cast.Browser:
    return cast.signed_in(owner)


@pytest.fixture
def new_email() -> str:
    return f"{ids.code(12).lower()}@fernandtallow.example"


def person_of(app: Flask, actor: Actor) -> Person:
    with app.app_context():
        person = db.session.scalars(sa.select(Person).where(Person.id == actor.person_id)).one()
        db.session.expunge(person)
        return person


def last_event(app: Flask, actor: Actor) -> str:
    with app.app_context():
        tenancy.bind(actor.organization_id)
        return db.session.scalars(sa.select(AuditEvent.action).order_by(AuditEvent.sequence.desc())).first() or ""


def opens(app: Flask, email: str, password: str) -> bool:
    with app.app_context():
        given = sign_in.sign_in(email=email, password=password, address=f"address {ids.code()}")
    return isinstance(given, str)


def strangers_lock(app: Flask, email: str) -> None:
    """Somebody types this email with wrong passwords, until the door makes it wait."""
    with app.app_context():
        for _ in range(6):
            sign_in.sign_in(email=email, password="wrong", address=f"address {ids.code()}")
    assert not opens(app, email, cast.PASSWORD)


class TestTheDoor:
    @pytest.mark.parametrize("page", PAGES)
    def test_asks_who_is_there(self, app: Flask, page: str) -> None:
        answer = cast.anonymous().get(page)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=/account")

    @pytest.mark.parametrize("page", PAGES)
    def test_opens_for_people_of_no_workshop(self, app: Flask, page: str) -> None:
        with app.app_context(), commands.transaction():
            nobody = people.create(email=f"{ids.code()}@nowhere.example", name="Nobody", password_hash="x")
            secret = sessions.begin(nobody.id)
        browser = cast.anonymous()
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = secret, True
        assert browser.get(page).status_code == 200


class TestTheName:
    def test_is_changed(self, app: Flask, browser: cast.Browser, owner: Actor) -> None:
        assert browser.post("/account/name", data={"name": "  Inês  "}).location == "/account"
        assert person_of(app, owner).name == "Inês"

    def test_is_in_the_log_as_it_was_and_as_it_is(self, app: Flask, browser: cast.Browser, owner: Actor) -> None:
        browser.post("/account/name", data={"name": "Inês"})
        browser.post("/account/name", data={"name": "Inês"})
        renamed = house.noted(app, owner, "people.renamed")
        assert [(one.person_id, one.before, one.after) for one in renamed] == [
            (owner.person_id, {"name": "Ines Fernandes"}, {"name": "Inês"})
        ]

    @pytest.mark.parametrize("name", ["", "x" * 201, "a\x07b", "a\nb"])
    def test_is_refused_at_its_field(self, app: Flask, browser: cast.Browser, name: str) -> None:
        answer = browser.post("/account/name", data={"name": name})
        assert answer.status_code == 422
        assert 'id="name-say"' in answer.text


class TestVerifyingTheEmail:
    def test_takes_a_letter_and_a_button(self, app: Flask, browser: cast.Browser, owner: Actor, email: str) -> None:
        assert "Not verified" in browser.get("/account").text
        browser.post("/account/verify")
        link = letters.link_in(app, email)
        assert browser.get(link).status_code == 200
        assert person_of(app, owner).email_verified_at is None
        assert browser.post(link).location == "/account"
        assert "Not verified" not in browser.get("/account").text

    def test_sends_nothing_to_who_is_verified(self, app: Flask, browser: cast.Browser, email: str) -> None:
        browser.post("/account/verify")
        browser.post(letters.link_in(app, email))
        browser.post("/account/verify")
        assert len(letters.to(app, email)) == 1

    def test_is_in_the_log(self, app: Flask, browser: cast.Browser, owner: Actor, email: str) -> None:
        browser.post("/account/verify")
        browser.post(letters.link_in(app, email))
        assert last_event(app, owner) == "people.email_verified"

    def test_takes_the_accounts_own_person(
        self, app: Flask, browser: cast.Browser, owner: Actor, stranger: Actor, email: str
    ) -> None:
        """Whose email it is may not be who opened the account, and knows its password."""
        browser.post("/account/verify")
        link = letters.link_in(app, email)
        for method in ("GET", "POST"):
            asked = cast.anonymous().open(link, method=method)
            assert asked.location.startswith("/sign-in"), method
        assert cast.signed_in(stranger).post(link).status_code == 410
        assert person_of(app, owner).email_verified_at is None
        assert browser.post(link).location == "/account"


class TestChangingTheEmail:
    def ask(self, browser: cast.Browser, email: str) -> cast.Reply:
        return browser.post("/account/email", data={"email": email})

    def test_waits_for_the_new_ones_link(
        self, app: Flask, browser: cast.Browser, owner: Actor, email: str, new_email: str
    ) -> None:
        self.ask(browser, new_email)
        assert person_of(app, owner).email == email
        link = letters.link_in(app, new_email)
        assert new_email in browser.get(link).text
        browser.post(link)
        person = person_of(app, owner)
        assert (person.email, person.email_key) == (new_email, new_email)
        assert person.email_verified_at is not None
        assert opens(app, new_email, cast.PASSWORD)
        assert not opens(app, email, cast.PASSWORD)
        assert letters.to(app, email)[-1].subject == "Your BatchTrack email was changed"
        assert last_event(app, owner) == "people.email_changed"

    def test_ends_every_other_session(self, app: Flask, browser: cast.Browser, owner: Actor, new_email: str) -> None:
        other = cast.signed_in(owner)
        self.ask(browser, new_email)
        browser.post(letters.link_in(app, new_email))
        assert other.get("/account").location.startswith("/sign-in")
        assert browser.get("/account").status_code == 200

    def test_keeps_it_as_it_is_written(self, app: Flask, browser: cast.Browser, owner: Actor, new_email: str) -> None:
        written = f"Ines.{new_email}"
        self.ask(browser, written)
        link = letters.link_in(app, written)
        assert written in browser.get(link).text
        browser.post(link)
        person = person_of(app, owner)
        assert (person.email, person.email_key) == (written, written.lower())

    def test_mails_three_letters_however_the_email_is_written(
        self, app: Flask, browser: cast.Browser, new_email: str
    ) -> None:
        written = [new_email, new_email.upper(), new_email.title(), new_email.capitalize(), new_email]
        for each in written:
            assert self.ask(browser, each).location == "/account"
        assert sum(len(letters.to(app, each)) for each in set(written)) == 3

    def test_says_to_the_old_one_what_to_do(
        self, app: Flask, browser: cast.Browser, email: str, new_email: str
    ) -> None:
        self.ask(browser, new_email)
        browser.post(letters.link_in(app, new_email))
        assert "Tell whoever runs" in letters.to(app, email)[-1].text

    def test_closes_what_was_mailed_to_the_old_one(
        self, app: Flask, browser: cast.Browser, email: str, new_email: str
    ) -> None:
        cast.anonymous().post("/reset", data={"email": email})
        reset = letters.link_in(app, email)
        self.ask(browser, new_email)
        browser.post(letters.link_in(app, new_email))
        assert cast.anonymous().get(reset).status_code == 410

    def test_says_the_same_of_one_that_has_an_account(
        self, app: Flask, browser: cast.Browser, stranger: Actor, new_email: str
    ) -> None:
        taken = cast.email_of(stranger)
        known, unknown = self.ask(browser, taken), self.ask(browser, new_email)
        assert (known.status_code, known.location) == (unknown.status_code, unknown.location) == (303, "/account")
        assert "has one already" in letters.to(app, taken)[-1].text

    def test_does_nothing_when_somebody_took_it_meanwhile(
        self, app: Flask, browser: cast.Browser, owner: Actor, email: str, new_email: str
    ) -> None:
        self.ask(browser, new_email)
        link = letters.link_in(app, new_email)
        with app.app_context(), commands.transaction():
            people.create(email=new_email, name="Faster", password_hash="x")
        assert browser.post(link).status_code == 410
        assert person_of(app, owner).email == email

    @pytest.mark.parametrize("wrong", ["", "ines", "a b@c.example", "x" * 255 + "@c.example"])
    def test_is_refused_at_its_field(self, browser: cast.Browser, wrong: str) -> None:
        answer = self.ask(browser, wrong)
        assert answer.status_code == 422
        assert 'id="email-say"' in answer.text

    def test_asks_for_a_fresh_proof(self, app: Flask, browser: cast.Browser, new_email: str) -> None:
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            assert self.ask(browser, new_email).location.startswith("/account/confirm?next=")
        assert letters.to(app, new_email) == []


class TestChangingThePassword:
    def change(self, browser: cast.Browser, password: str = cast.PASSWORD, new: str = NEW) -> cast.Reply:
        sender = {"REMOTE_ADDR": f"192.0.2.{ids.code()}"}
        said = {"password": password, "new_password": new}
        return browser.post("/account/password", data=said, environ_overrides=sender)

    def test_takes_the_present_one(self, app: Flask, browser: cast.Browser, owner: Actor, email: str) -> None:
        assert self.change(browser).location == "/account"
        assert opens(app, email, NEW)
        assert not opens(app, email, cast.PASSWORD)
        assert letters.to(app, email)[-1].subject == "Your BatchTrack password was changed"
        assert last_event(app, owner) == "people.password_changed"

    def test_ends_every_other_session(self, browser: cast.Browser, owner: Actor) -> None:
        other = cast.signed_in(owner)
        self.change(browser)
        assert other.get("/account").location.startswith("/sign-in")
        assert browser.get("/account").status_code == 200

    def test_counts_wrong_ones_as_the_door_does(self, app: Flask, browser: cast.Browser, owner: Actor) -> None:
        seen = [self.change(browser, password="wrong").status_code for _ in range(6)]
        assert seen == [422] * 5 + [429]
        assert self.change(browser).status_code == 429
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{ids.code()}"}
        asked = {"password": cast.PASSWORD}
        assert browser.post("/account/confirm", data=asked, environ_overrides=elsewhere).status_code == 429

    def test_waits_for_nobody_who_mistypes_at_the_door(self, app: Flask, browser: cast.Browser, email: str) -> None:
        strangers_lock(app, email)
        assert self.change(browser).location == "/account"

    @pytest.mark.parametrize("new", ["", "short", "password123", "x" * 257, "11111111"])
    def test_takes_no_weak_one(self, app: Flask, browser: cast.Browser, email: str, new: str) -> None:
        answer = self.change(browser, new=new)
        assert answer.status_code == 422
        assert 'id="new_password-say"' in answer.text
        assert opens(app, email, cast.PASSWORD)

    def test_takes_no_email(self, browser: cast.Browser, email: str) -> None:
        assert self.change(browser, new=email.upper()).status_code == 422
        assert self.change(browser, new=email.partition("@")[0]).status_code == 422


class TestSessions:
    def begin(self, email: str, agent: str = FIREFOX) -> cast.Browser:
        browser = cast.anonymous()
        sender = {"REMOTE_ADDR": "192.0.2.9"}
        form = {"email": email, "password": cast.PASSWORD}
        browser.post("/sign-in", data=form, headers={"User-Agent": agent}, environ_overrides=sender)
        return browser

    def session_id(self, app: Flask, owner: Actor) -> str:
        with app.app_context():
            return str(sessions.live(owner.person_id)[0].id)

    def test_are_shown_with_where_and_what(self, app: Flask, browser: cast.Browser, email: str) -> None:
        self.begin(email)
        page = browser.get("/account/sessions").text
        assert "Firefox on Linux" in page
        assert "from 192.0.2.9" in page
        assert page.count("This browser") == 1

    def test_one_is_ended(self, app: Flask, browser: cast.Browser, owner: Actor, email: str) -> None:
        with clock.set_to(clock.now() + timedelta(minutes=1)):
            other = self.begin(email)
            last = self.session_id(app, owner)
            assert browser.post("/account/sessions", data={"session": last}).location == "/account/sessions"
            assert other.get("/account").location.startswith("/sign-in")
        assert browser.get("/account").status_code == 200
        ended = house.noted(app, owner, "people.")[-1]
        assert (ended.action, ended.subject) == ("people.session_ended", ("session", last))

    def test_all_others_are_ended(self, app: Flask, browser: cast.Browser, owner: Actor, email: str) -> None:
        others = [self.begin(email) for _ in range(3)]
        browser.post("/account/sessions")
        assert all(other.get("/account").location.startswith("/sign-in") for other in others)
        assert browser.get("/account").status_code == 200
        assert last_event(app, owner) == "people.signed_out_everywhere"

    def test_of_others_are_not_there(self, app: Flask, browser: cast.Browser, stranger: Actor) -> None:
        theirs = cast.signed_in(stranger)
        foreign = self.session_id(app, stranger)
        for session in (foreign, str(ids.uuid7()), "x"):
            assert browser.post("/account/sessions", data={"session": session}).status_code == 404
        assert theirs.get("/account").status_code == 200

    def test_a_browser_that_signs_in_again_leaves_none_behind(self, app: Flask, owner: Actor, email: str) -> None:
        browser = cast.signed_in(owner)
        form = {"email": email, "password": cast.PASSWORD}
        browser.post("/sign-in", data=form)
        with app.app_context():
            assert len(sessions.live(owner.person_id)) == 1


class TestProvingAgain:
    def test_goes_on_to_where_the_person_was_going(self, browser: cast.Browser) -> None:
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            assert 'name="next"' in browser.get("/account/confirm?next=/account/sessions").text
            asked = {"password": cast.PASSWORD, "next": "/account/sessions"}
            assert browser.post("/account/confirm", data=asked).location == "/account/sessions"
            assert browser.post("/account/email", data={"email": "x"}).status_code == 422  # it is fresh now

    @pytest.mark.parametrize("there", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", ""])
    def test_never_leads_off_the_site(self, browser: cast.Browser, there: str) -> None:
        answer = browser.post("/account/confirm", data={"password": cast.PASSWORD, "next": there})
        assert answer.location == "/account"

    def test_waits_for_nobody_who_mistypes_at_the_door(self, app: Flask, browser: cast.Browser, email: str) -> None:
        strangers_lock(app, email)
        assert browser.post("/account/confirm", data={"password": cast.PASSWORD}).location == "/account"

    def test_a_wrong_password_proves_nothing_and_is_counted(self, browser: cast.Browser, app: Flask) -> None:
        sender = {"REMOTE_ADDR": f"192.0.2.{ids.code()}"}
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            wrong = {"password": "wrong"}
            seen = [browser.post("/account/confirm", data=wrong, environ_overrides=sender) for _ in range(6)]
            assert [answer.status_code for answer in seen] == [422] * 5 + [429]
            assert int(seen[-1].headers["Retry-After"]) <= 300
            assert browser.post("/account/email", data={"email": "a@b.example"}).location.startswith("/account/confirm")

    def test_another_persons_password_proves_nothing(self, app: Flask, browser: cast.Browser, owner: Actor) -> None:
        with app.app_context(), commands.transaction():
            other = people.hash_password("another password")
            db.session.execute(sa.update(Person).where(Person.id == owner.person_id).values(password_hash=other))
        assert browser.post("/account/confirm", data={"password": cast.PASSWORD}).status_code == 422


def test_signing_in_keeps_where_and_what(app: Flask, owner: Actor, email: str) -> None:
    sender = {"REMOTE_ADDR": "192.0.2.10"}
    form = {"email": email, "password": cast.PASSWORD}
    cast.anonymous().post("/sign-in", data=form, headers={"User-Agent": FIREFOX}, environ_overrides=sender)
    with app.app_context():
        (session,) = sessions.live(owner.person_id)
        assert (session.address, session.browser) == ("192.0.2.10", FIREFOX)
        addresses = sa.select(SignInAttempt.address).where(SignInAttempt.email_key == email)
        assert db.session.scalars(addresses).all() == ["192.0.2.10"]


def test_the_account_is_one_click_from_the_workshop(browser: cast.Browser, organization: OrganizationFacts) -> None:
    assert 'href="/account"' in browser.get(f"/o/{organization.slug}/").text

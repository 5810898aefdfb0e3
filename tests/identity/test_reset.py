"""A forgotten password: the same answer for any email; the letter's link sets a new one and closes what was open."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, Person, SignInSession
from app.identity.services import people, second_factors, sign_in
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.platform import commands, jobs, tenancy
from app.platform.database import db
from tests import cast
from tests.identity import house, letters, visits
from tests.identity.plain import plain

NEW = "tallow-and-fern-9"


@pytest.fixture
def email(owner: Actor) -> str:
    return cast.email_of(owner)


def ask(email: str, browser: cast.Browser | None = None) -> cast.Reply:
    """Ask for the link."""
    sender = {"REMOTE_ADDR": f"192.0.2.{ids.code()}"}
    return (browser or cast.anonymous()).post("/reset", data={"email": email}, environ_overrides=sender)


def verified(app: Flask, actor: Actor) -> None:
    """A link that was mailed to the actor was opened once."""
    with app.app_context(), commands.transaction():
        db.session.execute(sa.update(Person).where(Person.id == actor.person_id).values(email_verified_at=clock.now()))


def set_new(link: str, password: str = NEW, browser: cast.Browser | None = None) -> cast.Reply:
    """Set the password behind the link."""
    return (browser or cast.anonymous()).post(link, data={"password": password})


def enters(app: Flask, email: str, password: str) -> bool:
    """Whether the password opens."""
    with app.app_context():
        given = sign_in.sign_in(email=email, password=password, address=f"address {ids.code()}")
    return isinstance(given, str)


class TestTheLink:
    def test_sets_a_new_password_and_signs_in(self, app: Flask, email: str, owner: Actor) -> None:
        browser = cast.anonymous()
        ask(email)
        link = letters.link_in(app, email)
        assert browser.get(link).status_code == 200
        assert set_new(link, browser=browser).status_code == 303
        assert browser.get("/").location.startswith("/o/")
        assert enters(app, email, NEW)
        assert not enters(app, email, cast.PASSWORD)

    def test_ends_every_session(self, app: Flask, email: str, owner: Actor) -> None:
        browsers = [cast.signed_in(owner) for _ in range(3)]
        ask(email)
        set_new(letters.link_in(app, email))
        assert {browser.get("/").location for browser in browsers} == {"/sign-in"}

    def test_tells_the_person(self, app: Flask, email: str) -> None:
        ask(email)
        set_new(letters.link_in(app, email))
        assert letters.to(app, email)[-1].subject == "Your BatchTrack password was changed"

    def test_is_in_the_log_of_each_workshop(self, app: Flask, email: str, owner: Actor) -> None:
        ask(email)
        set_new(letters.link_in(app, email))
        with app.app_context():
            tenancy.bind(owner.organization_id)
            event = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
            assert event is not None
            assert (event.action, event.person_id, event.address) == (
                "people.password_reset",
                owner.person_id,
                "127.0.0.1",
            )

    def test_works_once(self, app: Flask, email: str) -> None:
        ask(email)
        link = letters.link_in(app, email)
        set_new(link)
        assert set_new(link, "another-one-entirely").status_code == cast.anonymous().get(link).status_code == 410
        assert "Send me a new link" in cast.anonymous().get(link).text
        assert enters(app, email, NEW)

    def test_works_for_one_of_eight_at_once(self, app: Flask, email: str) -> None:
        ask(email)
        link, barrier, seen = letters.link_in(app, email), threading.Barrier(8), list[int]()

        def press(number: int) -> None:
            barrier.wait()
            seen.append(set_new(link, f"password of thread {number}").status_code)

        threads = [threading.Thread(target=press, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(seen) == [303] + [410] * 7

    def test_opens_nothing_after_another_one_was_used(self, app: Flask, email: str) -> None:
        ask(email)
        first = letters.link_in(app, email)
        ask(email)
        set_new(letters.link_in(app, email))
        assert set_new(first, "a third password").status_code == 410

    def test_opens_nothing_after_the_password_was_changed(self, app: Flask, email: str, owner: Actor) -> None:
        ask(email)
        link = letters.link_in(app, email)
        changed = {"password": cast.PASSWORD, "new_password": NEW}
        assert cast.signed_in(owner).post("/account/password", data=changed).status_code == 303
        assert cast.anonymous().get(link).status_code == 410
        assert set_new(link, "a third password").status_code == 410
        assert enters(app, email, NEW)

    def test_is_too_old_after_half_an_hour(self, app: Flask, email: str) -> None:
        ask(email)
        link = letters.link_in(app, email)
        with clock.set_to(clock.now() + timedelta(minutes=30)):
            assert cast.anonymous().get(link).status_code == 410
            assert set_new(link).status_code == 410

    @pytest.mark.parametrize("password", ["", "seven77", "password123", "12345678"])
    def test_takes_no_weak_password_and_is_not_used_up_by_one(self, app: Flask, email: str, password: str) -> None:
        ask(email)
        link = letters.link_in(app, email)
        assert set_new(link, password).status_code == 422
        assert set_new(link).status_code == 303

    def test_does_not_sign_in_who_has_a_second_factor(self, app: Flask, email: str, owner: Actor) -> None:
        verified(app, owner)
        with app.app_context(), commands.transaction():
            visits.give_authenticator(owner)
        browser = cast.anonymous()
        ask(email)
        answer = set_new(letters.link_in(app, email), browser=browser)
        assert answer.location == "/sign-in?next=/account/security"
        assert browser.get("/").location == "/sign-in"
        assert not enters(app, email, NEW)  # the second step comes first

    def test_lets_in_an_owner_who_was_locked_out(self, app: Flask, email: str) -> None:
        for number in range(6):
            with app.app_context():
                sign_in.sign_in(email=email, password="wrong", address=f"address {number} {ids.code()}")
        assert not enters(app, email, cast.PASSWORD)
        ask(email)
        set_new(letters.link_in(app, email))
        assert enters(app, email, NEW)

    def test_a_password_that_was_being_looked_at_opens_nothing_after_it(
        self, app: Flask, email: str, owner: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The old password is right when it is looked at; the reset comes before its session begins."""
        ask(email)
        link, look = letters.link_in(app, email), people.is_password

        def slowly(known: str | None, password: str) -> bool:
            right = look(known, password)
            monkeypatch.setattr(people, "is_password", look)
            set_new(link)
            return right

        monkeypatch.setattr(people, "is_password", slowly)
        assert not enters(app, email, cast.PASSWORD)
        with app.app_context():
            live = sa.select(SignInSession.id).where(
                SignInSession.person_id == owner.person_id, SignInSession.ended_at.is_(None)
            )
            assert len(db.session.scalars(live).all()) == 1  # of the browser that reset it


class TestAnEmailThatItProvesForTheFirstTime:
    """Somebody else may have opened the account with this email, and left themselves ways in."""

    def test_takes_the_account_over(self, app: Flask, email: str, owner: Actor) -> None:
        with app.app_context(), commands.transaction():
            visits.give_authenticator(owner)
        token = cast.token_for(owner)
        browser = cast.anonymous()
        ask(email)
        set_new(letters.link_in(app, email), browser=browser)

        assert browser.get("/account/security").status_code == 200
        assert "Not verified" not in browser.get("/account").text
        assert cast.Api(token, cast.anonymous()).get("/me").status_code == 401
        with app.app_context():
            assert not second_factors.has_any(owner.person_id)
        assert [one.action for one in house.noted(app, owner)][-2:] == ["tokens.revoked", "people.password_reset"]

    def test_leaves_everything_to_who_was_verified(self, app: Flask, email: str, owner: Actor) -> None:
        verified(app, owner)
        token = cast.token_for(owner)
        ask(email)
        set_new(letters.link_in(app, email))
        assert cast.Api(token, cast.anonymous()).get("/me").status_code == 200


class TestNobodyLearnsWhoHasAnAccount:
    def test_the_database_and_the_bell_are_asked_the_same(
        self, app: Flask, email: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung, asked = list[str](), list[str]()
        monkeypatch.setattr(jobs, "ring", lambda _app, task: rung.append(task))
        with app.app_context():
            engine = db.engine

        @sa.event.listens_for(engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            asked.append(statement.split("(", maxsplit=1)[0].strip())

        try:
            ask(email)
            known, bells = asked[:], rung[:]
            asked.clear()
            rung.clear()
            ask(f"{ids.code(12).lower()}@fernandtallow.example")
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        assert any("outgoing_mails" in statement for statement in known)
        assert [each for each in known if "SAVEPOINT" not in each] == [e for e in asked if "SAVEPOINT" not in e]
        assert bells == rung == ["mail.deliver"]

    def test_the_page_is_the_same(self, email: str) -> None:
        nobody = f"{ids.code(12).lower()}@fernandtallow.example"
        known, unknown = ask(email), ask(nobody)
        assert known.status_code == unknown.status_code == 200
        assert plain(known.text, email) == plain(unknown.text, nobody)

    def test_nothing_is_hashed_for_either(self, email: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(people, "hasher", None)
        for each in (email, f"{ids.code(12).lower()}@fernandtallow.example"):
            assert ask(each).status_code == 200

    def test_no_letter_goes_to_who_has_none(self, app: Flask) -> None:
        nobody = f"{ids.code(12).lower()}@fernandtallow.example"
        ask(nobody)
        assert letters.to(app, nobody) == []

    def test_an_email_gets_three_letters_and_the_same_page(self, app: Flask, email: str) -> None:
        assert [ask(email).status_code for _ in range(5)] == [200] * 5
        assert len(letters.to(app, email)) == 3
        assert set_new(letters.link_in(app, email)).status_code == 303


def test_an_address_asks_twenty_times_an_hour(app: Flask) -> None:
    sender = {"REMOTE_ADDR": "192.0.2.78"}
    seen = [
        cast.anonymous().post("/reset", data={"email": f"{ids.code()}@nowhere.example"}, environ_overrides=sender)
        for _ in range(21)
    ]
    assert [answer.status_code for answer in seen] == [200] * 20 + [429]

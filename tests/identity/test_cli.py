"""The command line of whoever holds the machine: organizations, members, tokens; wrong input names its option."""

import re

import pytest
from click.testing import Result
from flask import Flask

from app.identity.services import recovery_codes, second_factors
from app.kernel import ids
from app.kernel.actor import Actor
from tests import cast
from tests.identity import letters
from tests.identity.house import noted
from tests.identity.phones import phone_of, self_of
from tests.identity.test_passkeys import registered


@pytest.fixture
def email() -> str:
    return f"{ids.code(12).lower()}@fernandtallow.example"


def flask(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def sign_in(email: str, password: str) -> str | None:
    browser = cast.anonymous()
    answer = browser.post(
        "/sign-in",
        data={"email": email, "password": password},
        environ_overrides={"REMOTE_ADDR": f"192.0.2.{ids.code()}"},
    )
    return browser.get("/").location if answer.status_code == 302 else None


class TestCreatingAnOrganization:
    def test_prints_a_password_that_works(self, app: Flask, email: str) -> None:
        done = flask(app, "org", "create", "Juniper & Rye", "--email", email)
        assert done.exit_code == 0
        page = re.search(r"(/o/juniper-rye\S*/)", done.output)
        password = re.search(r"Password +(\S+)", done.output)
        assert page
        assert password
        assert sign_in(email, password[1]) == page[1]

    def test_takes_a_password_and_does_not_print_it(self, app: Flask, email: str) -> None:
        done = flask(app, "org", "create", "Juniper & Rye", "--email", email, "--password", "juniper-and-rye")
        assert done.exit_code == 0
        assert "juniper-and-rye" not in done.output
        assert sign_in(email, "juniper-and-rye")

    def test_takes_zone_currency_and_locale(self, app: Flask, email: str) -> None:
        more = ["--timezone", "Europe/Berlin", "--currency", "EUR", "--locale", "de-DE"]
        assert flask(app, "org", "create", "Seife", "--email", email, *more).exit_code == 0
        token = flask(app, "token", "create", "--email", email).output.strip()
        said = cast.Api(token, cast.anonymous()).get("/me").json["organization"]
        assert (said["time_zone"], said["currency"], said["locale"], said["tier"]) == (
            "Europe/Berlin", "EUR", "de_DE", "exempt",
        )  # fmt: skip

    def test_somebody_can_own_two(self, app: Flask, email: str) -> None:
        first = ["org", "create", "One", "--email", email, "--password", "one-and-two"]
        assert flask(app, *first).exit_code == 0
        assert flask(app, *first).exit_code == 0
        assert sign_in(email, "one-and-two") is None  # a choice of two, not a redirect
        assert flask(app, "org", "create", "Three", "--email", email, "--password", "another-one").exit_code == 2

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ([], "--email"),
            (["--email", "nonsense"], "--email"),
            (["--email", "a@b.example", "--password", "short"], "--password"),
            (["--email", "a@b.example", "--timezone", "Mars"], "--timezone"),
            (["--email", "a@b.example", "--currency", "ZZZ"], "--currency"),
            (["--email", "a@b.example", "--locale", "klingon"], "--locale"),
        ],
    )
    def test_names_the_wrong_option_and_leaves_nothing(self, app: Flask, words: list[str], named: str) -> None:
        done = flask(app, "org", "create", "Nobody's", *words)
        assert done.exit_code == 2
        assert named in done.output
        assert flask(app, "token", "create", "--email", "a@b.example").exit_code == 2

    def test_names_a_missing_name(self, app: Flask, email: str) -> None:
        done = flask(app, "org", "create", " ", "--email", email)
        assert (done.exit_code, "NAME" in done.output) == (2, True)

    def test_is_in_the_log(self, app: Flask, email: str) -> None:
        flask(app, "org", "create", "Juniper & Rye", "--email", email)
        token = flask(app, "token", "create", "--email", email).output.strip()
        opened = cast.Api(token, cast.anonymous()).get("/audit-events").json["data"][-1]
        assert (opened["action"], opened["entry_point"]) == ("organization.created", "cli")


class TestAccounts:
    """Of people who lost their phone, and of people who must not come in any more."""

    def test_a_second_factor_is_taken_away(self, app: Flask, owner: Actor) -> None:
        mailbox, browser = cast.email_of(owner), cast.signed_in(owner)
        phone_of(owner, app)
        with app.app_context():
            registered(self_of(owner))
        done = flask(app, "person", "reset-second-factor", "--email", mailbox)
        assert done.exit_code == 0
        assert sign_in(mailbox, cast.PASSWORD)
        assert browser.get("/account").location.startswith("/sign-in")
        with app.app_context():
            assert not second_factors.has_any(owner.person_id)
            assert recovery_codes.left(owner.person_id) == 0
        assert letters.to(app, mailbox)[-1].subject == "Two-step sign-in was taken away"
        event = noted(app, owner, "people.")[-1]
        assert (event.action, event.entry_point, event.person_id) == ("people.second_factor_reset", "cli", None)
        assert event.subject == ("person", str(owner.person_id))

    def test_somebody_is_kept_out_and_let_in_again(self, app: Flask, owner: Actor) -> None:
        mailbox, browser, api = cast.email_of(owner), cast.signed_in(owner), cast.api(owner)
        assert flask(app, "person", "deactivate", "--email", mailbox).exit_code == 0
        assert browser.get("/account").location.startswith("/sign-in")
        assert api.get("/me").status_code == 401
        assert not sign_in(mailbox, cast.PASSWORD)
        assert flask(app, "person", "restore", "--email", mailbox).exit_code == 0
        assert api.get("/me").status_code == 200
        assert sign_in(mailbox, cast.PASSWORD)
        said = [(event.action, event.entry_point) for event in noted(app, owner, "people.")]
        assert said == [("people.deactivated", "cli"), ("people.restored", "cli")]

    @pytest.mark.parametrize("word", ["reset-second-factor", "deactivate", "restore"])
    def test_nobody_is_named(self, app: Flask, word: str) -> None:
        done = flask(app, "person", word, "--email", "nobody@nowhere.example")
        assert (done.exit_code, "--email" in done.output) == (2, True)

    def test_is_done_once(self, app: Flask, owner: Actor) -> None:
        mailbox = cast.email_of(owner)
        assert flask(app, "person", "restore", "--email", mailbox).exit_code == 2
        flask(app, "person", "deactivate", "--email", mailbox)
        assert flask(app, "person", "deactivate", "--email", mailbox).exit_code == 2


class TestAddingAMember:
    def test_warns_of_an_account_that_nobody_verified(self, app: Flask, owner: Actor, stranger: Actor) -> None:
        slug = cast.api(owner).get("/me").json["organization"]["slug"]
        add = ["member", "add", "--org", slug, "--role", "viewer", "--email"]
        unproved = flask(app, *add, cast.email_of(stranger))
        new = flask(app, *add, f"{ids.code(12).lower()}@fernandtallow.example")
        assert (unproved.exit_code, "Careful" in unproved.output, "Careful" in new.output) == (0, True, False)

    def test_gives_a_role(self, app: Flask, owner: Actor, email: str) -> None:
        slug = cast.api(owner).get("/me").json["organization"]["slug"]
        done = flask(app, "member", "add", "--org", slug, "--email", email, "--role", "viewer")
        assert done.exit_code == 0
        token = flask(app, "token", "create", "--email", email).output.strip()
        assert cast.Api(token, cast.anonymous()).get("/me").json["role"] == "viewer"

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            (["--org", "never-was", "--role", "maker"], "--org"),
            (["--org", "never-was", "--role", "emperor"], "--role"),
        ],
    )
    def test_names_the_wrong_option(self, app: Flask, email: str, words: list[str], named: str) -> None:
        done = flask(app, "member", "add", "--email", email, *words)
        assert (done.exit_code, named in done.output) == (2, True)

    def test_refuses_a_member_twice(self, app: Flask, owner: Actor) -> None:
        slug = cast.api(owner).get("/me").json["organization"]["slug"]
        done = flask(app, "member", "add", "--org", slug, "--email", cast.email_of(owner), "--role", "maker")
        assert (done.exit_code, "--email" in done.output) == (2, True)


class TestCreatingAToken:
    def test_prints_the_token_alone(self, app: Flask, owner: Actor) -> None:
        done = flask(app, "token", "create", "--email", cast.email_of(owner))
        assert re.fullmatch(rf"bt_{owner.organization_id.hex}_[0-9a-f]{{64}}\n", done.output)

    def test_without_scopes_may_all_that_the_person_may(self, app: Flask, viewer: Actor) -> None:
        text = flask(app, "token", "create", "--email", cast.email_of(viewer)).output.strip()
        assert cast.Api(text, cast.anonymous()).get("/me").json["permissions"] == sorted(viewer.permissions)

    def test_takes_scopes_and_gives_none_that_the_person_has_not(self, app: Flask, viewer: Actor) -> None:
        scopes = ["--scope", "inventory.view", "--scope", "inventory.receive"]
        text = flask(app, "token", "create", "--email", cast.email_of(viewer), *scopes).output.strip()
        assert cast.Api(text, cast.anonymous()).get("/me").json["permissions"] == ["inventory.view"]

    def test_asks_which_organization_when_there_are_two(self, app: Flask, email: str) -> None:
        slugs = []
        for _ in range(2):
            done = flask(app, "org", "create", f"Org {ids.code()}", "--email", email)
            slugs.append(re.search(r"/o/(\S+)/", done.output)[1])  # type: ignore[index]
        unsure = flask(app, "token", "create", "--email", email)
        assert (unsure.exit_code, "--org" in unsure.output) == (2, True)
        sure = flask(app, "token", "create", "--email", email, "--org", slugs[1])
        assert cast.Api(sure.output.strip(), cast.anonymous()).get("/me").json["organization"]["slug"] == slugs[1]

    def test_takes_the_organizations_name_as_well(self, app: Flask, owner: Actor) -> None:
        name = cast.api(owner).get("/me").json["organization"]["name"]
        assert flask(app, "token", "create", "--email", cast.email_of(owner), "--org", name).exit_code == 0

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ([], "--email"),
            (["--email", "nobody@nowhere.example"], "--email"),
            (["--email", "nobody@nowhere.example", "--scope", "inventory.fly"], "--scope"),
        ],
    )
    def test_names_the_wrong_option(self, app: Flask, words: list[str], named: str) -> None:
        done = flask(app, "token", "create", *words)
        assert (done.exit_code, named in done.output) == (2, True)

    def test_gives_no_key_to_somebody_elses_workshop(self, app: Flask, owner: Actor, stranger: Actor) -> None:
        slug = cast.api(owner).get("/me").json["organization"]["slug"]
        done = flask(app, "token", "create", "--email", cast.email_of(stranger), "--org", slug)
        assert (done.exit_code, "--org" in done.output) == (2, True)


class TestRevokingTokens:
    def test_ends_all_of_a_persons_tokens_and_writes_it_down(self, app: Flask, owner: Actor, maker: Actor) -> None:
        programs, other = [cast.api(owner) for _ in range(2)], cast.api(maker)
        done = flask(app, "token", "revoke", "--email", cast.email_of(owner))
        assert done.output == "Revoked       2\n"
        assert [each.get("/me").status_code for each in (*programs, other)] == [401, 401, 200]
        events = noted(app, owner, "tokens.revoked")
        assert [(each.entry_point, each.person_id) for each in events] == [("cli", None)] * 2
        assert {each.before["person"] for each in events} == {str(owner.person_id)}

    def test_of_a_name_and_what_was_made_with_it(self, app: Flask, owner: Actor) -> None:
        stays = cast.api(owner)
        shop = cast.Api(stays.post("/tokens", {"name": "The shop"}).json["token"], stays.browser)
        child = cast.Api(shop.post("/tokens", {"name": "Its till"}).json["token"], stays.browser)
        done = flask(app, "token", "revoke", "--email", cast.email_of(owner), "--name", "The shop")
        assert done.output == "Revoked       2\n"
        assert [each.get("/me").status_code for each in (stays, shop, child)] == [200, 401, 401]

    def test_names_the_wrong_option(self, app: Flask, owner: Actor) -> None:
        email = cast.email_of(owner)
        for words, named in (
            (["--email", "nobody@nowhere.example"], "--email"),
            (["--email", email, "--org", "nowhere"], "--org"),
            (["--email", email, "--name", "No such token"], "--name"),
        ):
            done = flask(app, "token", "revoke", *words)
            assert (done.exit_code, named in done.output) == (2, True)

    def test_where_there_is_none_it_says_so(self, app: Flask, owner: Actor) -> None:
        assert flask(app, "token", "revoke", "--email", cast.email_of(owner)).output == "Revoked       0\n"

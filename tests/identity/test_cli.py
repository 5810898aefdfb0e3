"""The command line of whoever holds the machine: organizations, members, tokens; wrong input names its option."""

import re

import pytest
from click.testing import Result
from flask import Flask

from app.kernel import ids
from app.kernel.actor import Actor
from tests import cast


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


class TestAddingAMember:
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

"""The page of API tokens: shown once, never more than their maker may, ended for good; and all of it written down."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from app.identity.services import organizations
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import commands
from app.platform.database import db
from app.platform.models import Command
from tests import cast
from tests.cast import Api
from tests.identity.house import noted, role_made, settings, with_role
from tests.inventory.desk import Desk, words

P = Permission
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def desk(owner: Actor, organization: OrganizationFacts) -> Desk:
    return settings(owner, organization)


def make(desk: Desk, *scopes: str, key: str | None = None, **said: str) -> TestResponse:
    form = {"name": "The shop", "expires": "90", "scopes": list(scopes), "command_key": key or str(ids.uuid7()), **said}
    return desk.browser.post(desk.url("/settings/tokens/new"), data=form)


def text_of(answer: TestResponse) -> str:
    (text,) = re.findall(r'value="(bt_[0-9a-f]{32}_[0-9a-f]{64})"', answer.text)
    return str(text)


def program(app: Flask, text: str) -> Api:
    return Api(text, cast.anonymous())


class TestMaking:
    def test_shows_the_text_once(self, app: Flask, desk: Desk) -> None:
        key = str(ids.uuid7())
        answer = make(desk, "inventory.view", key=key)
        assert answer.status_code == 200
        text = text_of(answer)
        again = make(desk, "inventory.view", key=key)
        assert "was shown then" in again.text
        assert text not in again.text
        assert text not in desk.see("/settings/tokens")
        with app.app_context():
            assert not [row for row in db.session.scalars(sa.select(Command.answer)) if row and text[-64:] in row]

    def test_gives_what_was_ticked(self, app: Flask, desk: Desk) -> None:
        speaks = program(app, text_of(make(desk, "inventory.view", "catalog.view")))
        assert speaks.get("/me").json["permissions"] == ["catalog.view", "inventory.view"]
        assert speaks.post("/items", {"name": "x", "type": "ingredient", "unit": "g"}).status_code == 403

    def test_is_written_down(self, app: Flask, desk: Desk, owner: Actor) -> None:
        make(desk, "inventory.view", expires="never")
        (event,) = noted(app, owner, "tokens.created")
        assert event.after == {"person": str(owner.person_id), "scopes": ["inventory.view"], "expires_at": None}
        assert (event.entry_point, event.person_id) == ("web", owner.person_id)

    @pytest.mark.parametrize(
        ("said", "ends"),
        [
            ({"expires": "30"}, NOW + timedelta(days=30)),
            ({"expires": "365"}, NOW + timedelta(days=365)),
            ({"expires": "day", "expires_on": "2026-11-20"}, datetime(2026, 11, 21, tzinfo=UTC)),
        ],
    )
    def test_ends_when_it_was_said(
        self, app: Flask, desk: Desk, owner: Actor, said: dict[str, str], ends: datetime
    ) -> None:
        with clock.set_to(NOW):
            desk = settings(owner, facts(app, owner))
            text = text_of(make(desk, "inventory.view", **said))
        with clock.set_to(ends - timedelta(seconds=1)):
            assert program(app, text).get("/me").status_code == 200
        with clock.set_to(ends):
            assert program(app, text).get("/me").status_code == 401

    @pytest.mark.parametrize(
        "said",
        [
            {"name": ""},
            {"expires": "forever"},
            {"expires": "day"},
            {"expires": "day", "expires_on": "2020-01-01"},
            {"expires": "day", "expires_on": "tomorrow"},
        ],
    )
    def test_says_what_is_wrong(self, app: Flask, desk: Desk, owner: Actor, said: dict[str, str]) -> None:
        answer = make(desk, "inventory.view", **said)
        assert answer.status_code == 422
        assert 'value="inventory.view" checked' in answer.text
        assert noted(app, owner, "tokens.") == []

    def test_needs_something_to_do(self, desk: Desk) -> None:
        assert "Say what it may do." in make(desk).text

    @pytest.mark.parametrize("scope", ["inventory.steal", "*", "inventory.view tokens.manage"])
    def test_words_that_are_no_permission_are_refused(self, desk: Desk, scope: str) -> None:
        assert make(desk, scope).status_code == 422

    def test_may_never_more_than_its_maker(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        deputy = with_role(app, organization, role_made(app, owner, P.TOKENS_MANAGE, P.INVENTORY_VIEW))
        desk = settings(deputy, organization)
        assert 'value="members.manage"' not in desk.see("/settings/tokens/new")
        assert make(desk, "inventory.view", "members.manage").status_code == 422


class TestRevoking:
    def test_ends_it_for_good(self, app: Flask, desk: Desk, owner: Actor) -> None:
        text = text_of(make(desk, "inventory.view"))
        (token,) = re.findall(r"/settings/tokens/([0-9a-f-]{36})/revoke", desk.see("/settings/tokens"))
        assert "The shop opens nothing any more." in desk.done(f"/settings/tokens/{token}/revoke")
        assert program(app, text).get("/me").status_code == 401
        assert desk.send(f"/settings/tokens/{token}/revoke").status_code == 409
        assert noted(app, owner, "tokens.revoked")[0].subject == ("token", token)

    def test_of_another_organizations_is_not_possible(self, app: Flask, desk: Desk, stranger: Actor) -> None:
        theirs = settings(stranger, facts(app, stranger))
        text = text_of(make(theirs, "inventory.view"))
        (token,) = re.findall(r"/settings/tokens/([0-9a-f-]{36})/revoke", theirs.see("/settings/tokens"))
        assert desk.send(f"/settings/tokens/{token}/revoke").status_code == 404
        assert program(app, text).get("/me").status_code == 200
        assert "No tokens" in desk.see("/settings/tokens")


def test_programs_and_the_command_line_are_written_down_too(
    app: Flask, owner: Actor, organization: OrganizationFacts
) -> None:
    api = cast.api(owner)  # made on the word of whoever holds the machine
    made = api.post("/tokens", {"name": "Another", "scopes": ["inventory.view"]}).json
    api.delete(f"/tokens/{made['id']}")
    assert [(event.action, event.entry_point) for event in noted(app, owner, "tokens.")] == [
        ("tokens.created", "cli"),
        ("tokens.created", "api"),
        ("tokens.revoked", "api"),
    ]


def test_the_page_says_what_each_may_and_until_when(desk: Desk) -> None:
    make(desk, "inventory.view", expires="never")
    said = words(desk.see("/settings/tokens"))
    assert "The shop" in said
    assert "See stock and where it came from" in said
    assert "never" in said


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER}))
def test_is_the_owners(organization: OrganizationFacts, role: Role) -> None:
    desk = settings(cast.actor_of(organization, role), organization)
    assert desk.get("/settings/tokens").status_code == 403
    assert make(desk, "inventory.view").status_code == 403


def test_asks_to_prove_again_who_one_is(desk: Desk) -> None:
    with clock.set_to(clock.now() + timedelta(minutes=31)):
        assert "/confirm" in desk.get("/settings/tokens/new").location
        assert "/confirm" in make(desk, "inventory.view").location


def facts(app: Flask, actor: Actor) -> OrganizationFacts:
    """The organization that the actor owns."""
    with app.app_context(), commands.transaction():
        (found,) = organizations.of_person(actor.person_id)
        return found


@pytest.mark.parametrize("how", ["smaller", "lapsed"])
def test_are_revoked_whatever_the_plan_and_made_only_with_it(app: Flask, how: str) -> None:
    team = cast.make_organization(tier="team")
    owner = cast.owner_of(team)
    by_page, by_program = cast.api(owner), cast.api(owner)
    if how == "smaller":
        cast.pays(team, status="canceled", then_free=True)
    else:
        cast.lapse(team)
    desk = settings(owner, team)
    page = desk.see("/settings/tokens")
    assert "API tokens" in desk.see("/settings/billing")
    assert "Make a token" not in page
    assert desk.get("/settings/tokens/new").status_code == 402
    assert by_program.post("/tokens", {"name": "More"}).status_code == 402
    assert by_program.get("/items").status_code == 200  # what the plan includes
    newest, oldest = re.findall(r"/settings/tokens/([0-9a-f-]{36})/revoke", page)
    desk.done(f"/settings/tokens/{oldest}/revoke")
    assert by_page.get("/me").status_code == 401
    assert by_program.delete(f"/tokens/{newest}").status_code == 200
    assert by_program.get("/me").status_code == 401

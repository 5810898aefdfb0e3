"""API tokens: a key to one workshop, for one person, never for more than that person may."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app.identity.models import ApiToken, Membership
from app.identity.services import members, tokens
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Forbidden, Invalid
from app.kernel.permissions import Permission
from app.platform import commands
from app.platform.database import db
from app.platform.models import Command
from tests import cast
from tests.identity import house

JUNE_1 = datetime(2026, 6, 1, tzinfo=UTC)


class TestAuthenticating:
    def test_a_token_speaks_for_its_person(self, maker: Actor, database: Flask) -> None:
        actor = tokens.authenticate(cast.token_for(maker))
        assert actor is not None
        assert (actor.person_id, actor.organization_id) == (maker.person_id, maker.organization_id)
        assert actor.permissions == maker.permissions
        assert actor.entry_point == "api"

    def test_takes_one_select_and_writes_nothing(self, maker: Actor, database: Flask) -> None:
        text, seen = cast.token_for(maker), []
        tokens.authenticate(text)  # the first of the day is written down
        db.session.rollback()

        def see(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", see)
        try:
            tokens.authenticate(text)
        finally:
            event.remove(db.engine, "before_cursor_execute", see)
        asked = [statement.split()[0] for statement in seen]
        assert asked in (["BEGIN", "SELECT"], ["SET", "SELECT"])

    @pytest.mark.parametrize(
        "wrong",
        ["", "bt", "bt__", "bt_x_y", "Bearer", "bt_" + "0" * 32 + "_" + "0" * 64, "bt_" + "g" * 32 + "_" + "0" * 64,
         "bt_" + "0" * 32 + "_" + "é" * 64, "x" * 100_000],
    )  # fmt: skip
    def test_nonsense_is_nobody(self, database: Flask, wrong: str) -> None:
        assert tokens.authenticate(wrong) is None

    def test_one_wrong_letter_is_nobody(self, maker: Actor, database: Flask) -> None:
        text = cast.token_for(maker)
        assert tokens.authenticate(text[:-1] + ("0" if text[-1] != "0" else "1")) is None

    def test_a_token_with_another_workshops_name_is_nobody(
        self, maker: Actor, stranger: Actor, database: Flask
    ) -> None:
        text = cast.token_for(maker)
        assert tokens.authenticate(text.replace(maker.organization_id.hex, stranger.organization_id.hex)) is None

    def test_opens_nothing_after_its_end(self, maker: Actor, database: Flask) -> None:
        with clock.set_to(JUNE_1), commands.transaction():
            _, text = tokens.issue(
                organization_id=maker.organization_id,
                person_id=maker.person_id,
                name="For a day",
                expires_at=JUNE_1 + timedelta(days=1),
            )
        with clock.set_to(JUNE_1 + timedelta(days=1, seconds=-1)):
            assert tokens.authenticate(text) is not None
        with clock.set_to(JUNE_1 + timedelta(days=1)):
            assert tokens.authenticate(text) is None

    def test_opens_nothing_after_the_membership_ended(self, owner: Actor, maker: Actor, database: Flask) -> None:
        text = cast.token_for(maker)
        with commands.transaction():
            members.deactivate(owner, person_id=maker.person_id)
        assert tokens.authenticate(text) is None

    def test_follows_the_role_from_the_next_call_on(self, maker: Actor, database: Flask) -> None:
        text = cast.token_for(maker)
        assert tokens.authenticate(text) is not None
        with commands.transaction():
            row = sa.update(Membership).where(Membership.person_id == maker.person_id)
            db.session.execute(row.values(role="viewer"))
        actor = tokens.authenticate(text)
        assert actor is not None
        assert Permission.INVENTORY_RECEIVE not in actor.permissions

    def test_its_use_is_written_down_once_a_day(self, maker: Actor, database: Flask) -> None:
        with clock.set_to(JUNE_1):
            text = cast.token_for(maker)
        used = []
        for hours in (1, 20, 26):
            with clock.set_to(JUNE_1 + timedelta(hours=hours)):
                tokens.authenticate(text)
                used.append(db.session.scalars(sa.select(ApiToken.last_used_at)).one())
                db.session.rollback()
        assert used == [JUNE_1 + timedelta(hours=hours) for hours in (1, 1, 26)]

    def test_the_secret_is_not_in_the_database(self, owner: Actor, database: Flask) -> None:
        answer = cast.api(owner).post("/tokens", {"name": "Till"}, key="one")
        secret = answer.json["token"].rpartition("_")[2]
        tokens.authenticate(answer.json["token"])
        of_owner = [
            sa.select(table).where(table.c.organization_id == owner.organization_id)
            for table in (ApiToken.__table__, Command.__table__)
        ]
        kept = [row for statement in of_owner for row in db.session.execute(statement)]
        assert len(kept) == 3
        assert secret not in str(kept)


class TestCreating:
    def test_never_gives_more_than_the_maker_of_it_has(self, owner: Actor, database: Flask) -> None:
        narrow = Actor(
            person_id=owner.person_id,
            person_name=owner.person_name,
            organization_id=owner.organization_id,
            permissions=frozenset({Permission.TOKENS_MANAGE}),
            entry_point="api",
        )
        with pytest.raises(Forbidden), commands.transaction():
            tokens.create(narrow, name="More", scopes=[Permission.INVENTORY_RECEIVE])
        with commands.transaction():
            _, text = tokens.create(narrow, name="The same")
        actor = tokens.authenticate(text)
        assert actor is not None
        assert actor.permissions == {Permission.TOKENS_MANAGE}

    def test_is_for_those_who_may_manage_tokens(self, maker: Actor, database: Flask) -> None:
        with pytest.raises(Forbidden):
            tokens.create(maker, name="Mine")

    def test_refuses_an_end_in_the_past(self, owner: Actor, database: Flask) -> None:
        with pytest.raises(Invalid) as refusal:
            tokens.create(owner, name="Late", expires_at=clock.now() - timedelta(seconds=1))
        assert "expires_at" in refusal.value.errors


class TestTheApi:
    def test_makes_lists_and_revokes(self, owner: Actor) -> None:
        api = cast.api(owner)
        made = api.post("/tokens", {"name": "Till", "scopes": ["inventory.view"]})
        assert made.status_code == 201
        till = cast.Api(made.json["token"], api.browser)
        assert till.get("/me").json["permissions"] == ["inventory.view"]
        assert till.post("/tokens", {"name": "More"}).status_code == 403

        listed = api.get("/tokens").json["data"]
        assert [row["name"] for row in listed] == ["Till", "A test's"]
        assert "token" not in listed[0]

        assert api.delete(f"/tokens/{made.json['id']}").json["revoked_at"]
        assert till.get("/me").status_code == 401
        assert api.delete(f"/tokens/{made.json['id']}").status_code == 409

    def test_shows_the_text_once(self, owner: Actor) -> None:
        api = cast.api(owner)
        first, again = (api.post("/tokens", {"name": "Till"}, key="till") for _ in range(2))
        assert first.json["token"].startswith(f"bt_{owner.organization_id.hex}_")
        assert again.status_code == 201
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json == {**first.json, "token": None}

    def test_pages_through_tokens(self, owner: Actor) -> None:
        api = cast.api(owner)
        for number in range(3):
            api.post("/tokens", {"name": f"Token {number}"})
        first = api.get("/tokens", limit=3).json
        second = api.get("/tokens", limit=3, cursor=first["next_cursor"]).json
        names = [row["name"] for row in first["data"] + second["data"]]
        assert names == ["Token 2", "Token 1", "Token 0", "A test's"]
        assert second["next_cursor"] is None

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "name"),
            ({"name": ""}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"name": "x", "scopes": ["inventory.fly"]}, "scopes.0"),
            ({"name": "x", "scopes": []}, "scopes"),
            ({"name": "x", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
            ({"name": "x", "expires_at": "tomorrow"}, "expires_at"),
            ({"name": "x", "role": "owner"}, "role"),
            ({"name": "x", "organization_id": str(UUID(int=1))}, "organization_id"),
        ],
    )
    def test_names_the_wrong_field(self, owner: Actor, body: dict[str, object], field: str) -> None:
        answer = cast.api(owner).post("/tokens", body)
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]

    def test_a_strangers_token_does_not_exist(self, owner: Actor, stranger: Actor) -> None:
        theirs = cast.api(stranger).get("/tokens").json["data"][0]["id"]
        api = cast.api(owner)
        answers = [api.delete(f"/tokens/{each}") for each in (theirs, str(UUID(int=7)), "nonsense")]
        assert [answer.status_code for answer in answers] == [404] * 3
        assert answers[0].json == answers[1].json == answers[2].json
        assert len(api.get("/tokens").json["data"]) == 1

    def test_a_wrong_cursor_is_named(self, owner: Actor) -> None:
        answer = cast.api(owner).get("/tokens", cursor="x")
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["cursor"])

    @pytest.mark.parametrize("path", ["/me", "/health", "/tokens"])
    def test_asks_for_a_token_and_takes_no_cookie(self, owner: Actor, path: str) -> None:
        answer = cast.signed_in(owner).get(f"/api/v1{path}")
        assert answer.status_code == 401
        assert answer.content_type == "application/problem+json"

    def test_says_who_is_asking(self, viewer: Actor, organization: OrganizationFacts) -> None:
        said = cast.api(viewer).get("/me").json
        assert said["person"] == {
            "id": str(viewer.person_id),
            "name": viewer.person_name,
            "email": cast.email_of(viewer),
        }
        assert said["organization"]["slug"] == organization.slug
        assert said["role"] == "viewer"
        assert said["permissions"] == sorted(viewer.permissions)

    def test_health_takes_any_token(self, viewer: Actor) -> None:
        assert cast.api(viewer).get("/health").json == {"status": "ok", "database": "connected"}


class TestMadeWithAToken:
    def test_ends_when_the_one_it_was_made_with_does(self, owner: Actor, database: Flask) -> None:
        with clock.set_to(JUNE_1), commands.transaction():
            end = JUNE_1 + timedelta(days=1)
            _, text = tokens.create(owner, name="For a day", expires_at=end)
        parent = at(JUNE_1, text)
        made = []
        for asked in (None, end + timedelta(days=9), end - timedelta(hours=1)):
            with clock.set_to(JUNE_1), commands.transaction():
                made.append(tokens.create(parent, name="Its child", expires_at=asked)[0].expires_at)
        assert made == [end, end, end - timedelta(hours=1)]

    def test_has_its_scopes_at_most(self, owner: Actor) -> None:
        narrow = child_of(cast.api(owner), scopes=["tokens.manage"])
        assert narrow.post("/tokens", {"name": "More", "scopes": ["inventory.view"]}).status_code == 403
        assert child_of(narrow).get("/me").json["permissions"] == ["tokens.manage"]

    def test_is_not_made_any_more_once_it_was_revoked(self, owner: Actor, database: Flask) -> None:
        parent = at(clock.now(), cast.token_for(owner))
        with commands.transaction():
            tokens.revoke_of(organization_id=owner.organization_id, person_id=owner.person_id)
        with pytest.raises(Forbidden), commands.transaction():
            tokens.create(parent, name="Its child")

    def test_is_revoked_with_it_however_far_down(self, owner: Actor) -> None:
        first = cast.api(owner)
        second = child_of(first, name="The second")
        third, beside = child_of(second), child_of(first)
        (id_,) = [row["id"] for row in first.get("/tokens").json["data"] if row["name"] == "The second"]
        assert first.delete(f"/tokens/{id_}").status_code == 200
        assert [each.get("/me").status_code for each in (first, beside, second, third)] == [200, 200, 401, 401]


def child_of(program: cast.Api, **said: object) -> cast.Api:
    """A program with a token that this one made."""
    answer = program.post("/tokens", {"name": "A child", **said})
    assert answer.status_code == 201
    return cast.Api(answer.json["token"], program.browser)


def at(moment: datetime, text: str) -> Actor:
    """Who this token speaks for at that moment."""
    with clock.set_to(moment):
        found = tokens.authenticate(text)
    assert found is not None
    db.session.rollback()
    return found


class TestWhereTwoFactorIsRequired:
    def test_a_token_of_somebody_without_opens_nothing(
        self, owner: Actor, maker: Actor, organization: OrganizationFacts, app: Flask
    ) -> None:
        program = cast.api(maker)
        house.require_two_factor(app, organization)
        for path in ("/me", "/items"):
            answer = program.get(path)
            assert (answer.status_code, answer.json["code"]) == (403, "second_factor_required")
        house.give_second_factor(app, maker)
        assert program.get("/items").status_code == 200

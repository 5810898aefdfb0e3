"""People and roles for programs: the same rules as on the pages."""

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from tests import cast
from tests.cast import Api
from tests.identity import house
from tests.identity.house import noted, role_made, role_of

FOREVER = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def api(owner: Actor) -> Api:
    return cast.api(owner)


def test_lists_members_and_roles(app: Flask, api: Api, owner: Actor, maker: Actor) -> None:
    role = role_made(app, owner, Permission.INVENTORY_VIEW, name="Packer")
    rows = {row["id"]: row for row in api.get("/members").json["data"]}
    assert rows[str(maker.person_id)]["role"] == "maker"
    assert rows.keys() == {str(owner.person_id), str(maker.person_id)}
    roles = {row["id"]: row for row in api.get("/roles").json["data"]}
    assert roles[role] == {"id": role, "name": "Packer", "own": True, "permissions": ["inventory.view"]}
    assert not roles["viewer"]["own"]


def test_invites_and_never_shows_the_link(app: Flask, api: Api, owner: Actor) -> None:
    answer = api.post("/invitations", {"email": house.new_email(), "role": "maker"})
    assert answer.status_code == 201
    assert answer.json.keys() == {"id", "email", "role", "expires_at"}
    assert noted(app, owner, "members.invited")[0].entry_point == "api"


@pytest.mark.parametrize("body", [{}, {"email": "x", "role": "maker"}, {"email": 5, "role": "maker"}])
def test_says_what_is_wrong_with_an_invitation(api: Api, body: dict[str, object]) -> None:
    assert api.post("/invitations", body).status_code == 422


def test_changes_a_role_and_ends_a_place(app: Flask, api: Api, viewer: Actor, organization: OrganizationFacts) -> None:
    path = f"/members/{viewer.person_id}"
    assert api.patch(path, {"role": "maker"}).json["role"] == "maker"
    assert role_of(app, organization.id, viewer.person_id) == "maker"
    assert api.delete(path).json["deactivated_at"] is not None
    assert role_of(app, organization.id, viewer.person_id) is None
    assert api.delete(path).status_code == 404


def test_roles_and_members_of_others_are_not_there(app: Flask, api: Api, viewer: Actor, stranger: Actor) -> None:
    theirs = role_made(app, stranger, Permission.INVENTORY_VIEW)
    for role in (theirs, FOREVER, "emperor"):
        assert api.patch(f"/members/{viewer.person_id}", {"role": role}).status_code == 404
    for who in (stranger.person_id, FOREVER):
        assert api.patch(f"/members/{who}", {"role": "viewer"}).status_code == 404
        assert api.delete(f"/members/{who}").status_code == 404


def test_a_narrow_token_gives_no_more_than_it_may_itself(app: Flask, api: Api, viewer: Actor) -> None:
    """Its person owns the workshop; the token only manages people."""
    made = api.post("/tokens", {"name": "Narrow", "scopes": ["members.manage"]}).json
    narrow = Api(made["token"], cast.anonymous())
    assert narrow.get("/members").status_code == 200
    assert narrow.patch(f"/members/{viewer.person_id}", {"role": "owner"}).status_code == 403
    assert narrow.post("/invitations", {"email": house.new_email(), "role": "owner"}).status_code == 403
    assert narrow.delete(f"/members/{viewer.person_id}").status_code == 403


def test_is_for_those_who_manage_people(maker: Actor, viewer: Actor) -> None:
    for who in (maker, viewer):
        for path in ("/members", "/roles"):
            assert cast.api(who).get(path).status_code == 403

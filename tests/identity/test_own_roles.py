"""Own roles: made out of what their maker may, never of what owners alone may; in force from the next request on."""

import re
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.identity.services import members, own_roles, plain_words, roles
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, Conflict, Forbidden, Invalid, LimitReached
from app.kernel.permissions import Permission
from tests import cast
from tests.databases import on_postgresql_only
from tests.identity import house
from tests.identity.house import did, invited, noted, own_roles_of, role_made, settings, with_role
from tests.inventory.desk import Desk, words

P = Permission
PACKS = (P.BATCHES_VIEW, P.INVENTORY_ISSUE, P.INVENTORY_VIEW)


@pytest.fixture
def desk(owner: Actor, organization: OrganizationFacts) -> Desk:
    return settings(owner, organization)


def send(desk: Desk, path: str, name: str, *permissions: str) -> TestResponse:
    """The role's form with these boxes ticked."""
    form = {"name": name, "permissions": list(permissions), "command_key": str(ids.uuid7())}
    return desk.browser.post(desk.url(path), data=form)


class TestWords:
    @pytest.mark.parametrize("permission", Permission)
    def test_every_permission_has_some(self, permission: Permission) -> None:
        assert plain_words.PERMISSIONS[permission]

    def test_no_two_permissions_have_the_same(self) -> None:
        assert len(set(plain_words.PERMISSIONS.values())) == len(Permission)

    def test_every_permission_stands_in_one_group(self) -> None:
        shown = [permission for group in plain_words.grouped(Permission) for permission, _ in group.permissions]
        assert sorted(shown) == sorted(Permission)

    def test_every_template_has_some(self) -> None:
        assert set(plain_words.ROLES) == set(Role)


class TestMaking:
    def test_gives_what_was_ticked_and_no_more(
        self, app: Flask, owner: Actor, desk: Desk, organization: OrganizationFacts
    ) -> None:
        assert send(desk, "/settings/roles/new", "Packer", *PACKS).status_code == 303
        assert own_roles_of(app, owner) == {"Packer": "batches.view inventory.issue inventory.view"}
        page = desk.see("/settings/roles")
        (role,) = re.findall(r"/settings/roles/([0-9a-f-]{36})", page)
        packer = with_role(app, organization, role)
        assert packer.permissions == frozenset(PACKS)
        theirs = settings(packer, organization)
        assert theirs.get("/stock").status_code == 200
        assert theirs.get("/items/new").status_code == 403

    def test_is_written_down(self, app: Flask, owner: Actor) -> None:
        role = role_made(app, owner, *PACKS, name="Packer")
        (event,) = noted(app, owner, "roles.")
        assert (event.action, event.subject) == ("roles.created", ("role", role))
        assert event.after == {"name": "Packer", "permissions": sorted(PACKS)}

    @pytest.mark.parametrize("permission", sorted(roles.OWNERS_ALONE))
    def test_owners_alone_is_for_no_other_role(self, app: Flask, owner: Actor, desk: Desk, permission: str) -> None:
        with pytest.raises(Invalid) as refusal:
            role_made(app, owner, P.INVENTORY_VIEW, Permission(permission))
        assert list(refusal.value.errors) == ["permissions"]
        assert f'value="{permission}"' not in desk.see("/settings/roles/new")
        assert send(desk, "/settings/roles/new", "Sly", "inventory.view", permission).status_code == 422
        assert own_roles_of(app, owner) == {}

    def test_a_row_that_says_more_grants_no_more(self, app: Flask, organization: OrganizationFacts) -> None:
        """The second wall: the lookup leaves out what is the owner's alone, whoever wrote it there."""
        packer = cast.actor_of(organization, cast.own_role(organization, frozenset(Permission)))
        assert packer.permissions == frozenset(Permission) - roles.OWNERS_ALONE

    @pytest.mark.parametrize("permission", ["inventory.steal", "*", "", "inventory.view organization.close"])
    def test_words_that_are_no_permission_are_refused(
        self, app: Flask, owner: Actor, desk: Desk, permission: str
    ) -> None:
        assert send(desk, "/settings/roles/new", "Sly", permission).status_code == 422
        assert own_roles_of(app, owner) == {}

    def test_needs_a_name_and_something_to_do(self, desk: Desk) -> None:
        assert "What is the role called?" in send(desk, "/settings/roles/new", "", *PACKS).text
        answer = send(desk, "/settings/roles/new", "Idle")
        assert answer.status_code == 422
        assert "Say what somebody with this role may do." in answer.text
        assert 'value="Idle"' in answer.text

    def test_what_was_ticked_stays_ticked_when_it_is_refused(self, desk: Desk) -> None:
        page = send(desk, "/settings/roles/new", "", "inventory.issue").text
        assert re.search(r'value="inventory.issue" checked', page)
        assert not re.search(r'value="inventory.count" checked', page)

    @pytest.mark.parametrize("name", ["packer", "PÀCKER", "Owner", "viewer"])
    def test_a_name_stands_once(self, app: Flask, owner: Actor, name: str) -> None:
        role_made(app, owner, *PACKS, name="Packer")
        with pytest.raises(Conflict) as refusal:
            role_made(app, owner, *PACKS, name=name)
        assert refusal.value.code == "already_exists"

    @on_postgresql_only
    def test_a_name_stands_once_in_a_race_too(self, app: Flask, owner: Actor) -> None:
        came = house.at_once(
            app, [lambda: own_roles.create(owner, name="Packer", permissions=PACKS).id for _ in range(5)]
        )
        assert sum(isinstance(each, Conflict) for each in came) == 4

    def test_nobody_puts_in_what_they_may_not(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        deputy = with_role(app, organization, role_made(app, owner, P.ROLES_MANAGE, P.INVENTORY_VIEW))
        role_made(app, deputy, P.INVENTORY_VIEW)
        for beyond in (P.INVENTORY_VIEW_COSTS, P.MEMBERS_MANAGE):
            with pytest.raises(Forbidden):
                role_made(app, deputy, P.INVENTORY_VIEW, beyond)

    def test_is_not_part_of_the_free_plan(self, app: Flask) -> None:
        with pytest.raises(LimitReached):
            role_made(app, cast.owner_of(cast.make_organization(tier="free")), *PACKS)


class TestChanging:
    def test_counts_for_everybody_who_has_it_from_the_next_request_on(
        self, app: Flask, owner: Actor, desk: Desk, organization: OrganizationFacts
    ) -> None:
        role = role_made(app, owner, *PACKS, name="Packer")
        theirs = settings(with_role(app, organization, role), organization)
        assert theirs.get("/items/new").status_code == 403
        send(desk, f"/settings/roles/{role}", "Packer", *PACKS, "catalog.edit")
        assert theirs.get("/items/new").status_code == 200
        send(desk, f"/settings/roles/{role}", "Packer", "catalog.view")
        assert theirs.get("/stock").status_code == 403

    def test_is_written_down_with_what_was_before(self, app: Flask, owner: Actor, desk: Desk) -> None:
        role = role_made(app, owner, *PACKS, name="Packer")
        send(desk, f"/settings/roles/{role}", "Shipper", "inventory.view")
        event = noted(app, owner, "roles.changed")[0]
        assert event.before == {"name": "Packer", "permissions": sorted(PACKS)}
        assert event.after == {"name": "Shipper", "permissions": ["inventory.view"]}

    def test_nobody_touches_a_role_that_may_more_than_they(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        strong = role_made(app, owner, P.MEMBERS_MANAGE, name="Strong")
        deputy = with_role(app, organization, role_made(app, owner, P.ROLES_MANAGE, P.INVENTORY_VIEW))
        desk = settings(deputy, organization)
        assert send(desk, f"/settings/roles/{strong}", "Weak", "inventory.view").status_code == 403
        assert desk.send(f"/settings/roles/{strong}/archive").status_code == 403
        assert own_roles_of(app, owner)["Strong"] == "members.manage"

    def test_another_organizations_role_is_not_there(
        self, app: Flask, owner: Actor, desk: Desk, stranger: Actor
    ) -> None:
        theirs = role_made(app, stranger, *PACKS, name="Theirs")
        for answer in (
            desk.get(f"/settings/roles/{theirs}"),
            send(desk, f"/settings/roles/{theirs}", "Mine", "inventory.view"),
            desk.send(f"/settings/roles/{theirs}/archive"),
        ):
            assert answer.status_code == 404
        assert "Theirs" in own_roles_of(app, stranger)


class TestArchiving:
    def test_takes_the_role_from_the_choice(self, app: Flask, owner: Actor, desk: Desk, viewer: Actor) -> None:
        role = role_made(app, owner, *PACKS, name="Packer")
        assert "Packer is archived." in desk.done(f"/settings/roles/{role}/archive")
        assert "Packer" not in desk.see("/settings/people/invite")
        with pytest.raises(Invalid):
            did(app, lambda: members.change_role(owner, person_id=viewer.person_id, role=role))
        assert noted(app, owner, "roles.archived")[0].before["name"] == "Packer"
        role_made(app, owner, *PACKS, name="Packer")

    def test_of_a_role_in_use_is_refused_naming_how_many(
        self, app: Flask, owner: Actor, desk: Desk, organization: OrganizationFacts
    ) -> None:
        role = role_made(app, owner, *PACKS, name="Packer")
        with_role(app, organization, role)
        with_role(app, organization, role)
        invited(app, owner, role=role)
        answer = desk.send(f"/settings/roles/{role}/archive")
        assert answer.status_code == 409
        assert "2 people and 1 open invitation have this role." in words(answer.text)

    @on_postgresql_only
    def test_never_while_somebody_is_given_it(self, app: Flask) -> None:
        for _ in range(8):
            organization = cast.make_organization()
            owner, viewer = cast.owner_of(organization), cast.actor_of(organization, "viewer")
            role = role_made(app, owner, *PACKS, name="Packer")
            came = house.at_once(
                app,
                [
                    partial(own_roles.archive, owner, role_id=UUID(role)),
                    partial(members.change_role, owner, person_id=viewer.person_id, role=role),
                ],
            )
            assert sum(isinstance(each, BatchTrackError) for each in came) == 1, came


class TestThePage:
    def test_says_what_each_role_may(self, desk: Desk) -> None:
        said = words(desk.see("/settings/roles"))
        assert "Maker Buys, writes recipes, makes, and sees costs. Making" in said
        assert "Start and finish batches" in said

    def test_shows_members_by_the_name_of_their_own_role(
        self, app: Flask, owner: Actor, desk: Desk, organization: OrganizationFacts
    ) -> None:
        packer = with_role(app, organization, role_made(app, owner, *PACKS, name="Packer"))
        assert f"{cast.email_of(packer)} Packer" in words(desk.see("/settings/people"))
        assert "Role Packer" in words(desk.see(f"/settings/people/{packer.person_id}"))

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER}))
    def test_is_the_owners(self, organization: OrganizationFacts, role: Role) -> None:
        desk = settings(cast.actor_of(organization, role), organization)
        for path in ("/settings/roles", "/settings/roles/new"):
            assert desk.get(path).status_code == 403

    def test_is_not_there_for_strangers(self, stranger: Actor, organization: OrganizationFacts) -> None:
        assert settings(stranger, organization).get("/settings/roles").status_code == 404

    @pytest.mark.parametrize("reference", ["x", "00000000-0000-7000-8000-000000000000"])
    def test_unknown_references_are_not_there(self, desk: Desk, reference: str) -> None:
        assert desk.get(f"/settings/roles/{reference}").status_code == 404

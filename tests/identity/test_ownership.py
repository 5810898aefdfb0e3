"""Handing a workshop on: the owner alone, to a member, by its name; and only one of two at once."""

from functools import partial

import pytest
from flask import Flask

from app.identity.services import members, ownership
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, Conflict, Forbidden, Invalid, NotFound
from app.kernel.permissions import Permission
from tests import cast
from tests.databases import on_postgresql_only
from tests.identity import house, letters
from tests.identity.house import did, noted, role_made, role_of, settings, with_role

PAGE = "/settings/ownership/transfer"


def hand(app: Flask, by: Actor, to: Actor, name: str) -> None:
    did(app, lambda: ownership.transfer(by, person_id=to.person_id, name=name))


def test_makes_the_one_owner_and_the_other_manager(
    app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts
) -> None:
    desk = settings(owner, organization)
    said = desk.done(PAGE, member=str(maker.person_id), name=f" {organization.name} ")
    assert "You are its manager." in said
    assert role_of(app, organization.id, maker.person_id) == "owner"
    assert role_of(app, organization.id, owner.person_id) == "manager"
    assert desk.get("/settings/people").status_code == 403
    assert settings(maker, organization).get("/settings/people").status_code == 200


def test_both_get_mail_and_it_is_written_down(
    app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts
) -> None:
    hand(app, owner, maker, organization.name)
    (received,), (given,) = (letters.to(app, cast.email_of(who)) for who in (maker, owner))
    assert received.subject == f"{organization.name} is yours now"
    assert f"{app.config['BASE_URL']}/o/{organization.slug}/" in received.text
    assert given.subject == f"You handed {organization.name} to {maker.person_name}"
    assert "you are its manager" in given.text
    (event,) = noted(app, owner, "organization.transferred")
    assert event.before == {"owner": str(owner.person_id)}
    assert event.after == {"owner": str(maker.person_id), "manager": str(owner.person_id)}


@pytest.mark.parametrize("typed", ["", "fern", "FERN & TALLOW"])
def test_needs_the_name_as_it_is_written(
    app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts, typed: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        hand(app, owner, maker, typed)
    assert list(refusal.value.errors) == ["name"]
    answer = settings(owner, organization).send(PAGE, member=str(maker.person_id), name=typed)
    assert answer.status_code == 422
    assert role_of(app, organization.id, owner.person_id) == "owner"


def test_needs_an_active_member(
    app: Flask, owner: Actor, maker: Actor, stranger: Actor, organization: OrganizationFacts
) -> None:
    did(app, lambda: members.deactivate(owner, person_id=maker.person_id))
    desk = settings(owner, organization)
    for who in (maker, stranger):
        with pytest.raises(NotFound):
            hand(app, owner, who, organization.name)
        assert desk.send(PAGE, member=str(who.person_id), name=organization.name).status_code == 422
    with pytest.raises(Conflict):
        hand(app, owner, owner, organization.name)
    assert "Nobody to hand it to" in desk.see(PAGE)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER}))
def test_nobody_else_takes_it(app: Flask, owner: Actor, organization: OrganizationFacts, role: Role) -> None:
    actor = cast.actor_of(organization, role)
    assert settings(actor, organization).get(PAGE).status_code == 403
    with pytest.raises(Forbidden):
        hand(app, actor, owner, organization.name)


def test_not_even_who_manages_people_and_roles(app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
    everything = [each for each in Permission if each not in {"organization.close", "organization.transfer"}]
    deputy = with_role(app, organization, role_made(app, owner, *everything))
    for role in ("owner", "manager"):
        viewer = cast.actor_of(organization, "viewer")
        if role == "owner":
            with pytest.raises(Forbidden):
                did(app, partial(members.change_role, deputy, person_id=viewer.person_id, role="owner"))
        else:
            did(app, partial(members.change_role, deputy, person_id=viewer.person_id, role="manager"))


@on_postgresql_only
def test_of_two_at_once_one_succeeds(app: Flask) -> None:
    for _ in range(5):
        organization = cast.make_organization()
        owner = cast.owner_of(organization)
        heirs = [cast.actor_of(organization, "maker") for _ in range(3)]
        came = house.at_once(
            app,
            [partial(ownership.transfer, owner, person_id=heir.person_id, name=organization.name) for heir in heirs],
        )
        assert sum(isinstance(each, BatchTrackError) for each in came) == 2, came
        assert [role_of(app, organization.id, heir.person_id) for heir in heirs].count("owner") == 1

"""A lapsed plan: every door that reads opens, every door that writes asks for the plan. No route is named here.

Which doors stay open is the seed's word (`open_while_lapsed`) about the permission on each door, and the door's own:
where access is taken away, its sign says that no plan stands before it. That these write nothing is found by sending
each what is sound there; only paying, exporting, proving, closing and taking access away may.
"""

import pytest
from flask import Flask

from app.identity.services import access
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.subscriptions.services import tiers
from tests import cast
from tests.sweeps import belongings, matrix
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door
from tests.sweeps.test_permissions import knock
from tests.sweeps.walking import Walk, inside

PAYMENT_REQUIRED, FORBIDDEN = 402, 403
MANY = 30
WRITES_WHILE_LAPSED = {
    Permission.BILLING_MANAGE,
    Permission.DATA_EXPORT,
    Permission.LEDGER_PROVE,
    Permission.ORGANIZATION_CLOSE,
}
"""Paying, taking everything away, proving the books, closing: what a lapsed house may still send."""


@pytest.fixture
def house(app: Flask) -> Belongings:
    """One of everything, then nobody paid."""
    its = belongings.furnish("lapsed77")
    cast.lapse(its.facts)
    return its


def open_while_lapsed(door: Door) -> bool:
    """What the sign on the door and the seed say."""
    return door.permission is None or door.whatever_plan or door.permission in tiers.while_lapsed()


def may_write(door: Door) -> bool:
    """What the seed lets a lapsed house send, and what its sign says takes access away."""
    return door.whatever_plan or door.permission in WRITES_WHILE_LAPSED


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.MAKER, Role.AUDITOR])
def test_a_door_opens_or_asks_for_the_plan_as_the_seed_says(app: Flask, role: Role) -> None:
    """Of things that never were, so nothing is changed: 402 comes before 404."""
    facts = cast.make_organization(tier="team")
    actor = cast.actor_of(facts, role)
    token, browser = cast.token_for(actor), cast.signed_in(actor)
    cast.lapse(facts)
    wrong = {}
    for door in inside(app):
        status = knock(door, browser, facts.slug, token)
        right = (status == PAYMENT_REQUIRED) != open_while_lapsed(door)
        if (matrix.may(door, role) and not right) or (not matrix.may(door, role) and status != FORBIDDEN):
            wrong[str(door)] = status
    assert wrong == {}


def test_every_page_and_answer_that_reads_is_there(app: Flask, house: Belongings) -> None:
    """Of its own things: nothing that could be read before is gone."""
    answers = list(Walk(house, house.owner).looks(app, open_while_lapsed))
    assert len(answers) > MANY
    assert {str(door): answer.status_code for door, answer in answers if answer.status_code >= 400} == {}


def test_nothing_is_changed_but_by_paying_exporting_proving_closing_or_taking_access_away(
    app: Flask, house: Belongings
) -> None:
    """Every door is sent what is sound there: what lets somebody in while lapsed only looks, or takes access away."""
    walk = Walk(house, house.owner)
    before = belongings.digest(app, house.facts.id)
    answers = list(walk.sends(app, lambda door: not may_write(door)))
    assert len(answers) > MANY
    assert belongings.digest(app, house.facts.id) == before


def test_every_page_says_that_it_lapsed_and_to_whom_it_may_concern_the_way(app: Flask, house: Belongings) -> None:
    viewer = cast.signed_in(cast.actor_of(house.facts, Role.VIEWER))
    today = f"/o/{house.facts.slug}/"
    owners, viewers = cast.signed_in(house.owner).get(today).text, viewer.get(today).text
    assert "Your plan has lapsed" in owners
    assert "Choose a plan" in owners
    assert "The owner can change that" in viewers
    assert "Choose a plan" not in viewers


def test_a_payment_that_failed_is_said_and_everything_goes_on(app: Flask) -> None:
    facts = cast.make_organization(tier="team")
    cast.pays(facts, status="past_due", tier="team")
    owner = cast.signed_in(cast.owner_of(facts))
    viewer = cast.signed_in(cast.actor_of(facts, Role.VIEWER))
    today = f"/o/{facts.slug}/"
    assert "Your payment failed" in owner.get(today).text
    assert f"/o/{facts.slug}/settings/billing" in owner.get(today).text
    assert "The owner can put that right" in viewer.get(today).text
    new = {"name": "Oil", "type": "ingredient", "unit": "g", "tracked": "y", "command_key": "k"}
    assert owner.post(f"/o/{facts.slug}/items/new", data=new).status_code == 303


def test_paying_opens_everything_again(app: Flask, lapsed: Actor) -> None:
    assert actor_now(app, lapsed).read_only
    facts = organization_of(app, lapsed)
    cast.pays(facts, status="active", tier="team")
    again = actor_now(app, lapsed)
    assert not again.read_only
    assert again.permissions == tiers.known("team").permissions


def actor_now(app: Flask, actor: Actor) -> Actor:
    with app.app_context():
        entry = access.by_id(actor.person_id, actor.organization_id, entry_point="web")
    assert entry is not None
    return entry.actor


def organization_of(app: Flask, actor: Actor) -> OrganizationFacts:
    with app.app_context():
        entry = access.by_id(actor.person_id, actor.organization_id, entry_point="web")
    assert entry is not None
    return entry.organization

"""The page on which the books prove themselves."""

import pytest

from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from tests import cast
from tests.inventory.desk import at_desk, words
from tests.inventory.storeroom import Body, Storeroom


@pytest.fixture
def lavender(room: Storeroom) -> Body:
    """1,000 g for 100.00, of which 300 g were sold."""
    item = room.item("Lavender oil", "g")
    room.receive(item, "1000", "0.1")
    room.issue(item, "300", "sale", to="Juniper & Co.")
    return item


def test_what_came_in_is_sold_or_on_the_shelf(owner: Actor, organization: OrganizationFacts, lavender: Body) -> None:
    desk = at_desk(owner, organization.slug)
    assert "Prove now" in words(desk.see("/books"))
    told = words(desk.see("/books/proof"))
    assert "Proved 2 entries with 2 movements" in told
    assert "Sold $30.00" in told
    assert "On the shelf $70.00" in told
    assert "Came in $100.00" in told


def test_who_may_not_see_costs_sees_that_it_is_proved(organization: OrganizationFacts, lavender: Body) -> None:
    role = cast.own_role(organization, {Permission.INVENTORY_VIEW, Permission.LEDGER_PROVE})
    told = words(at_desk(cast.actor_of(organization, role), organization.slug).see("/books/proof"))
    assert "Proved" in told
    assert "$" not in told


@pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.MANAGER, 200), (Role.MAKER, 403)])
def test_who_may_ask(organization: OrganizationFacts, role: Role, status: int) -> None:
    browser = cast.signed_in(cast.actor_of(organization, role))
    assert browser.get(f"/o/{organization.slug}/books/proof").status_code == status
    assert ("Prove the books" in browser.get(f"/o/{organization.slug}/log").text) == (status == 200)

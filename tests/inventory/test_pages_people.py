"""Who may open which page of stock, what is hidden from whom, and that other people's things are not there."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.inventory.queries import history, pages
from app.kernel.actor import Actor
from app.platform import tenancy
from tests import cast
from tests.inventory.desk import at_desk, words
from tests.inventory.storeroom import Body, Storeroom

READING = (
    "/stock",
    "/items/olive-oil",
    "/items/olive-oil/lots",
    "/lots/OIL-1",
    "/lots/OIL-1/trace.csv",
    "/log",
    "/postings/{posting}",
)
DOING = {
    "/receive": "inventory.receive",
    "/use": "inventory.issue",
    "/count": "inventory.count",
    "/items/olive-oil/receive": "inventory.receive",
    "/items/olive-oil/use": "inventory.issue",
    "/items/olive-oil/count": "inventory.count",
    "/items/new": "catalog.edit",
    "/items/olive-oil/edit": "catalog.edit",
    "/items/olive-oil/density": "catalog.edit",
    "/items/olive-oil/units": "catalog.edit",
    "/lots/OIL-1/hold": "inventory.hold",
    "/lots/OIL-1/release": "inventory.hold",
    "/lots/OIL-1/relabel": "inventory.hold",
    "/postings/{posting}/reverse": "inventory.reverse",
    "/postings/{posting}/reverse-all": "inventory.reverse",
}
POSTED = {
    "/receive/preview": "inventory.receive",
    "/count/preview": "inventory.count",
    "/items/olive-oil/receive/preview": "inventory.receive",
    "/items/olive-oil/use/preview": "inventory.issue",
    "/items/olive-oil/count/preview": "inventory.count",
    "/items/olive-oil/archive": "catalog.edit",
    "/items/olive-oil/units/remove": "catalog.edit",
}
MONEY = re.compile(r"\$\s?\d")


@pytest.fixture
def received(room: Storeroom) -> Body:
    """1,000 g of olive oil for 12.34, lot OIL-1."""
    return room.receive(room.item("Olive oil", "g"), "1000", None, total_cost="12.34", fifo_code="OIL-1")


class TestDoors:
    @pytest.mark.parametrize("role", [Role.OWNER, Role.MAKER, Role.VIEWER])
    def test_everybody_who_may_look_can_look(self, organization: OrganizationFacts, received: Body, role: Role) -> None:
        desk = at_desk(cast.actor_of(organization, role), organization.slug)
        for path in READING:
            assert desk.get(path.format(posting=received["id"])).status_code == 200, path

    @pytest.mark.parametrize("role", [Role.OWNER, Role.MAKER, Role.SALES, Role.STOREKEEPER, Role.VIEWER])
    def test_a_page_that_does_something_asks_for_its_permission(
        self, organization: OrganizationFacts, received: Body, role: Role
    ) -> None:
        actor = cast.actor_of(organization, role)
        desk = at_desk(actor, organization.slug)
        for path, permission in DOING.items():
            expected = 200 if permission in actor.permissions else 403
            assert desk.get(path.format(posting=received["id"])).status_code == expected, path

    def test_a_viewer_changes_nothing(
        self, organization: OrganizationFacts, viewer: Actor, room: Storeroom, received: Body
    ) -> None:
        desk = at_desk(viewer, organization.slug)
        before = desk.see("/log")
        for path in (*DOING, *POSTED):
            if path in {"/receive", "/use", "/count"}:
                continue
            answer = desk.send(path.format(posting=received["id"]), quantity="1", cost="1", reason="because")
            assert answer.status_code == 403, path
        assert words(desk.see("/log")) == words(before)

    def test_to_a_stranger_none_of_it_is_there(
        self, organization: OrganizationFacts, stranger: Actor, received: Body
    ) -> None:
        desk = at_desk(stranger, organization.slug)
        for path in (*READING, *DOING):
            assert desk.get(path.format(posting=received["id"])).status_code == 404, path
        for path in POSTED:
            assert desk.send(path).status_code == 404, path

    def test_in_their_own_house_a_stranger_does_not_find_it_either(
        self, other_room: Storeroom, stranger: Actor, received: Body
    ) -> None:
        slug = other_room.api.get("/me").get_json()["organization"]["slug"]
        desk = at_desk(stranger, slug)
        item = received["movements"][0]["item"]["id"]
        for path in (f"/items/{item}", f"/items/{item}/receive", "/lots/OIL-1", f"/postings/{received['id']}"):
            assert desk.get(path).status_code == 404, path
        assert desk.send(f"/postings/{received['id']}/reverse").status_code == 404

    def test_nobody_is_led_to_the_sign_in_page_and_back(self, organization: OrganizationFacts) -> None:
        answer = cast.anonymous().get(f"/o/{organization.slug}/stock?show=low")
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in?next=")
        assert "show" in answer.location


class TestQueries:
    def test_each_carries_its_organization_itself(
        self, database: Flask, owner: Actor, stranger: Actor, room: Storeroom
    ) -> None:
        item = room.item("Olive oil", "g", category="Oils")
        posting = room.receive(item, "1", supplier="Northfield")
        item_id, posting_id = UUID(item["id"]), UUID(posting["id"])
        asked: list[Callable[[Actor], Any]] = [
            lambda actor: pages.shelf(actor).groups,
            lambda actor: history.history(actor, item_id, limit=9).rows,
            lambda actor: history.last_supplier(actor, item_id),
            history.supplier_names,
            history.categories,
            history.item_names,
            lambda actor: history.numbers_of(actor, [posting_id]),
        ]
        for actor, found in ((owner, True), (stranger, False)):
            tenancy.bind(actor.organization_id)
            assert [bool(ask(actor)) for ask in asked] == [found] * len(asked)


class TestWhatIsHidden:
    def test_a_viewer_sees_no_cost_anywhere(
        self, organization: OrganizationFacts, viewer: Actor, received: Body
    ) -> None:
        desk = at_desk(viewer, organization.slug)
        for path in READING:
            page = words(desk.see(path.format(posting=received["id"])))
            assert not MONEY.search(page), path
            assert "12.34" not in page
            assert not re.search(r"\b(Cost|Value|Worth)\b", page), path

    def test_who_sells_without_seeing_costs_sees_none_in_preview_and_toast(
        self, organization: OrganizationFacts, received: Body
    ) -> None:
        desk = at_desk(cast.actor_of(organization, Role.SALES), organization.slug)
        told = words(desk.send("/items/olive-oil/use/preview", htmx=True, quantity="10", kind="sale").text)
        assert "OIL-1 10 g" in told
        page = words(desk.done("/items/olive-oil/use", quantity="10", kind="sale", to="Juniper"))
        assert "Sold: 10 g of Olive oil" in page
        assert not MONEY.search(told + page)

    def test_nobody_is_shown_a_button_that_leads_to_a_shut_door(
        self, organization: OrganizationFacts, viewer: Actor, maker: Actor, received: Body
    ) -> None:
        pages = {actor: at_desk(actor, organization.slug).see("/items/olive-oil") for actor in (viewer, maker)}
        for path in ("/items/olive-oil/receive", "/items/olive-oil/use", "/items/olive-oil/count", "/items/new"):
            link = f'href="/o/{organization.slug}{path}"'
            assert (link in pages[viewer], link in pages[maker]) == (False, True), path

    def test_who_may_not_take_back_is_offered_no_undo(self, organization: OrganizationFacts, received: Body) -> None:
        desk = at_desk(cast.actor_of(organization, Role.SALES), organization.slug)
        assert "Undo" not in desk.done("/items/olive-oil/use", quantity="10", kind="sale")
        assert "Take it back" not in desk.see(f"/postings/{received['id']}")

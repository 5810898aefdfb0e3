"""Every refusal that names a drawer: its address answers with a form, and the form's event is the one it waits for."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from tests import cast
from tests.inventory.desk import Desk, at_desk, typed_in, words
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of

APP = Path(__file__).parents[2] / "app"
_MADE = re.compile(r"\bdrawer\s*=\s*(?!None\b)|def _drawer\(|\"modal_url\": ")
KNOWN = {
    "app/catalog/services/unit_conversion/errors.py",
    "app/inventory/services/adjustment/shortages.py",
    "app/inventory/views/delivery.py",
    "app/kernel/actor.py",
    "app/recipes/forms/reading.py",
    "app/subscriptions/services/gates.py",
}
"""Where payloads are made. Whoever adds a place adds a case below."""


@pytest.fixture
def desk(owner: Actor, organization: OrganizationFacts) -> Desk:
    return at_desk(owner, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    item = shop.item("Olive oil", "g")
    shop.receive(item, "1000", None, total_cost="5")
    return item


def cure(desk: Desk, path: str, **typed: str) -> tuple[str, str]:
    """What a refused form is answered with: where its drawer is, and for which event it waits."""
    answer = desk.send(path, typed, htmx=True)
    assert answer.status_code in {402, 409, 422}, answer.text
    assert answer.headers["HX-Retarget"] == "#problem"
    url = re.search(r'hx-get="([^"]+)"', answer.text)
    event = re.search(r'data-success-event="([^"]+)"', answer.text)
    assert url
    assert event
    assert 'hx-trigger="load, click"' in answer.text
    return url[1].replace("&amp;", "&").removeprefix(f"/o/{desk.slug}"), event[1]


def opened(desk: Desk, url: str) -> dict[str, str]:
    """The drawer's form as it is drawn."""
    page = desk.see(url, htmx=True)
    assert "<html" not in page
    assert "<form" in page
    assert "<html" in desk.see(url)
    return typed_in(page)


def test_every_place_that_makes_a_drawer_is_tried_here() -> None:
    made = {
        str(path.relative_to(APP.parent))
        for path in APP.rglob("*.py")
        if any(_MADE.search(line) for line in path.read_text().splitlines() if "rooted(" not in line)
    }
    passing_on = {
        "app/inventory/views/curing.py",
        "app/platform/commands.py",
        "app/kernel/errors.py",
        "app/platform/web.py",
    }
    assert made - passing_on == KNOWN


class TestDensity:
    def test_what_is_missing_is_given_and_the_same_form_then_goes_through(self, desk: Desk, oil: Body) -> None:
        url, event = cure(desk, "/items/olive-oil/receive", quantity="2 cup", cost="3")
        begun = opened(desk, url)
        assert begun["density"] == "0.913"
        answer = desk.send(url, begun, htmx=True)
        assert event in answer.headers["HX-Trigger"]
        desk.done("/items/olive-oil/receive", quantity="2 cup", cost="3")

    def test_it_can_be_weighed_instead(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        answer = desk.send(f"/items/{oil['id']}/density", htmx=True, density="0.913", volume="100", mass="91")
        assert "density.saved" in answer.headers["HX-Trigger"]
        assert shop.see(oil)["density_g_per_ml"] == "0.91"

    def test_it_says_what_the_batch_then_needs(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        recipe = shop.recipe("Serum", ("Serum", "1", "each"), of(oil, "30", "ml"))
        page = desk.see(f"/batches/plan?recipe={recipe['id']}&scale=2")
        found = re.search(r'hx-get="[^"]*(/items/[^"]*density\?need=60\+ml)"', page)
        assert found
        assert "60 ml of it are needed" in words(desk.see(found[1], htmx=True))
        told = words(desk.send(f"/items/{oil['id']}/density/preview", htmx=True, density="0.9", need="60 ml").text)
        assert "60 ml 54 g Available 1,000 g Enough 946 g left after" in told

    @pytest.mark.parametrize("need", ["60 wub", "x" * 500, "9" * 30])
    def test_a_need_that_makes_no_sense_is_said(self, desk: Desk, oil: Body, need: str) -> None:
        answer = desk.send(f"/items/{oil['id']}/density/preview", htmx=True, density="0.9", need=need)
        assert answer.status_code == 200
        assert "Enough" not in answer.text


class TestUnit:
    def test_a_tin_is_so_much(self, desk: Desk, oil: Body) -> None:
        url, event = cure(desk, "/items/olive-oil/receive", quantity="3 tin", cost="3")
        begun = opened(desk, url)
        assert begun["name"] == "tin"
        told = desk.send(f"/items/{oil['id']}/units/preview", {**begun, "need": "3 tin"}, htmx=True, quantity="180")
        assert "3 tin 540 g" in words(told.text)
        assert event in desk.send(url, begun, htmx=True, quantity="180").headers["HX-Trigger"]
        assert "540 g" in words(desk.done("/items/olive-oil/receive", quantity="3 tin", cost="3"))


class TestQuickItem:
    def test_what_nobody_knows_is_written_down_and_its_line_uses_it(self, desk: Desk, oil: Body) -> None:
        said = {"name": "Bar", "makes": "Bar", "amount": "4 each", "kind": "production"}
        line = {"lines-2-thing": "Kaolin", "lines-2-amount": "10 g"}
        url, event = cure(desk, "/recipes/new", **said, **line)
        begun = opened(desk, url)
        assert (begun["name"], begun["field"]) == ("Kaolin", "lines-2-thing")
        told = json.loads(desk.send(url, begun, htmx=True, name="Kaolin, rosé").headers["HX-Trigger"])
        assert event in told
        assert told["drawer:fill"]["fields"] == {"lines-2-thing": "Kaolin, rosé"}
        desk.done("/recipes/new", {**said, **line, **told["drawer:fill"]["fields"]})

    def test_so_is_what_a_delivery_brings_for_the_first_time(self, desk: Desk, oil: Body) -> None:
        line = {"item": "Kaolin", "quantity": "1 kg", "cost": "3"}
        url, event = cure(desk, "/receive", **line)
        begun = opened(desk, url)
        assert begun["name"] == "Kaolin"
        told = json.loads(desk.send(url, begun, htmx=True).headers["HX-Trigger"])
        assert event in told
        desk.done("/receive", line)

    def test_who_may_not_write_items_is_only_told(
        self, desk: Desk, maker: Actor, organization: OrganizationFacts
    ) -> None:
        assert Permission.CATALOG_EDIT in maker.permissions
        answer = desk.send("/recipes/new", {"name": "B", "makes": "B", "amount": "1 each"}, htmx=True)
        assert answer.status_code == 422


class TestShortage:
    def url(self, desk: Desk, shop: Workshop, oil: Body) -> tuple[Body, str, str]:
        """A batch of 12 that needs 200 g more than there is; where its drawer is."""
        recipe = shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"))
        batch = shop.plan(recipe, "3")
        return batch, *cure(desk, f"/batches/{batch['label']}/start")

    def test_receiving_what_is_missing_lets_it_start(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        batch, url, event = self.url(desk, shop, oil)
        begun = opened(desk, url)
        assert (begun["rows-0-quantity"], begun["rows-0-cost"]) == ("200 g", "1")
        answer = desk.send(url, begun, htmx=True, then="receive")
        assert event in answer.headers["HX-Trigger"]
        assert shop.stock(oil) == ("1200", "6")
        desk.done(f"/batches/{batch['label']}/start")

    def test_making_less_plans_it_anew_and_starts_it(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        batch, url, event = self.url(desk, shop, oil)
        assert "The shelf is enough for 10 each." in words(desk.see(url, htmx=True))
        told = json.loads(desk.send(url, htmx=True, then="less").headers["HX-Trigger"])
        assert event in told
        desk.done(f"/batches/{batch['label']}/start", told["drawer:fill"]["fields"])
        started = shop.batch(batch)
        assert (started["status"], started["scale"], started["lines"][0]["used"]) == ("in_progress", "2.5", "1000")

    def test_doing_without_it_names_it(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        batch, url, _ = self.url(desk, shop, oil)
        told = json.loads(desk.send(url, htmx=True, then="skip").headers["HX-Trigger"])
        assert told["drawer:fill"]["fields"] == {"skip": [oil["id"]]}
        desk.done(f"/batches/{batch['label']}/start", skip=oil["id"])
        assert shop.stock(oil) == ("1000", "5")

    def test_what_came_in_is_said_in_its_row_when_it_cannot_be(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        _, url, _ = self.url(desk, shop, oil)
        begun = opened(desk, url)
        for wrong in ({"rows-0-quantity": "0 g"}, {"rows-0-cost": ""}, {"rows-0-quantity": ""}):
            answer = desk.send(url, begun | wrong, htmx=True, then="receive")
            assert answer.status_code == 422
            assert shop.stock(oil) == ("1000", "5")

    def test_using_more_than_there_is_offers_what_there_is(self, desk: Desk, oil: Body) -> None:
        url, _ = cure(desk, "/items/olive-oil/use", quantity="1.2 kg", kind="use")
        assert "The shelf is enough for 1000 g." in words(desk.see(url, htmx=True))

    @pytest.mark.parametrize("query", ["", "need=x", "need=x:1&makes=z&skip=9", "need=:&need=::", "makes=" + "9" * 99])
    def test_an_address_that_makes_no_sense_says_that_nothing_is_short(self, desk: Desk, query: str) -> None:
        assert "Nothing is short" in words(desk.see(f"/shortages?{query}"))
        assert desk.get(f"/shortages?{query}", htmx=True).status_code == 200

    def test_somebody_elses_item_is_not_there(self, desk: Desk, app: Flask, other_shop: Workshop, owner: Actor) -> None:
        theirs = other_shop.item("Secret oil", "g")
        assert "Secret" not in desk.see(f"/shortages?need={theirs['id']}:5", htmx=True)
        assert cast.api(owner).get(f"/items/{theirs['id']}").status_code == 404


class TestUpgrade:
    def test_plans_are_shown_and_tried_again(self, desk: Desk) -> None:
        page = desk.see("/plans/drawer?limit=recipes", htmx=True)
        assert "<form" in page
        again = desk.see("/plans/drawer?limit=recipes", htmx=True)
        assert 'name="again"' in again
        answer = desk.get("/plans/drawer?limit=recipes&again=1", htmx=True)
        assert "plan.changed" in answer.headers["HX-Trigger"]

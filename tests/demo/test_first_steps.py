"""The first steps on Today: ticked from the books, each with its button, put aside and brought back; one statement."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.catalog.services import crafts
from app.demo.queries import beginning
from app.identity.services.organizations import CRAFTS, OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import tenancy
from tests import cast
from tests.cast import Browser
from tests.production.test_statements import counted
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def browser(owner: Actor) -> Browser:
    """The owner's."""
    return cast.signed_in(owner)


@pytest.fixture
def shop(owner: Actor) -> Workshop:
    """The owner's workshop."""
    return Workshop(cast.api(owner))


@pytest.fixture
def home(organization: OrganizationFacts) -> str:
    """The address of Today."""
    return f"/o/{organization.slug}/"


def post(browser: Browser, url: str, **said: Any) -> Any:
    return browser.post(url, data={"command_key": f"{url} {clock.now().isoformat()}", **said})


def done(app: Flask, actor: Actor) -> frozenset[str]:
    with app.app_context():
        tenancy.bind(actor.organization_id)
        return beginning.read(actor).done


def test_each_step_is_ticked_from_the_books(
    app: Flask, browser: Browser, home: str, shop: Workshop, owner: Actor
) -> None:
    assert done(app, owner) == frozenset()
    assert post(browser, f"{home}begin/craft", craft="soap").status_code == 303
    assert done(app, owner) == {"craft"}

    oil = shop.item("Olive oil", "g")
    assert done(app, owner) == {"craft", "material"}

    soap = shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"), prefix="SOAP")
    assert "priced" not in done(app, owner)  # nobody knows yet what the oil costs

    shop.receive(oil, "1000", None, total_cost="5")
    assert done(app, owner) == {"craft", "material", "received", "priced"}

    batch = shop.plan(soap)
    shop.do(batch, "start")
    assert "made" not in done(app, owner)
    shop.do(batch, "finish")
    assert done(app, owner) == {"craft", "material", "received", "priced", "made"}


def test_each_open_step_has_one_button_and_the_next_one_is_the_loudest(
    browser: Browser, home: str, shop: Workshop
) -> None:
    page = browser.get(home).text
    assert page.count('aria-current="step"') == 1
    assert all(label.replace("'", "&#39;") in page for label in CRAFTS.values())

    post(browser, f"{home}begin/craft", craft="candles")
    page = browser.get(home).text
    assert "2 of 8" not in page
    assert "1 of 8" in page
    assert 'class="btn btn-1" href="' + home + "begin/materials" in page

    shop.item("Wax", "g", code="wax")
    assert 'class="btn btn-1" href="' + home + "items/wax/receive" in browser.get(home).text


def test_typical_materials_are_added_with_one_click_once(
    app: Flask, browser: Browser, home: str, owner: Actor, organization: OrganizationFacts
) -> None:
    post(browser, f"{home}begin/craft", craft="soap")
    offered = browser.get(f"{home}begin/materials").text
    assert "Sodium hydroxide" in offered
    assert "Soy wax" not in offered

    added = browser.post(
        f"{home}begin/materials",
        data={"command_key": "starters", "starters": ["olive-oil", "sodium-hydroxide"]},
    )
    assert added.location == f"{home}receive"
    again = browser.post(f"{home}begin/materials", data={"command_key": "again", "starters": ["olive-oil"]})
    assert again.status_code == 303

    kept = cast.api(owner).get("/items").json["data"]
    assert {item["code"] for item in kept} == {"olive-oil", "sodium-hydroxide"}
    assert post(browser, f"{home}begin/materials", starters="gold").status_code == 422


def test_what_only_a_door_can_see_is_kept_once(
    app: Flask, browser: Browser, home: str, shop: Workshop, owner: Actor
) -> None:
    oil = shop.item("Olive oil", "g")
    shop.receive(oil, "1000", None, total_cost="5", fifo_code="OIL-1")
    soap = shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"), prefix="SOAP")
    batch = shop.plan(soap)
    shop.do(batch, "start")
    shop.do(batch, "finish")

    assert browser.get(f"{home}lots/OIL-1").status_code == 200
    assert "traced" in done(app, owner)
    with counted(app) as sent:
        browser.get(f"{home}lots/OIL-1")
    assert not [statement for statement in sent if statement.startswith("UPDATE organizations")]


def test_the_list_is_put_aside_and_brought_back(browser: Browser, home: str) -> None:
    assert "First steps" in browser.get(home).text

    post(browser, f"{home}begin/aside")
    assert "Say what you make" not in browser.get(home).text
    assert "Show them on Today again" in browser.get(f"{home}begin").text

    post(browser, f"{home}begin/aside", back="yes")
    assert "Say what you make" in browser.get(home).text


def test_an_old_workshop_and_who_only_reads_are_left_in_peace(
    browser: Browser, home: str, viewer: Actor, organization: OrganizationFacts
) -> None:
    assert "Say what you make" not in cast.signed_in(viewer).get(home).text
    with clock.set_to(clock.now() + timedelta(days=61)):
        late = cast.signed_in(cast.owner_of(organization))
        assert "Say what you make" not in late.get(home).text


def test_the_list_asks_one_statement(app: Flask, browser: Browser, home: str) -> None:
    browser.get(home)
    with counted(app) as with_list:
        browser.get(home)
    post(browser, f"{home}begin/aside")
    browser.get(home)
    with counted(app) as without:
        browser.get(home)

    assert len(with_list) == len(without) + 1


def test_the_craft_is_changed_later_and_units_follow(browser: Browser, home: str) -> None:
    said = {"name": "Fern & Tallow", "time_zone": "UTC", "locale": "en"}
    assert post(browser, f"{home}settings/workshop", **said, craft="food").status_code == 303
    assert 'selected value="food"' in browser.get(f"{home}settings/workshop").text
    page = browser.get(f"{home}items/new").text
    assert page.index('value="portion"') < page.index('value="bag"')
    assert "Flour and grain" in page

    assert post(browser, f"{home}settings/workshop", **said).status_code == 303  # unsaid, it stays
    assert 'selected value="food"' in browser.get(f"{home}settings/workshop").text


def test_what_a_recipe_makes_is_counted_as_the_craft_does(
    browser: Browser, home: str, shop: Workshop, owner: Actor
) -> None:
    post(browser, f"{home}begin/craft", craft="soap")
    shop.item("Olive oil", "g")
    typed = {"name": "Lavender", "makes": "Lavender bar", "amount": "32", "kind": "production"}
    typed |= {"lines-0-thing": "Olive oil", "lines-0-amount": "400 g"}
    assert post(browser, f"{home}recipes/new", **typed).status_code == 303

    kept = {item["name"]: item for item in cast.api(owner).get("/items").json["data"]}
    assert kept["Lavender bar"]["unit"] == "bar"


@pytest.mark.parametrize("name", sorted(CRAFTS))
def test_every_craft_is_described_in_full(name: str) -> None:
    craft = crafts.known()[name]

    assert set(craft.says) == set(crafts.known()["other"].says)
    assert craft.makes in craft.units
    assert {item.code for item in crafts.starters(name).values()} == set(craft.starters)
    assert len(craft.starters) >= 8

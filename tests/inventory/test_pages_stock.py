"""The shelf, the items on it, and what is said of them."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import pages
from app.kernel import ids
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import db
from tests.inventory.desk import Desk, at_desk, typed_in, words
from tests.inventory.storeroom import Storeroom

LONG_AGO, FAR_AWAY = "2020-01-01", "2199-01-01"


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


def named(page: str) -> list[str]:
    """The items that the shelf shows, in order."""
    return re.findall(r'<div class="nm">.*?<a href="[^"]*">([^<]*)</a>', page)


class TestShelf:
    def test_an_empty_shelf_teaches_the_first_step(self, desk: Desk) -> None:
        page = desk.see("/stock")
        assert "Nothing on the shelf yet" in page
        assert f'href="{desk.url("/items/new")}"' in page

    def test_it_is_grouped_by_category_with_what_there_is_and_its_worth(self, desk: Desk, room: Storeroom) -> None:
        room.receive(room.item("Olive oil", "g", category="Oils"), "1500", "0.01")
        room.receive(room.item("Lye", "g", category="Salts"), "200", "0.02")
        told = words(desk.see("/stock"))
        assert "2 materials and products, $19.00" in told
        assert "Oils 1 · $15.00 Olive oil 1,500 g – 1,500 $10.00 /kg $15.00" in told
        assert told.index("Oils 1") < told.index("Salts 1")

    def test_what_expired_or_is_on_hold_is_on_hand_and_not_available(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Milk", "ml")
        room.receive(item, "100", expires_on=LONG_AGO, received_on=LONG_AGO)
        room.receive(item, "10", fifo_code="HELD")
        room.receive(item, "1")
        desk.done("/lots/HELD/hold", reason="smells")
        told = words(desk.see("/stock"))
        assert "Milk 111 ml – 1 " in told
        assert "Expired" in told
        assert "On hold" in told

    @pytest.mark.parametrize("said", ["creme", "CRÈME", "amande cr", "  crème  ", "ALMOND-1", "huiles"])
    def test_the_filter_ignores_case_accents_and_order(self, desk: Desk, room: Storeroom, said: str) -> None:
        room.item("Crème d’amande", code="almond-1", category="Huilés")
        room.item("Shea butter")
        page = desk.browser.get(desk.url("/stock"), query_string={"q": said}).text
        assert named(page) == ["Crème d’amande"]
        assert typed_in(page)["q"] == said

    def test_to_htmx_it_answers_the_rows_alone(self, desk: Desk, room: Storeroom) -> None:
        room.item("Shea butter")
        part = desk.see("/stock?q=shea", htmx=True)
        assert named(part) == ["Shea butter"]
        assert "<html" not in part

    @pytest.mark.parametrize("said", ["\x00", "x" * 10_000, "🧼", "%_\\", "<b>"])
    def test_any_words_may_be_looked_for(self, desk: Desk, room: Storeroom, said: str) -> None:
        room.item("Shea butter")
        answer = desk.browser.get(desk.url("/stock"), query_string={"q": said})
        assert answer.status_code == 200
        assert named(answer.text) == []

    def test_low_is_less_available_than_the_level_says(self, desk: Desk, room: Storeroom) -> None:
        for name, level in (("Just enough", "10"), ("Low", "10.000001")):
            room.receive(room.item(name, low_stock_level=level), "10")
        assert named(desk.see("/stock?show=low")) == ["Low"]

    def test_use_soon_is_good_now_and_not_for_long(self, desk: Desk, room: Storeroom) -> None:
        for name, expires_on in (("Old", LONG_AGO), ("Fresh", FAR_AWAY), ("Soon", None)):
            life: dict[str, Any] = {"perishable": True, "shelf_life_days": 30} if name == "Soon" else {}
            said = {"expires_on": expires_on} if expires_on else {}
            room.receive(room.item(name, **life), "1", **said)
        assert named(desk.see("/stock?show=soon")) == ["Soon"]

    def test_products_stand_apart(self, desk: Desk, room: Storeroom) -> None:
        room.item("Soap", "bar", type="product")
        room.item("Lye")
        assert named(desk.see("/stock?show=products")) == ["Soap"]
        assert named(desk.see("/stock?show=materials")) == ["Lye"]
        assert named(desk.see("/stock?show=nonsense")) == ["Lye", "Soap"]

    def test_what_is_not_counted_has_no_amount(self, desk: Desk, room: Storeroom) -> None:
        room.item("Water", "ml", tracked=False)
        assert "Water not counted" in words(desk.see("/stock"))

    def test_archived_items_are_not_on_it(self, desk: Desk, room: Storeroom) -> None:
        room.item("Old thing")
        desk.done("/items/old-thing/archive", archive="yes")
        assert named(desk.see("/stock")) == []
        desk.done("/items/old-thing/archive")
        assert named(desk.see("/stock")) == ["Old thing"]

    def test_it_takes_one_statement_however_much_there_is(self, database: Flask, owner: Actor, room: Storeroom) -> None:
        for name in ("Olive oil", "Lye", "Salt"):
            room.receive(room.item(name, category=name), "1", expires_on=FAR_AWAY)
        tenancy.bind(owner.organization_id)
        seen: list[str] = []

        def note(*said: Any) -> None:
            seen.append(said[2])

        event.listen(db.engine, "before_cursor_execute", note)
        total = pages.shelf(owner, words="l").total
        event.remove(db.engine, "before_cursor_execute", note)
        assert total == 3
        assert len([text for text in seen if text.lstrip().upper().startswith(("SELECT", "WITH"))]) == 1


class TestItem:
    def test_lots_stand_in_the_order_they_will_be_used(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        room.receive(item, "5", fifo_code="SECOND", received_on="2026-02-01")
        room.receive(item, "5", fifo_code="FIRST", received_on="2026-01-01", supplier="Northfield", supplier_lot="N-1")
        room.receive(item, "5", fifo_code="GONE", received_on="2019-12-31", expires_on=LONG_AGO)
        told = words(desk.see("/items/olive-oil"))
        assert "1 FIRST Next to use Northfield N-1 · Jan 1, 2026" in told
        assert "2 SECOND RCP-000001" in told
        assert "GONE Expired" in told

    def test_history_says_what_happened_what_it_left_and_who_did_it(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        room.receive(item, "100", fifo_code="LOT-A")
        desk.done("/items/olive-oil/use", quantity="30", kind="gift", to="Aunt May")
        told = words(desk.see("/items/olive-oil"))
        assert re.search(r"Gave away Aunt May −30 g 70 .{0,40} Some maker", told)
        assert re.search(r"Received LOT-A \+100 g 100 .{0,40} Ines Fernandes", told)

    def test_more_history_comes_in_place(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        room.receive(item, "100")
        for _ in range(11):
            room.issue(item, "1")
        more = re.search(r'hx-get="[^"]*(/items/olive-oil\?cursor=[^"]+)"', desk.see("/items/olive-oil"))
        assert more
        rest = desk.see(more[1], htmx=True)
        assert words(rest).count("Used") == 1
        assert "Received" in words(rest)

    def test_by_id_or_code(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Olive oil", "g")
        assert words(desk.see(f"/items/{item['id']}")) == words(desk.see("/items/OLIVE-OIL"))

    @pytest.mark.parametrize("reference", ["nothing", "0", "x" * 300, "%00", "a%20b", "%F0%9F%A7%BC"])
    def test_what_is_not_there_is_not_found(self, desk: Desk, reference: str) -> None:
        for page in ("", "/receive", "/use", "/count", "/edit", "/density", "/units", "/lots"):
            assert desk.get(f"/items/{reference}{page}").status_code == 404
        assert desk.get(f"/lots/{reference}").status_code == 404
        assert desk.get(f"/postings/{reference}").status_code == 404

    @pytest.mark.parametrize("path", ["/items/olive-oil", "/items/olive-oil/lots", "/log"])
    def test_a_cursor_of_another_list_is_said(self, desk: Desk, room: Storeroom, path: str) -> None:
        room.item("Olive oil", "g")
        assert desk.get(f"{path}?cursor=nonsense").status_code == 422


class TestNewItem:
    def test_a_maker_says_what_there_is_to_keep(self, desk: Desk, room: Storeroom) -> None:
        said = {"name": "Coconut oil 76°", "type": "ingredient", "unit": "KG", "category": "Oils"}
        page = desk.done(
            "/items/new", said, density="0.92", low_stock_level="2.5", perishable="y", shelf_life_days="400"
        )
        assert "Coconut oil 76° is on the list" in words(page)
        item = room.see({"id": "coconut-oil-76"})
        assert (item["unit"], item["density_g_per_ml"], item["low_stock_level"]) == ("kg", "0.92", "2.5")
        assert (item["tracked"], item["perishable"], item["shelf_life_days"]) == (True, True, 400)

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("name", ""),
            ("name", "x" * 10_000),
            ("name", "a\x00b"),
            ("unit", "furlong of soap"),
            ("unit", "minute"),
            ("type", "spaceship"),
            ("density", "0"),
            ("density", "heavy"),
            ("low_stock_level", "-1"),
            ("low_stock_level", "9" * 30),
            ("shelf_life_days", "0"),
            ("shelf_life_days", "1e3"),
            ("code", "with space"),
            ("category", "c" * 121),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, desk: Desk, field: str, text: str) -> None:
        said = {"name": "Coconut oil", "type": "ingredient", "unit": "g", "barcode": "401", field: text}
        answer = desk.send("/items/new", said)
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert typed_in(answer.text)["barcode"] == "401"
        assert named(desk.see("/stock")) == []

    def test_a_taken_name_is_said_at_the_name(self, desk: Desk, room: Storeroom) -> None:
        room.item("Crème")
        answer = desk.send("/items/new", name="creme", type="ingredient", unit="g")
        assert answer.status_code == 409
        assert re.search(r'id="name-say".*of that name already', answer.text)

    @pytest.mark.parametrize(
        "name", ["<script>alert(1)</script>", "שמן זית \u202eabc", "Soap 🧼🫧", "'; DROP TABLE items"]
    )
    def test_a_name_is_only_a_name(self, desk: Desk, name: str) -> None:
        page = desk.done("/items/new", name=name, type="ingredient", unit="g", code="thing")
        assert name in words(page)
        assert "<script>alert" not in page

    def test_the_same_form_twice_makes_one_item(self, desk: Desk) -> None:
        key = str(ids.uuid7())
        said = {"name": "Lye", "type": "ingredient", "unit": "g"}
        assert desk.send("/items/new", said, key=key).location == desk.send("/items/new", said, key=key).location
        assert named(desk.see("/stock")) == ["Lye"]


class TestEditItem:
    def test_the_form_shows_what_is_and_saves_what_differs(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Lye", "g", low_stock_level="5", density_g_per_ml="2.13", barcode="401")
        form = typed_in(desk.see("/items/lye/edit"))
        assert (form["unit"], form["density"], form["low_stock_level"], form["tracked"]) == ("g", "2.13", "5", "y")
        desk.done("/items/lye/edit", name="Sodium hydroxide", low_stock_level="")
        now = room.see(item)
        assert (now["name"], now["low_stock_level"], now["barcode"]) == ("Sodium hydroxide", None, "401")
        assert now["density_g_per_ml"] == "2.13"

    def test_the_unit_stays_once_there_is_stock(self, desk: Desk, room: Storeroom) -> None:
        room.receive(room.item("Lye", "g"), "1")
        answer = desk.send("/items/lye/edit", unit="kg", name="Caustic soda")
        assert answer.status_code == 409
        assert "so its unit stays" in words(answer.text)
        assert typed_in(answer.text)["name"] == "Caustic soda"


class TestUnits:
    def test_a_unit_of_ones_own_is_named_used_and_removed(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Soap", "g")
        page = desk.done("/items/soap/units", name="bar", quantity="113", unit="g")
        assert "1 bar is 113 g." in words(page)
        assert "1 bar 113 g" in words(desk.see("/items/soap"))
        desk.done("/items/soap/units/remove", name="bar")
        assert "1 bar" not in words(desk.see("/items/soap"))
        assert room.see(item)["on_hand"] == "0"

    def test_one_that_stock_was_entered_in_stays(self, desk: Desk, room: Storeroom) -> None:
        room.item("Soap", "g")
        desk.done("/items/soap/units", name="bar", quantity="113", unit="g")
        desk.done("/items/soap/receive", quantity="2 bars", cost="1")
        answer = desk.send("/items/soap/units/remove", name="bar")
        assert answer.status_code == 409
        assert "was entered in bar" in words(answer.text)

    def test_the_drawer_asks_for_the_unit_that_is_missing(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Soap", "g")
        refused = desk.send("/items/soap/receive", htmx=True, quantity="2 tubs", cost="1")
        drawer = re.search(r'hx-get="/o/[^/]+(/items/[^"]+/units\?name=tubs)"', refused.text)
        assert drawer
        assert typed_in(desk.see(drawer[1], htmx=True))["name"] == "tubs"
        saved = desk.send(f"/items/{item['id']}/units", htmx=True, name="tubs", quantity="500", unit="g")
        assert saved.headers["HX-Trigger"] == "unit.saved, drawer:close"
        desk.done("/items/soap/receive", quantity="2 tubs", cost="1")
        assert room.stock(item) == ("1000", "1")

    @pytest.mark.parametrize(
        ("field", "text"), [("name", "g"), ("name", "5 things"), ("quantity", "0"), ("unit", "wub"), ("name", "x\x00")]
    )
    def test_what_cannot_be_is_said_at_its_field(self, desk: Desk, room: Storeroom, field: str, text: str) -> None:
        room.item("Soap", "g")
        answer = desk.send("/items/soap/units", {"name": "bar", "quantity": "1", "unit": "g", field: text})
        assert answer.status_code == 422
        assert re.search(rf'id="own-({field}|quantity)-say"', answer.text)

    def test_a_density_can_be_weighed(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Flour", "g")
        said = {"density": "", "mass": "120", "mass_unit": "g", "volume": "1", "volume_unit": "cup"}
        desk.done("/items/flour/density", said)
        desk.done("/items/flour/receive", quantity="2 cups", cost="1")
        assert room.stock(item) == ("240", "1")

    def test_a_density_that_no_decimals_hold_stays_exact_when_something_else_is_saved(
        self, desk: Desk, room: Storeroom
    ) -> None:
        weighed = {"mass": "120", "mass_unit": "g", "volume": "1", "volume_unit": "cup"}
        item = room.item("Flour", "g", density=weighed)
        desk.done("/items/flour/edit", name="Rye flour", category="Flour")
        desk.done("/items/flour/density")
        desk.done("/items/flour/receive", quantity="1000 cups", cost="1")
        assert room.stock(item) == ("120000", "1")

    @pytest.mark.parametrize("density", ["0", "-1", "NaN", "", "1" * 30])
    def test_a_density_that_cannot_be_is_said(self, desk: Desk, room: Storeroom, density: str) -> None:
        room.item("Flour", "g")
        answer = desk.send("/items/flour/density", density=density)
        assert answer.status_code == 422
        assert 'id="density-say"' in answer.text


class TestPick:
    def test_the_plus_leads_to_the_item(self, desk: Desk, room: Storeroom) -> None:
        room.item("Olive oil", "g")
        assert f'href="{desk.url("/items/olive-oil/use")}"' in desk.see("/use?q=OLIVE")

    def test_what_is_not_counted_cannot_be_counted(self, desk: Desk, room: Storeroom) -> None:
        room.item("Water", "ml", tracked=False)
        assert "Water" not in desk.see("/count")
        assert "Water" in desk.see("/use")

"""Recipes in the browser: what the table says, what is typed, what cannot be, and who sees what."""

import re

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel import ids
from app.kernel.actor import Actor
from tests.inventory.desk import Desk, at_desk, typed_in, words
from tests.inventory.storeroom import Body, ok
from tests.inventory.test_pages_moves import NONSENSE
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    """1,000 g for 5.00."""
    item = shop.item("Olive oil", "g")
    shop.receive(item, "1000", total_cost="5")
    return item


@pytest.fixture
def soap(shop: Workshop, oil: Body) -> Body:
    """4 bars of 100 g oil and 50 g water, of which there is always enough."""
    water = shop.item("Water", "g", tracked=False)
    return shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"), of(water, "200", note="cold"))


def new(**typed: str) -> dict[str, str]:
    """A recipe as it is typed."""
    return {"name": "Balm", "makes": "Balm tin", "amount": "10 each", "kind": "production", **typed}


def line(n: int, thing: str, amount: str, note: str = "") -> dict[str, str]:
    """One of its lines."""
    return {f"lines-{n}-thing": thing, f"lines-{n}-amount": amount, f"lines-{n}-note": note}


class TestReading:
    def test_the_table_says_amounts_costs_and_how_often_the_shelf_holds_it(self, desk: Desk, soap: Body) -> None:
        said = words(desk.see(f"/recipes/{soap['id']}"))
        assert "Olive oil 400 g 66.7% $2.00 ×2" in said
        assert "Water cold 200 g 33.3% – always" in said
        assert "What does one cost me? $0.50 at 4 each" in said
        assert "10 each then Olive oil runs out" in said

    def test_how_much_to_make_is_said_as_an_amount_or_as_a_scale(self, desk: Desk, soap: Body) -> None:
        by_amount = words(desk.see(f"/recipes/{soap['id']}?make=8 each"))
        assert "Olive oil 800 g 66.7% $4.00" in by_amount
        assert "Olive oil 600 g 66.7% $3.00" in words(desk.see(f"/recipes/{soap['id']}?scale=1 1/2"))

    @pytest.mark.parametrize("said", [text for text in NONSENSE if text])
    def test_nonsense_for_an_amount_is_said_at_its_field_and_still_there(
        self, desk: Desk, soap: Body, said: str
    ) -> None:
        for field in ("make", "scale"):
            page = desk.browser.get(desk.url(f"/recipes/{soap['id']}"), query_string={field: said})
            assert page.status_code == 200
            assert "Olive oil 400 g" in words(page.text)
            assert 'id="make-say"' in page.text
        assert typed_in(desk.browser.get(desk.url(f"/recipes/{soap['id']}"), query_string={"make": said}).text)[
            "make"
        ] in {said, said.strip()}

    def test_a_recipe_in_a_recipe_costs_what_its_materials_cost(
        self, desk: Desk, shop: Workshop, soap: Body, oil: Body
    ) -> None:
        box = shop.recipe("Box", ("Box", "1", "each"), of(soap, "1", "batch"), of(oil, "100"))
        said = words(desk.see(f"/recipes/{box['id']}"))
        assert "Soap recipe 1 makings $2.00 ×2" in said
        assert "Used in 1 Box 1 makings in one making" in words(desk.see(f"/recipes/{soap['id']}"))
        assert "Olive oil 100 g $0.50 ×2" in said

    def test_a_unit_that_leads_nowhere_offers_the_drawer_that_cures_it(
        self, desk: Desk, shop: Workshop, oil: Body
    ) -> None:
        recipe = shop.recipe("Serum", ("Serum", "1", "each"), of(oil, "30", "ml"))
        page = desk.see(f"/recipes/{recipe['id']}")
        assert f'hx-get="{desk.url("/items/" + oil["id"])}/density?need=30+ml"' in page
        assert "Cannot compare" in words(page)

    def test_old_versions_stay_to_be_read(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        shop.revise(soap, of(oil, "500"))
        assert "Olive oil 500 g" in words(desk.see(f"/recipes/{soap['id']}"))
        assert "Olive oil 400 g" in words(desk.see(f"/recipes/{soap['id']}?version=1"))
        for number in ("3", "x", "-1", "9" * 30):
            assert desk.get(f"/recipes/{soap['id']}?version={number}").status_code == 404

    def test_an_items_page_says_where_it_is_used(self, desk: Desk, soap: Body, oil: Body) -> None:
        said = words(desk.see(f"/items/{oil['id']}/used-in", htmx=True))
        assert "Used in 1 Soap 400 g in one making" in said
        assert "No recipe takes it" in words(desk.see(f"/items/{soap['output']['item']['id']}/used-in"))


class TestWriting:
    def test_a_recipe_as_it_is_typed(self, desk: Desk, oil: Body, soap: Body) -> None:
        lines = line(0, "OLIVE OIL", "1 lb 2 oz", "warm") | line(1, "", "") | line(2, "soap (recipe)", "1/2 batch")
        page = desk.done("/recipes/new", new(instructions="Melt.\nPour.") | lines)
        said = words(page)
        assert "Balm: version 1 is in use." in said
        assert "Olive oil warm 18 oz" in said
        assert "Soap recipe 0.5 makings" in said
        assert "Melt. Pour." in said

    def test_a_form_sent_twice_makes_one_recipe(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        key, said = str(ids.uuid7()), new() | line(0, "Olive oil", "10 g")
        first, second = (desk.send("/recipes/new", said, key=key) for _ in range(2))
        assert (first.status_code, first.location) == (303, second.location)
        assert [recipe["name"] for recipe in ok(shop.api.get("/recipes"), 200)["data"]] == ["Balm"]

    def test_what_is_wrong_is_said_at_each_line_and_everything_stays(self, desk: Desk, oil: Body) -> None:
        lines = line(0, "", "") | line(1, "Unicorn hair", "1 g") | line(2, "Olive oil", "some") | line(3, "", "5 g")
        answer = desk.send("/recipes/new", new(prefix="BA", instructions="Stir.") | lines)
        said = words(answer.text)
        assert answer.status_code == 422
        assert "Nothing here is called Unicorn hair." in said
        assert "What goes in?" in said
        fields = typed_in(answer.text)
        assert fields["lines-1-thing"] == "Unicorn hair"
        assert fields["lines-2-amount"] == "some"
        assert (fields["prefix"], fields["instructions"]) == ("BA", "Stir.")
        row = answer.text.split('name="lines-2-thing"')[1].split("</li>")[0]
        assert "Write a number and a unit" in row

    @pytest.mark.parametrize("amount", NONSENSE)
    def test_nonsense_for_an_amount_is_no_recipe(self, desk: Desk, oil: Body, amount: str) -> None:
        answer = desk.send("/recipes/new", new() | line(0, "Olive oil", amount))
        assert answer.status_code == 422
        assert typed_in(answer.text)["lines-0-amount"] == amount
        assert "Balm" not in words(desk.see("/recipes"))

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("name", ""),
            ("name", "x" * 201),
            ("name", "Nul\x00l"),
            ("prefix", "no spaces"),
            ("makes", ""),
            ("amount", "12"),
            ("amount", ""),
            ("amount", "0 each"),
            ("instructions", "z" * 10_001),
            ("kind", "alchemy"),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, desk: Desk, oil: Body, field: str, text: str) -> None:
        answer = desk.send("/recipes/new", (new() | {field: text}) | line(0, "Olive oil", "10 g"))
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert typed_in(answer.text)["lines-0-thing"] == "Olive oil"

    def test_a_taken_name_is_said_at_the_name(self, desk: Desk, soap: Body) -> None:
        answer = desk.send("/recipes/new", new(name="SOAP") | line(0, "Olive oil", "10 g"))
        assert answer.status_code == 409
        assert re.search(r'id="name-say".*already', answer.text)

    def test_without_lines_it_can_be_a_draft_and_no_more(self, desk: Desk) -> None:
        refused = desk.send("/recipes/new", new())
        assert refused.status_code == 422
        assert "What goes in is missing" in words(refused.text)
        assert "Balm: kept as a draft." in words(desk.done("/recipes/new", new(), draft="1"))

    def test_the_next_version_begins_as_the_last_one_is(self, desk: Desk, soap: Body, shop: Workshop) -> None:
        fields = typed_in(desk.see(f"/recipes/{soap['id']}/versions/new"))
        assert (fields["name"], fields["makes"], fields["amount"]) == ("Soap", "Soap bar", "4 each")
        assert (fields["lines-0-thing"], fields["lines-0-amount"]) == ("Olive oil", "400 g")
        assert fields["lines-1-note"] == "cold"
        kept = {name: text for name, text in fields.items() if name != "" and "__n__" not in name}
        page = desk.done(f"/recipes/{soap['id']}/versions/new", (kept | {"lines-0-amount": "450.0005 g"}))
        assert "Soap: version 2 is in use." in words(page)
        assert shop.explosion(soap)["Olive oil"] == "450.0005"
        again = typed_in(desk.see(f"/recipes/{soap['id']}/versions/new"))
        assert again["lines-0-amount"] == "450.0005 g"

    def test_a_recipe_made_of_itself_is_refused_with_the_way_round(self, desk: Desk, soap: Body) -> None:
        fields = typed_in(desk.see(f"/recipes/{soap['id']}/versions/new"))
        kept = {name: text for name, text in fields.items() if name and "__n__" not in name}
        answer = desk.send(
            f"/recipes/{soap['id']}/versions/new",
            (kept | {"lines-0-thing": "Soap (recipe)", "lines-0-amount": "1 batch"}),
        )
        assert answer.status_code == 422
        assert "Soap → Soap" in words(answer.text)


class TestWhoSeesWhat:
    def test_a_viewer_reads_without_costs_and_writes_nothing(
        self, viewer: Actor, organization: OrganizationFacts, soap: Body
    ) -> None:
        desk = at_desk(viewer, organization.slug)
        page = desk.see(f"/recipes/{soap['id']}")
        assert "$" not in words(page)
        assert "New version" not in page
        assert desk.get("/recipes/new").status_code == 403
        assert desk.send("/recipes/new", new()).status_code == 403
        assert desk.send(f"/recipes/{soap['id']}/versions/new", new()).status_code == 403

    def test_the_store_does_not_read_recipes(self, helper: Actor, organization: OrganizationFacts, soap: Body) -> None:
        desk = at_desk(helper, organization.slug)
        assert desk.get("/recipes").status_code == 403
        assert desk.get(f"/recipes/{soap['id']}").status_code == 403
        assert 'href="' + desk.url("/recipes") + '"' not in desk.see("/")

    def test_somebody_elses_recipe_is_not_there(
        self, app: Flask, stranger: Actor, organization: OrganizationFacts, soap: Body, other_shop: Workshop
    ) -> None:
        assert at_desk(stranger, organization.slug).get(f"/recipes/{soap['id']}").status_code == 404
        theirs = other_shop.api.get("/me").get_json()["organization"]["slug"]
        desk = at_desk(stranger, theirs)
        for path in (f"/recipes/{soap['id']}", f"/recipes/{soap['id']}/versions/new"):
            assert desk.get(path).status_code == 404


class TestLive:
    def test_cost_and_reach_follow_what_is_typed(self, desk: Desk, oil: Body, soap: Body) -> None:
        said = new() | line(0, "Olive oil", "100 g") | line(1, "Soap (recipe)", "1 batch")
        told = words(desk.send("/recipes/preview", said, htmx=True).text)
        assert "What does one cost me? $0.25 at 10 each" in told
        assert "20 each then Olive oil runs out" in told

    def test_what_cannot_be_read_yet_is_left_out(self, desk: Desk, oil: Body) -> None:
        said = line(0, "Olive oil", "100 g") | line(1, "Olive", "") | line(2, "Olive oil", "5 furlongs")
        assert "$0.50" in words(desk.send("/recipes/preview", said, htmx=True).text)
        assert "appears here while you type" in words(desk.send("/recipes/preview", {}, htmx=True).text)

    @pytest.mark.parametrize("amount", NONSENSE)
    def test_nonsense_is_no_error_to_the_page(self, desk: Desk, oil: Body, amount: str) -> None:
        for said in (new(amount=amount), new(makes=amount), new() | line(1, amount, amount)):
            typed = line(0, "Olive oil", "1 g") | said
            assert desk.send("/recipes/preview", typed, htmx=True).status_code == 200

    def test_a_unit_that_leads_nowhere_offers_its_drawer(self, desk: Desk, oil: Body) -> None:
        page = desk.send("/recipes/preview", new() | line(0, "Olive oil", "30 ml"), htmx=True).text
        assert f'hx-get="{desk.url("/items/" + oil["id"])}/density?need=30+ml"' in page

    def test_it_writes_nothing(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        desk.send("/recipes/preview", new() | line(0, "Olive oil", "100 g"), htmx=True)
        assert ok(shop.api.get("/recipes"), 200)["data"] == []
        assert len(ok(shop.api.get("/items"), 200)["data"]) == 1

"""The palette finds everything by a few letters: in one statement, in one's own workshop, and never a cost."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.insights.queries import palette
from app.insights.queries.palette import Hit
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import tenancy
from tests import cast
from tests.insights.test_pages import counted
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def shea(shop: Workshop) -> Body:
    """1,000 g in one lot."""
    item = shop.item("Crème of Shea", "g", code="SHEA")
    shop.receive(item, "1000", "7.77", fifo_code="LOT-SHEA-1")
    return item


@pytest.fixture
def balm(shop: Workshop, shea: Body) -> Body:
    """Made of shea."""
    return shop.recipe("Baume d’été", ("Summer balm", "4", "each"), of(shea, "40"), prefix="ETE")


def found(app: Flask, actor: Actor, *said: str) -> list[Hit]:
    """What the palette answers."""
    with app.app_context():
        tenancy.bind(actor.organization_id)
        return list(palette.search(actor, *said))


def refs(hits: list[Hit], kind: str) -> list[str]:
    return [hit.ref for hit in hits if hit.kind == kind]


class TestFinding:
    @pytest.mark.parametrize("said", ["creme", "CRÈME", "shea", "of cre", "SHEA crème"])
    def test_case_accents_and_the_order_of_words_do_not_matter(
        self, app: Flask, owner: Actor, shea: Body, said: str
    ) -> None:
        assert refs(found(app, owner, said), "item") == ["Crème of Shea"]

    def test_a_batch_is_found_by_its_label_and_by_its_recipe(
        self, app: Flask, owner: Actor, shop: Workshop, balm: Body
    ) -> None:
        label = shop.plan(balm)["label"]
        assert refs(found(app, owner, label.lower()), "batch") == [label]
        hits = found(app, owner, "ete")
        assert refs(hits, "batch") == [label]
        assert refs(hits, "recipe") == ["Baume d’été"]

    def test_a_lot_is_found_by_its_code_and_while_something_is_left_by_its_item(
        self, app: Flask, owner: Actor, shop: Workshop, shea: Body
    ) -> None:
        assert refs(found(app, owner, "lot-shea"), "lot") == ["LOT-SHEA-1"]
        assert refs(found(app, owner, "creme"), "lot") == ["LOT-SHEA-1"]
        shop.issue(shea, "1000")
        assert refs(found(app, owner, "creme"), "lot") == []
        assert refs(found(app, owner, "lot-shea"), "lot") == ["LOT-SHEA-1"]

    def test_an_item_is_found_by_its_barcode(self, app: Flask, owner: Actor, shop: Workshop) -> None:
        shop.item("Tin", "each", barcode="4006381333931")
        assert refs(found(app, owner, "4006381333931"), "item") == ["Tin"]

    def test_what_begins_with_the_letters_comes_first(self, app: Flask, owner: Actor, shop: Workshop) -> None:
        for name in ("Coconut oil", "Boiled linseed", "Oil of rose"):
            shop.item(name, "g")
        assert refs(found(app, owner, "oil"), "item") == ["Oil of rose", "Coconut oil", "Boiled linseed"]

    def test_people_are_found_without_their_accents(self, app: Flask, owner: Actor) -> None:
        assert refs(found(app, owner, "INÉS"), "member") == ["Ines Fernandes"]
        assert refs(found(app, owner, "nobody"), "member") == []

    @pytest.mark.parametrize("said", ["", "   ", "%", "_", "\\"])
    def test_what_says_nothing_finds_nothing(self, app: Flask, owner: Actor, shea: Body, said: str) -> None:
        assert found(app, owner, said) == []


class TestWhoMaySee:
    def test_a_stranger_sees_nothing(self, app: Flask, stranger: Actor, shop: Workshop, shea: Body, balm: Body) -> None:
        shop.plan(balm)
        for said in ("shea", "ete", "baume", "lot-"):
            assert found(app, stranger, said) == []
        assert len(refs(found(app, stranger, "ines"), "member")) == 1  # herself: she has the same name

    def test_what_a_person_may_not_see_is_not_found(
        self, app: Flask, organization: OrganizationFacts, shea: Body, balm: Body
    ) -> None:
        seller = cast.actor_of(organization, "sales")
        assert {hit.kind for hit in found(app, seller, "e")} == {"item", "lot"}
        nobody = replace(seller, permissions=frozenset[Permission]())
        assert found(app, nobody, "e") == []


class TestStatements:
    def test_a_keystroke_is_one_statement(self, app: Flask, owner: Actor, shop: Workshop, balm: Body) -> None:
        shop.plan(balm)
        with counted(app) as seen:
            assert found(app, owner, "e")
        assert len(seen) == 1

    def test_a_request_asks_one_more_than_what_every_request_asks(
        self, app: Flask, owner: Actor, organization: OrganizationFacts, balm: Body
    ) -> None:
        desk = at_desk(owner, organization.slug)
        desk.see("/palette?q=e")
        with counted(app) as nothing_typed:
            desk.see("/palette?q=")
        with counted(app) as typed:
            desk.see("/palette?q=e")
        assert len(typed) == len(nothing_typed) + 1


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


class TestPage:
    def test_each_hit_leads_to_its_page(self, desk: Desk, shop: Workshop, balm: Body) -> None:
        label = shop.plan(balm)["label"]
        page = desk.see("/palette?q=e")
        for path in ("/items/SHEA", "/lots/LOT-SHEA-1", f"/batches/{label}", f"/recipes/{balm['id']}"):
            assert f'href="{desk.url(path)}"' in page

    def test_no_cost_is_shown(self, desk: Desk, shea: Body) -> None:
        page = words(desk.see("/palette?q=shea"))
        assert "1,000 g" in page
        assert "7.77" not in page
        assert "7,770" not in page

    def test_before_anything_is_typed_it_says_what_can_be_done(self, desk: Desk) -> None:
        page = words(desk.see("/palette"))
        assert "Plan a batch" in page
        assert "Recipes" in page

    def test_an_action_is_found_by_its_words(self, desk: Desk) -> None:
        assert "Write a recipe" in words(desk.see("/palette?q=RECIPE"))

    def test_an_amount_and_a_verb_are_understood(self, desk: Desk, shea: Body) -> None:
        page = desk.see("/palette?q=use 250g shea")
        assert "Use 250 g of Crème of Shea" in words(page)
        assert f'href="{desk.url("/items/SHEA/use")}?quantity=250+g"' in page

    def test_a_verb_that_is_not_the_persons_to_do_is_not_offered(
        self, viewer: Actor, organization: OrganizationFacts, shea: Body
    ) -> None:
        page = words(at_desk(viewer, organization.slug).see("/palette?q=use 250g shea"))
        assert "Use 250" not in page

    def test_what_is_nowhere_is_said_with_a_way_on(self, desk: Desk) -> None:
        assert "Nothing is called “zzz”" in words(desk.see("/palette?q=zzz"))

    @pytest.mark.parametrize(("verb", "field"), [("use", "quantity"), ("receive", "quantity"), ("count", "counted")])
    def test_the_amount_stands_in_the_form_that_it_leads_to(
        self, desk: Desk, shea: Body, verb: str, field: str
    ) -> None:
        page = desk.see(f"/palette?q={verb} 1/2 kg shea")
        assert f'href="{desk.url(f"/items/SHEA/{verb}")}?quantity=1/2+kg"' in page
        drawn = desk.see(f"/items/SHEA/{verb}?quantity=1/2+kg")
        assert re.search(rf'name="{field}"[^>]*value="1/2 kg"|value="1/2 kg"[^>]*name="{field}"', drawn)

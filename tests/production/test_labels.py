"""Labels and codes: what is printed, where a code leads, and for whom."""

import io
import re
from uuid import UUID

import pytest
from flask import Flask
from pypdf import PdfReader

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform import codes
from tests import cast
from tests.identity import house
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def batch(shop: Workshop) -> Body:
    oats = shop.item("Oats", "g")
    shop.receive(oats, "100")
    bar = shop.product("Crème bar with a name that is much longer than any label", perishable=True, shelf_life_days=30)
    return shop.make(shop.recipe("Bar", (bar, "1", "each"), of(oats, "10")))


def path_of(batch: Body, actor: Actor) -> str:
    return f"/q/{codes.token(actor.organization_id, UUID(batch['id']))}"


class TestSheet:
    def test_a_sheet_of_labels_says_what_it_is(self, shop: Workshop, batch: Body) -> None:
        response = shop.api.get(f"/batches/{batch['label']}/label.pdf")
        assert (response.status_code, response.mimetype) == (200, "application/pdf")
        (page,) = PdfReader(io.BytesIO(response.data)).pages
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        text = page.extract_text()
        assert text.count(batch["label"]) == 21
        assert text.count("Crème bar") == 21
        (lot,) = shop.lots(batch["outputs"][0]["item"])
        assert text.count(f"Use by {lot['expires_on']}") == 21
        assert text.count(f"Made on {batch['completed_at'][:10]}") == 21

    def test_the_same_batch_gives_the_same_bytes(self, shop: Workshop, batch: Body) -> None:
        first, second = (shop.api.get(f"/batches/{batch['id']}/label.pdf").data for _ in range(2))
        assert first == second

    def test_a_planned_batch_and_any_script_can_be_printed(self, shop: Workshop) -> None:
        rose = shop.item("薔薇", "g")
        planned = shop.plan(shop.recipe("石鹸", ("石鹸", "1", "each"), of(rose, "1")))
        (page,) = PdfReader(io.BytesIO(shop.api.get(f"/batches/{planned['id']}/label.pdf").data)).pages
        assert "Made on" not in page.extract_text()


class TestCode:
    def test_the_code_is_an_svg_without_scripts(self, shop: Workshop, batch: Body) -> None:
        response = shop.api.get(f"/batches/{batch['id']}/qr.svg")
        assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
        assert re.match(r"<svg [^>]*viewBox", response.get_data(as_text=True))

    def test_a_token_leads_back_to_what_it_was_made_of(self) -> None:
        organization_id, thing_id = uuid7(), uuid7()
        token = codes.token(organization_id, thing_id)
        assert codes.read(token) == codes.Target(organization_id, thing_id)
        assert len(token) == 43

    @pytest.mark.parametrize("text", ["", "x", "é" * 43, "A" * 42, "A" * 44, "A" * 5000, "=" * 43, "A" * 42 + "B"])
    def test_anything_else_leads_nowhere(self, text: str) -> None:
        assert codes.read(text) is None

    def test_the_phone_lands_on_the_batch(self, app: Flask, owner: Actor, batch: Body) -> None:
        response = cast.signed_in(owner).get(path_of(batch, owner))
        assert response.status_code == 302
        assert re.fullmatch(rf"/o/[^/]+/batches/{batch['label']}", response.location)

    def test_signing_in_comes_first_and_returns(self, app: Flask, owner: Actor, batch: Body) -> None:
        path = path_of(batch, owner)
        response = cast.anonymous().get(path)
        assert response.status_code == 302
        assert response.location.startswith("/sign-in?next=")
        assert path.partition("/q/")[2] in response.location

    def test_where_two_factor_is_required_it_leads_to_turning_it_on(
        self, app: Flask, owner: Actor, viewer: Actor, organization: OrganizationFacts, batch: Body
    ) -> None:
        house.require_two_factor(app, organization)
        response = cast.signed_in(viewer).get(path_of(batch, owner))
        assert (response.status_code, response.location) == (303, "/account/security")
        house.give_second_factor(app, viewer)
        assert cast.signed_in(viewer).get(path_of(batch, owner)).status_code == 302

    def test_a_strangers_code_leads_nowhere(
        self, app: Flask, owner: Actor, stranger: Actor, viewer: Actor, batch: Body
    ) -> None:
        assert cast.signed_in(stranger).get(path_of(batch, owner)).status_code == 404
        assert cast.signed_in(stranger).get(path_of(batch, stranger)).status_code == 404
        assert cast.signed_in(owner).get("/q/nothing").status_code == 404
        assert cast.signed_in(viewer).get(path_of(batch, owner)).status_code == 302

"""What every page shares: refusals to htmx, the house's ways, forms with keys."""

import re

import pytest
from flask import Flask, g
from wtforms import StringField

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import Permission
from app.platform import form_fields, navigation, pages, web
from app.platform.navigation import Way
from tests import cast

HTMX = {"HX-Request": "true"}


class TestRefusals:
    def test_htmx_gets_the_problem_alone_for_the_place_that_the_page_keeps(
        self, organization: OrganizationFacts, owner: Actor
    ) -> None:
        answer = cast.signed_in(owner).get(f"/o/{organization.slug}/items/nothing", headers=HTMX)
        assert answer.status_code == 404
        assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#problem", "innerHTML")
        assert "<html" not in answer.text
        assert "That item does not exist." in answer.text

    def test_a_browser_gets_a_page(self, organization: OrganizationFacts, owner: Actor) -> None:
        answer = cast.signed_in(owner).get(f"/o/{organization.slug}/items/nothing")
        assert answer.status_code == 404
        assert "HX-Retarget" not in answer.headers
        assert "<html" in answer.text

    def test_a_lost_token_is_a_problem_too(self, organization: OrganizationFacts, owner: Actor) -> None:
        url = f"/o/{organization.slug}/items/new"
        answer = cast.signed_in(owner).post(url, headers=HTMX, csrf=False)
        assert (answer.status_code, answer.headers["HX-Retarget"]) == (400, "#problem")

    def test_who_was_signed_out_meanwhile_signs_in_and_comes_back_to_the_page(
        self, organization: OrganizationFacts
    ) -> None:
        url = f"/o/{organization.slug}/stock"
        headers = {**HTMX, "HX-Current-URL": f"http://localhost{url}?q=oil"}
        answer = cast.anonymous().get(url, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["HX-Redirect"].startswith("/sign-in?next=/o/")
        assert answer.headers["HX-Redirect"].endswith("stock?q%3Doil")


class TestDrawers:
    def test_addresses_are_written_out_for_the_organization(self, app: Flask) -> None:
        with app.test_request_context():
            g.slug = "fern"
            drawer = web.rooted({"modal_url": "items/1/density", "success_event": "density.saved"})
            assert drawer == {"modal_url": "/o/fern/items/1/density", "success_event": "density.saved"}

    @pytest.mark.parametrize("url", ["/plans", "https://example.com/x"])
    def test_those_that_are_whole_stay(self, app: Flask, url: str) -> None:
        with app.test_request_context():
            g.slug = "fern"
            assert web.rooted({"redirect_url": url}) == {"redirect_url": url}

    def test_none_stays_none(self, app: Flask) -> None:
        with app.test_request_context():
            assert web.rooted(None) is None


class OneForm(pages.PageForm):
    """A form with one field."""

    quantity = StringField("Quantity")


class TestForm:
    def test_a_refusal_is_said_at_the_field_and_the_key_is_new(self, app: Flask) -> None:
        with app.test_request_context(method="POST", data={"command_key": "k1", "quantity": "5 cups"}):
            form = OneForm(meta={"csrf": False})
            assert form.validate()
            form.refuse(Invalid.field("unit", "Nobody said how much a cup is."), {"unit": "quantity"})
            assert form.quantity.errors == ["Nobody said how much a cup is."]
            assert form.quantity.data == "5 cups"
            assert form.command_key.data not in {"k1", "", None}
            assert pages.status_of(form) == 422

    def test_what_belongs_to_no_field_is_said_of_the_whole(self, app: Flask) -> None:
        with app.test_request_context(method="POST", data={"command_key": "k1"}):
            form = OneForm(meta={"csrf": False})
            form.refuse(Conflict("The book has changed."))
            assert form.form_errors == ["The book has changed."]
            assert pages.status_of(form) == 409

    def test_a_conflict_that_names_a_field_is_said_there(self, app: Flask) -> None:
        with app.test_request_context(method="POST", data={"command_key": "k1"}):
            form = OneForm(meta={"csrf": False})
            form.refuse(Conflict("Taken.", field="quantity"))
            assert form.quantity.errors == ["Taken."]

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "ü", "\x00"])
    def test_a_key_that_is_none_is_asked_for_again(self, app: Flask, key: str) -> None:
        with app.test_request_context(method="POST", data={"command_key": key}):
            form = OneForm(meta={"csrf": False})
            assert not form.validate()
            assert form.form_errors == ["This form lost its place. Send it once more."]


class FieldsForm(pages.PageForm):
    """One of each field."""

    word = form_fields.ReadField("Word", need="A word, please.", limit=5)
    amount = form_fields.AmountField("Amount")
    day = form_fields.DayField("Day")
    moment = form_fields.MomentField("Moment")
    days = form_fields.WholeField("Days", least=1, most=365)


class TestFields:
    def read(self, app: Flask, **typed: str) -> FieldsForm:
        with app.test_request_context(method="POST", data={"command_key": "k", "word": "w", **typed}):
            form = FieldsForm(meta={"csrf": False})
            form.validate()
            return form

    @pytest.mark.parametrize(
        ("field", "typed", "value"),
        [
            ("word", "  oil ", "oil"),
            ("amount", "0012.50", "12.50"),
            ("day", "2199-12-31", "2199-12-31"),
            ("moment", "2027-03-31T14:05", "2027-03-31 14:05:00"),
            ("days", "365", "365"),
            ("amount", "  ", "None"),
        ],
    )
    def test_what_can_be_read_is_read(self, app: Flask, field: str, typed: str, value: str) -> None:
        form = self.read(app, **{field: typed})
        assert form.errors == {}
        assert str(form[field].value) == value

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("word", " "),
            ("word", "longer"),
            ("word", "a\x00"),
            ("amount", "-0.01"),
            ("amount", "1,5"),
            ("amount", "٣"),
            ("amount", "1e5"),
            ("day", "31.3.2027"),
            ("day", "1969-12-31"),
            ("day", "2200-01-01"),
            ("day", "20270331"),
            ("moment", "2027-03-31"),
            ("moment", "0001-01-01T00:00"),
            ("days", "0"),
            ("days", "366"),
            ("days", "1.5"),
            ("days", "²"),
        ],
    )
    def test_what_cannot_be_read_is_said_and_kept(self, app: Flask, field: str, typed: str) -> None:
        form = self.read(app, **{field: typed})
        assert list(form.errors) == [field]
        assert form[field].data == typed
        assert form[field].value is None


class TestWays:
    def labels(self, page: str, place: str) -> list[str]:
        part = re.search(place, page, re.DOTALL)
        return re.findall(r"</svg>([^<]+)</a>", part[0]) if part else []

    def test_each_sees_what_they_may(self, organization: OrganizationFacts, maker: Actor, viewer: Actor) -> None:
        url = f"/o/{organization.slug}/stock"
        makers, viewers = (cast.signed_in(actor).get(url).text for actor in (maker, viewer))
        plus = r'class="plus".*?</details>'
        assert "Receive" in self.labels(makers, plus)
        assert self.labels(viewers, plus) == []
        side = r'<nav class="side".*?</nav>'
        assert {"Stock", "Log"} <= set(self.labels(viewers, side))

    def test_the_present_page_is_marked_and_so_are_those_below_it(
        self, organization: OrganizationFacts, owner: Actor
    ) -> None:
        browser = cast.signed_in(owner)
        for path in ("/stock", "/items/new", "/receive"):
            page = browser.get(f"/o/{organization.slug}{path}").text
            marked = re.findall(r'<a href="([^"]*)" aria-current="page"', page)
            assert set(marked) == {f"/o/{organization.slug}/stock"}, path

    def test_a_way_to_a_page_that_is_not_there_is_not_shown(self, app: Flask, owner: Actor) -> None:
        way = Way("Nowhere", "x", "nowhere.page", Permission.INVENTORY_VIEW, 1)
        with app.test_request_context():
            g.actor, g.slug = owner, "fern"
            known = app.extensions["batchtrack_navigation"]
            navigation.add(app, way)
            navigation.add(app, way)
            assert known.count(way) == 1
            known.remove(way)
            assert not navigation.has_page("nowhere.page")


class TestCounts:
    def test_what_waits_stands_beside_its_way_and_is_asked_for_once(
        self, app: Flask, organization: OrganizationFacts, owner: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Actor] = []

        def count(actor: Actor) -> int:
            asked.append(actor)
            return 7

        way = Way("Somewhere", "flame", "inventory.stock", Permission.INVENTORY_VIEW, 1, counts=count)
        monkeypatch.setitem(app.extensions, "batchtrack_navigation", [way])
        page = cast.signed_in(owner).get(f"/o/{organization.slug}/stock").text
        assert '<span class="count">7</span>' in page
        assert len(asked) == 1

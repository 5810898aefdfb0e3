"""Batches in the browser: planned against the shelf, started, finished, failed, taken back; and who sees what."""

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
def bosses_desk(owner: Actor, organization: OrganizationFacts) -> Desk:
    """The owner's browser."""
    return at_desk(owner, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    """Two lots: 600 g for 3.00, then 400 g for 4.00."""
    item = shop.item("Olive oil", "g")
    shop.receive(item, "600", None, total_cost="3", fifo_code="OLD")
    shop.receive(item, "400", None, total_cost="4", fifo_code="NEW")
    return item


@pytest.fixture
def soap(shop: Workshop, oil: Body) -> Body:
    """4 bars of 100 g oil and 50 g water, of which there is always enough."""
    water = shop.item("Water", "g", tracked=False)
    bar = shop.product("Soap bar", perishable=True, shelf_life_days=30)
    return shop.recipe("Soap", (bar, "4", "each"), of(oil, "400"), of(water, "200"), prefix="SOAP")


def status(shop: Workshop, label: str) -> str:
    """How the batch of this label stands."""
    return str(shop.batch({"label": label})["status"])


class TestPlanning:
    def test_the_page_says_needs_lots_cost_and_the_next_label(self, desk: Desk, soap: Body) -> None:
        said = words(desk.see(f"/batches/plan?recipe={soap['id']}&scale=2"))
        assert "Olive oil 800 g 1,000 g OLD 600 g NEW 200 g Enough" in said
        assert "Water 400 g never short Enough" in said
        assert "8 each $5.00" in said
        assert re.search(r"Soap bar SOAP1-\d{4}-001 Use by", said)

    def test_a_target_yield_becomes_a_scale(self, desk: Desk, soap: Body) -> None:
        assert "Olive oil 500 g" in words(desk.see(f"/batches/plan?recipe={soap['id']}&make=5"))

    def test_an_older_version_can_be_made_again(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        shop.revise(soap, of(oil, "500"))
        assert "Olive oil 500 g" in words(desk.see(f"/batches/plan?recipe={soap['id']}"))
        page = desk.see(f"/batches/plan?recipe={soap['id']}&version=1")
        assert "Olive oil 400 g" in words(page)
        desk.done("/batches/plan", typed_in(page), recipe=soap["id"], version="1", then="plan")
        (batch,) = ok(shop.api.get("/batches"), 200)["data"]
        assert batch["version"] == 1

    def test_planning_leads_to_the_batch(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        said = {"recipe": soap["id"], "make": "6 each", "planned_for": "2026-12-01", "note": "for Zoe"}
        page = desk.done("/batches/plan", said, then="plan")
        label = re.search(r"SOAP1-\d{4}-001", words(page))
        assert label
        assert f"{label[0]} is planned." in words(page)
        assert "for Zoe" in words(page)
        batch = shop.batch({"label": label[0]})
        assert (batch["status"], batch["scale"], batch["planned_for"]) == ("planned", "1.5", "2026-12-01")

    def test_plan_and_start_is_one_command(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        key, said = str(ids.uuid7()), {"recipe": soap["id"], "make": "4", "then": "start"}
        first, second = (desk.send("/batches/plan", said, key=key) for _ in range(2))
        assert (first.status_code, first.location) == (303, second.location)
        assert status(shop, first.location.rpartition("/")[2]) == "in_progress"
        assert shop.stock(oil) == ("600", "5")

    def test_a_shortage_says_how_much_is_missing_and_what_could_be_made(self, desk: Desk, soap: Body) -> None:
        page = desk.see(f"/batches/plan?recipe={soap['id']}&scale=3")
        said = words(page)
        assert "One thing stops it. Olive oil is 200 g short." in said
        assert "Make 10 each" in said
        assert 'class="short"' in page
        assert re.search(r'hx-get="[^"]*/shortages\?need=[^"]*makes=12', page)

    def test_starting_when_short_plans_nothing_and_keeps_what_was_typed(
        self, desk: Desk, shop: Workshop, soap: Body, oil: Body
    ) -> None:
        said = {"recipe": soap["id"], "make": "12", "then": "start", "note": "in the big pot"}
        answer = desk.send("/batches/plan", said)
        assert answer.status_code == 409
        assert "short 200 g" in words(answer.text)
        fields = typed_in(answer.text)
        assert (fields["recipe"], fields["make"], fields["note"]) == (soap["id"], "12", "in the big pot")
        assert shop.api.get("/batches").get_json()["data"] == []
        shop.receive(oil, "200", "0.01")
        assert "is on the bench." in words(desk.done("/batches/plan", said, key=fields["command_key"]))

    def test_a_missing_density_offers_its_drawer(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        serum = shop.recipe("Serum", ("Serum", "1", "each"), of(oil, "30", "ml"))
        page = desk.see(f"/batches/plan?recipe={serum['id']}")
        assert "Give its density" in words(page)
        assert f'hx-get="{desk.url("/items/" + oil["id"])}/density?need=30+ml"' in page
        answer = desk.send("/batches/plan", recipe=serum["id"], make="1", then="plan")
        assert answer.status_code == 422

    @pytest.mark.parametrize("amount", NONSENSE)
    def test_nonsense_for_an_amount_is_said_at_its_field(
        self, desk: Desk, shop: Workshop, soap: Body, amount: str
    ) -> None:
        answer = desk.send("/batches/plan", recipe=soap["id"], make=amount, then="plan", note="typed")
        if not amount:  # nothing said is one making
            assert answer.status_code == 303
            return
        assert answer.status_code == 422
        assert 'id="make-say"' in answer.text
        assert (typed_in(answer.text)["make"], typed_in(answer.text)["note"]) == (amount, "typed")
        assert shop.api.get("/batches").get_json()["data"] == []

    @pytest.mark.parametrize("query", ["recipe=nothing", "recipe=" + "x" * 500, "recipe=\x00"])
    def test_a_recipe_that_is_not_there(self, desk: Desk, query: str) -> None:
        assert desk.browser.get(desk.url("/batches/plan"), query_string=query).status_code == 404

    @pytest.mark.parametrize(("field", "text"), [("planned_for", "2026-02-30"), ("note", "x" * 10_001)])
    def test_what_cannot_be_is_said_at_its_field(self, desk: Desk, soap: Body, field: str, text: str) -> None:
        said = {"recipe": soap["id"], "make": "4", "then": "plan"}
        answer = desk.send("/batches/plan", (said | {field: text}))
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert desk.send("/batches/plan", make="4", then="plan").status_code == 422


class TestBench:
    def test_a_planned_batch_names_the_lots_to_take(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = shop.plan(soap, "2")
        said = words(desk.see(f"/batches/{batch['label']}"))
        assert "Olive oil 800 g OLD 600 g NEW 200 g $5.00" in said
        assert "Planned" in said

    def test_start_leaves_out_what_was_ticked(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        batch = shop.plan(soap)
        page = desk.done(f"/batches/{batch['label']}/start", skip=oil["id"])
        assert "is on the bench." in words(page)
        assert "left out" in words(page)
        assert shop.stock(oil) == ("1000", "7")

    def test_start_when_short_stays_planned_and_says_so(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = shop.plan(soap, "3")
        answer = desk.send(f"/batches/{batch['label']}/start")
        assert answer.status_code == 409
        assert "Olive oil (short 200 g)" in words(answer.text)
        assert status(shop, batch["label"]) == "planned"

    def test_more_can_be_taken_for_a_reason(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        batch = started(shop, soap)
        page = desk.done(f"/batches/{batch['label']}/extras", item="olive OIL", amount="50 g", reason="spilled")
        assert "Taken on top 1 Olive oil spilled OLD 50 g $0.25" in words(page)
        assert shop.stock(oil) == ("550", "4.75")

    @pytest.mark.parametrize(
        ("field", "text"),
        [("item", ""), ("item", "Unicorn hair"), ("amount", ""), ("amount", "9 kg"), ("reason", "")]
        + [("amount", said) for said in NONSENSE[1:]],
    )
    def test_what_cannot_be_taken_is_said(
        self, desk: Desk, shop: Workshop, soap: Body, oil: Body, field: str, text: str
    ) -> None:
        batch = started(shop, soap)
        said = {"item": "Olive oil", "amount": "1 g", "reason": "spilled", field: text}
        answer = desk.send(f"/batches/{batch['label']}/extras", said)
        assert answer.status_code in {409, 422}
        assert {name: typed_in(answer.text)[name] for name in said} == said
        assert shop.stock(oil) == ("600", "5")

    def test_finish_makes_the_lot_at_the_cost_of_what_went_in(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = started(shop, soap)
        path = f"/batches/{batch['label']}/finish"
        assert typed_in(desk.see(path, htmx=True))["made"] == "4 each"
        said = {"made": "3", "loss": "1 each", "loss_category": "quality", "loss_note": "cracked"}
        key = str(ids.uuid7())
        first, second = (desk.send(path, said, key=key, htmx=True) for _ in range(2))
        assert first.headers["HX-Redirect"] == second.headers["HX-Redirect"]
        page = words(desk.see(f"/batches/{batch['label']}"))
        assert "Came out 3 each Yield 75%" in page
        assert "One $0.6667" in page
        assert "Lost: not good enough cracked 1 each" in page
        assert shop.stock(soap["output"]["item"]) == ("3", "2")

    def test_more_than_expected_asks_why_and_keeps_what_was_typed(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = started(shop, soap)
        said = {"made": "5", "loss_category": "trim", "use_by": "2027-01-31"}
        answer = desk.send(f"/batches/{batch['label']}/finish", said)
        assert answer.status_code == 422
        assert re.search(r'id="variance_reason-say".*say why', answer.text)
        assert typed_in(answer.text)["use_by"] == "2027-01-31"
        page = desk.done(f"/batches/{batch['label']}/finish", said, variance_reason="small molds")
        assert "More than expected small molds" in words(page)

    def test_previews_say_what_would_happen_and_write_nothing(
        self, desk: Desk, shop: Workshop, soap: Body, oil: Body
    ) -> None:
        batch = started(shop, soap)
        more = {"item": "Olive oil", "amount": "0.3 kg", "reason": "spilled"}
        told = words(desk.send(f"/batches/{batch['label']}/extras/preview", more, htmx=True).text)
        assert "This will take OLD 200 g · $1.00 NEW 100 g · $1.00" in told
        end = {"made": "3", "loss_category": "trim"}
        told = words(desk.send(f"/batches/{batch['label']}/finish/preview", end, htmx=True).text)
        assert "SOAP1-" in told
        assert "3 each Use by" in told
        assert "Expected 4 each Not accounted for 1 each Yield 75% All that went in $2.00 · $0.6667 /each" in told
        for said in NONSENSE:
            for path, form in (("extras", more | {"amount": said}), ("finish", end | {"made": said})):
                assert desk.send(f"/batches/{batch['label']}/{path}/preview", form, htmx=True).status_code == 200
        assert shop.batch(batch) == batch
        assert shop.stock(oil) == ("600", "5")

    @pytest.mark.parametrize(
        ("field", "text"),
        [("use_by", "9999-12-31"), ("loss", "some"), ("loss", "0"), ("loss_category", "theft")]
        + [("made", said) for said in NONSENSE if said != "0"],
    )
    def test_a_finish_that_cannot_be_is_said_at_its_field(
        self, desk: Desk, shop: Workshop, soap: Body, field: str, text: str
    ) -> None:
        batch = started(shop, soap)
        said = {"made": "4", "loss_category": "trim", "loss_note": "kept", field: text}
        answer = desk.send(f"/batches/{batch['label']}/finish", said)
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert typed_in(answer.text)["loss_note"] == "kept"
        assert status(shop, batch["label"]) == "in_progress"

    def test_a_failure_is_a_loss_with_its_reason(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        batch = started(shop, soap)
        assert desk.send(f"/batches/{batch['label']}/fail").status_code == 422
        page = desk.done(f"/batches/{batch['label']}/fail", reason="seized")
        assert "Failed seized" in words(page)
        assert shop.stock(oil) == ("600", "5")

    def test_cancelling_puts_everything_back(self, desk: Desk, shop: Workshop, soap: Body, oil: Body) -> None:
        batch = started(shop, soap)
        assert "is cancelled." in words(desk.done(f"/batches/{batch['label']}/cancel"))
        assert shop.stock(oil) == ("1000", "7")

    def test_the_owner_takes_a_finished_batch_back(
        self, desk: Desk, bosses_desk: Desk, shop: Workshop, soap: Body, oil: Body
    ) -> None:
        batch = shop.make(soap)
        assert desk.send(f"/batches/{batch['label']}/reverse", reason="wrong").status_code == 403
        page = bosses_desk.done(f"/batches/{batch['label']}/reverse", reason="wrong")
        assert "Taken back wrong" in words(page)
        assert shop.stock(oil) == ("1000", "7")
        again = bosses_desk.send(f"/batches/{batch['label']}/reverse", reason="wrong")
        assert (again.status_code, typed_in(again.text)["reason"]) == (409, "wrong")

    def test_a_transition_out_of_turn_is_refused_in_words(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = shop.make(soap)
        for deed, said in (("start", {}), ("fail", {"reason": "x"}), ("cancel", {}), ("finish", {"made": "4"})):
            answer = desk.send(f"/batches/{batch['label']}/{deed}", {"loss_category": "trim", **said})
            assert answer.status_code == 409
            assert f"{batch['label']} is completed." in words(answer.text)

    def test_the_record_has_its_labels_its_code_and_its_entries(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        batch = shop.make(soap)
        page = desk.see(f"/batches/{batch['label']}")
        assert all(posting["number"] in page for posting in batch["postings"])
        assert desk.get(f"/batches/{batch['label']}/labels.pdf").data.startswith(b"%PDF")
        code = desk.get(f"/batches/{batch['label']}/qr.svg")
        assert (code.status_code, code.mimetype) == (200, "image/svg+xml")


class TestList:
    def test_chips_choose_how_batches_stand(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        done, planned = shop.make(soap), shop.plan(soap)
        everything = words(desk.see("/batches"))
        assert everything.index(planned["label"]) < everything.index(done["label"])
        finished = words(desk.see("/batches?status=completed"))
        assert done["label"] in finished
        assert planned["label"] not in finished
        assert "None of these" in words(desk.see("/batches?status=failed"))
        assert desk.get("/batches?status=nonsense&cursor=nonsense").status_code == 422

    def test_more_rows_are_a_fragment(self, desk: Desk, shop: Workshop, soap: Body) -> None:
        label = shop.plan(soap)["label"]
        rows = desk.see("/batches?status=planned", htmx=True)
        assert label in rows
        assert "<html" not in rows


class TestWhoSeesWhat:
    def test_a_viewer_reads_without_costs_and_changes_nothing(
        self, viewer: Actor, organization: OrganizationFacts, shop: Workshop, soap: Body
    ) -> None:
        desk, planned, done = at_desk(viewer, organization.slug), shop.plan(soap), shop.make(soap)
        for path in (f"/batches/{planned['label']}", f"/batches/{done['label']}", "/batches"):
            page = desk.see(path)
            assert "$" not in words(page)
            assert 'class="btn btn-1' not in page.partition("<main")[2]
        assert desk.get("/batches/plan").status_code == 403
        for deed in ("start", "extras", "finish", "fail", "cancel", "reverse"):
            assert desk.send(f"/batches/{planned['label']}/{deed}", reason="x").status_code == 403

    @pytest.mark.parametrize("deed", ["", "/finish", "/extras", "/fail", "/cancel", "/labels.pdf", "/qr.svg"])
    def test_somebody_elses_batch_is_not_there(
        self, app: Flask, stranger: Actor, shop: Workshop, soap: Body, other_shop: Workshop, deed: str
    ) -> None:
        batch = shop.plan(soap)
        theirs = at_desk(stranger, other_shop.api.get("/me").get_json()["organization"]["slug"])
        assert theirs.get(f"/batches/{batch['label']}{deed}").status_code == 404
        assert theirs.get(f"/batches/{batch['id']}{deed}").status_code == 404


def started(shop: Workshop, recipe: Body) -> Body:
    """A batch on the bench."""
    batch = shop.plan(recipe)
    return shop.do(batch, "start")

"""Worked cases: versions, labels, taking back, states and lists of batches, over HTTP."""

import pytest

from tests.inventory.storeroom import Body, ok, refused
from tests.recipes.workshop import Workshop, of


class TestVersions:
    def test_c29_a_batch_keeps_the_version_it_was_planned_on(self, shop: Workshop) -> None:
        flour = shop.item("Flour", "kg")
        shop.receive(flour, "10")
        bread = shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "2"))
        monday, waiting = shop.make(bread), shop.plan(bread)
        ok(shop.revise(bread, of(flour, "2.5")), 201)
        now = shop.batch(monday)
        assert (now["version"], now["lines"][0]["used"]) == (1, "2")
        started = shop.do(waiting, "start")
        assert (started["version"], started["lines"][0]["used"]) == (1, "2")
        later, again = shop.plan(bread), shop.plan(bread, version=1)
        assert (later["version"], later["lines"][0]["needed"]) == (2, "2.5")
        assert (again["version"], again["lines"][0]["needed"]) == (1, "2")

    def test_a_draft_is_not_made(self, shop: Workshop, granola: Body, oats: Body) -> None:
        ok(shop.revise(granola, of(oats, "1"), draft=True), 201)
        body = {"recipe": granola["id"], "version": 2}
        refused(shop.api.post("/batches", body), 422, "not_published")
        assert "version" in refused(shop.api.post("/batches", {**body, "version": 3}), 404, "not_found")["errors"]


class TestLabels:
    def test_b32_labels_count_through_the_year_without_gaps(self, shop: Workshop, oats: Body) -> None:
        soap = shop.recipe("Lavender Soap", ("Soap", "1", "each"), of(oats, "1"))
        bar = shop.recipe("Oat Bar", ("Bar", "1", "each"), of(oats, "1"))
        first = shop.plan(soap)
        refused(shop.api.post("/batches", {"recipe": "nothing"}), 404, "not_found")
        ok(shop.revise(soap, of(oats, "2")), 201)
        year = first["created_at"][:4]
        labels = [first["label"], shop.plan(bar)["label"], shop.plan(soap)["label"]]
        assert labels == [f"LAS1-{year}-001", f"OAB1-{year}-002", f"LAS2-{year}-003"]

    def test_b32_two_organizations_may_have_the_same_label(
        self, shop: Workshop, other_shop: Workshop, granola: Body
    ) -> None:
        mine = shop.plan(granola)
        theirs = other_shop.recipe("Granola", ("Bag", "1", "each"), of(other_shop.item("Oats"), "1"))
        batch = other_shop.plan(theirs)
        assert batch["label"] == mine["label"]
        assert other_shop.batch(mine)["id"] == batch["id"]
        refused(other_shop.api.get(f"/batches/{mine['id']}"), 404, "not_found")

    def test_a_label_is_found_whatever_its_case(self, shop: Workshop, granola: Body) -> None:
        batch = shop.plan(granola)
        assert ok(shop.api.get(f"/batches/{batch['label'].lower()}"), 200)["id"] == batch["id"]


@pytest.mark.usefixtures("stocked")
class TestTakingBack:
    def test_c36_an_untouched_batch_is_undone_to_the_lot_and_the_cent(self, shop: Workshop) -> None:
        wax = shop.item("Wax", "kg")
        shop.receive(wax, "3", "0.5", fifo_code="A")
        shop.receive(wax, "5", "0.8", fifo_code="B")
        candle = shop.recipe("Candle", ("Candle", "10", "each"), of(wax, "4"))
        done = shop.make(candle)
        output = done["outputs"][0]["item"]
        assert [(lot["lot"]["fifo_code"], lot["quantity"], lot["cost"]) for lot in done["lines"][0]["lots"]] == [
            ("A", "3", "1.5"),
            ("B", "1", "0.8"),
        ]
        undone = shop.do(done, "reversal", {"reason": "never happened"})
        assert (undone["status"], undone["outputs"], undone["total_cost"]) == ("reversed", [], "0")
        assert shop.left(wax) == [("3", "1.5"), ("5", "4")]
        assert shop.stock(output) == ("0", "0")
        refused(shop.attempt(done, "reversal", {"reason": "again"}), 409, "wrong_state")

    def test_c36_what_was_shipped_stands_in_the_way(self, shop: Workshop, oats: Body) -> None:
        done = shop.make(shop.recipe("Candle", ("Candle", "10", "each"), of(oats, "4")))
        output = done["outputs"][0]["item"]
        sale = shop.issue(output, "4", "sale", to="Zoe")
        refusal = refused(shop.attempt(done, "reversal", {"reason": "no"}), 409, "has_dependents")
        assert [(use["number"], use["to"]) for use in refusal["details"]["dependents"]] == [(sale["number"], "Zoe")]
        assert "6 each remain where 10 are needed" in refusal["detail"]
        assert (shop.batch(done)["status"], shop.see(output)["on_hand"]) == ("completed", "6")
        assert shop.see(oats)["on_hand"] == "996"

    def test_b37_a_cancelled_batch_gives_everything_back(self, shop: Workshop) -> None:
        oil, jar = shop.item("Oil", "g"), shop.item("Jar", "each", type="packaging")
        shop.receive(oil, "500", "0.01")
        shop.receive(jar, "3", "0.5")
        batch = shop.plan(shop.recipe("Balm", ("Balm", "3", "jar"), of(oil, "500"), of(jar, "3")))
        shop.do(batch, "start")
        assert (shop.stock(oil), shop.stock(jar)) == (("0", "0"), ("0", "0"))
        cancelled = shop.do(batch, "cancel")
        assert (cancelled["status"], cancelled["total_cost"]) == ("cancelled", "0")
        assert (shop.left(oil), shop.left(jar)) == ([("500", "5")], [("3", "1.5")])
        assert refused(shop.attempt(batch, "cancel"), 409, "wrong_state")["details"]["status"] == "cancelled"

    def test_a_plan_can_be_cancelled_with_a_reason(self, shop: Workshop, granola: Body) -> None:
        cancelled = shop.do(shop.plan(granola), "cancel", {"reason": "no time"})
        assert (cancelled["status"], cancelled["ended_reason"], cancelled["postings"]) == ("cancelled", "no time", [])

    def test_extras_go_back_too(self, shop: Workshop, granola: Body, honey: Body) -> None:
        batch = shop.plan(granola)
        shop.do(batch, "start")
        shop.do(batch, "extras", {"lines": [{"item": honey["id"], "quantity": "5", "reason": "dry"}]})
        cancelled = shop.do(batch, "cancel")
        assert [extra["cost"] for extra in cancelled["extras"]] == ["0"]
        assert shop.stock(honey) == ("1000", "200")

    def test_a_posting_of_a_batch_is_not_reversed_alone(self, shop: Workshop, granola: Body) -> None:
        done = shop.make(granola)
        for posting in done["postings"]:
            answer = shop.api.post(f"/postings/{posting['id']}/reversal", {"reason": "no"})
            refused(answer, 409, "belongs_to_batch")


@pytest.mark.usefixtures("stocked")
class TestStates:
    @pytest.mark.parametrize(
        ("state", "refused_there"),
        [
            ("planned", ["extras", "finish", "fail", "reversal"]),
            ("in_progress", ["start", "reversal"]),
            ("completed", ["start", "extras", "finish", "fail", "cancel"]),
            ("failed", ["start", "extras", "finish", "fail", "cancel"]),
            ("cancelled", ["start", "extras", "finish", "fail", "cancel", "reversal"]),
            ("reversed", ["start", "extras", "finish", "fail", "cancel", "reversal"]),
        ],
    )
    def test_what_does_not_fit_is_refused(
        self, shop: Workshop, granola: Body, honey: Body, state: str, refused_there: list[str]
    ) -> None:
        bodies = {
            "extras": {"lines": [{"item": honey["id"], "quantity": "1", "reason": "dry"}]},
            "fail": {"reason": "burnt"},
            "reversal": {"reason": "wrong"},
        }
        ways = {
            "planned": [],
            "in_progress": ["start"],
            "completed": ["start", "finish"],
            "failed": ["start", "fail"],
            "cancelled": ["cancel"],
            "reversed": ["start", "finish", "reversal"],
        }
        batch = shop.plan(granola)
        for step in ways[state]:
            shop.do(batch, step, bodies.get(step))
        before = shop.batch(batch)
        assert before["status"] == state
        for step in refused_there:
            refusal = refused(shop.attempt(batch, step, bodies.get(step)), 409, "wrong_state")
            assert refusal["details"]["status"] == state
        assert shop.batch(batch) == before

    def test_b39_a_form_sent_twice_finishes_once(self, shop: Workshop, granola: Body, bags: Body) -> None:
        batch = shop.plan(granola)
        shop.do(batch, "start")
        path = f"/batches/{batch['id']}/finish"
        first, second = (shop.api.post(path, {}, key="finish it") for _ in range(2))
        assert (first.status_code, second.status_code) == (200, 200)
        assert first.get_json() == second.get_json()
        assert second.headers["Idempotent-Replayed"] == "true"
        refused(shop.api.post(path, {}, key="another phone"), 409, "wrong_state")
        assert shop.see(bags)["on_hand"] == "48"


class TestList:
    def test_batches_are_filtered_and_paged(self, shop: Workshop, granola: Body, oats: Body) -> None:
        other = shop.recipe("Oat Bar", ("Bar", "1", "each"), of(oats, "1"))
        batches = [shop.plan(granola), shop.plan(other), shop.plan(granola)]
        shop.do(batches[0], "cancel")
        first = ok(shop.api.get("/batches", limit="2"), 200)
        rest = ok(shop.api.get("/batches", limit="2", cursor=first["next_cursor"]), 200)
        ids = [row["id"] for row in first["data"] + rest["data"]]
        assert ids == [batch["id"] for batch in reversed(batches)]
        day = batches[0]["created_at"][:10]
        for query, count in (
            ({"status": "planned"}, 2),
            ({"recipe": "granola"}, 2),
            ({"recipe": granola["id"], "status": "cancelled"}, 1),
            ({"from": day, "to": day}, 3),
            ({"from": "2199-01-01"}, 0),
        ):
            assert len(ok(shop.api.get("/batches", **query), 200)["data"]) == count, query
        refused(shop.api.get("/batches", status="done"), 422, "invalid")
        refused(shop.api.get("/batches", recipe="none"), 404, "not_found")

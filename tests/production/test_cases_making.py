"""Worked cases: a batch from start to finish, over HTTP."""

import pytest

from tests.inventory.storeroom import Body, ok, refused
from tests.recipes.workshop import Workshop, of


@pytest.mark.usefixtures("stocked")
class TestMaking:
    def test_c14_a_simple_batch(self, shop: Workshop, oats: Body, honey: Body) -> None:
        sugar = shop.item("Sugar", "g")
        shop.receive(sugar, "100", "0.01")
        recipe = shop.recipe("Bar", ("Bar", "300", "g"), of(oats, "150"), of(sugar, "50"), of(honey, "100"))
        done = shop.make(recipe, "2")
        assert [shop.see(item)["on_hand"] for item in (oats, sugar, honey)] == ["700", "0", "800"]
        (output,) = done["outputs"]
        assert (output["quantity"], output["unit"], output["cost"]) == ("600", "g", "71")
        assert (done["status"], done["total_cost"], done["unit_cost"]) == ("completed", "71", "0.118333")
        assert output["lot"]["fifo_code"] == done["label"]
        assert [posting["kind"] for posting in done["postings"]] == ["production_use", "production"]
        assert len(ok(shop.api.get("/batches"), 200)["data"]) == 1
        assert shop.stock(output["item"]) == ("600", "71")

    def test_the_answer_of_a_transition_is_what_is_read_later(self, shop: Workshop, granola: Body, honey: Body) -> None:
        batch = shop.plan(granola, "2", note="for Zoe", planned_for="2026-12-01")
        assert batch == shop.batch(batch)
        assert shop.do(batch, "start") == shop.batch(batch)
        extra = {"lines": [{"item": honey["code"], "quantity": "0.01", "unit": "kg", "reason": "dry"}]}
        assert shop.do(batch, "extras", extra) == shop.batch(batch)
        assert shop.do(batch, "finish", {"loss": {"quantity": "4", "category": "burnt"}}) == shop.batch(batch)
        assert shop.do(batch, "reversal", {"reason": "wrong"}) == shop.batch(batch)

    def test_c18_recording_takes_exactly_what_the_check_said(self, shop: Workshop) -> None:
        flour, sugar = shop.item("Flour", "kg"), shop.item("Sugar", "kg")
        shop.receive(flour, "10", "1")
        shop.receive(sugar, "10", "1")
        icing = shop.recipe("Icing", ("Icing", "1", "kg"), of(sugar, "2"))
        cake = shop.recipe("Cake", ("Cake", "1", "each"), of(flour, "2"), of(sugar, "1"), of(icing, "1.5"))
        done = shop.make(cake, "2")
        assert [(line["item"]["name"], line["used"]) for line in done["lines"]] == [("Flour", "4"), ("Sugar", "8")]
        assert (shop.see(flour)["on_hand"], shop.see(sugar)["on_hand"]) == ("6", "2")

    def test_c21_the_good_units_carry_all_the_cost(self, shop: Workshop, bags: Body) -> None:
        dough = shop.item("Dough", "g")
        shop.receive(dough, "96", total_cost="18.40")
        recipe = shop.recipe("Cookie", ("Cookie", "48", "each"), of(dough, "48"))
        batch = shop.plan(recipe, "2")
        shop.do(batch, "start")
        loss = {"quantity": "4", "category": "broken", "note": "fell"}
        done = shop.do(batch, "finish", {"outputs": [{"quantity": "92"}], "loss": loss})
        assert (done["expected"], done["total_cost"], done["unit_cost"]) == ("96", "18.4", "0.2")
        assert done["yield_percent"] == "95.83"
        assert done["loss"] == {**loss, "unit": "each"}
        assert shop.left(done["outputs"][0]["item"]) == [("92", "18.4")]

    def test_c21_a_loss_needs_a_category(self, shop: Workshop, granola: Body) -> None:
        batch = shop.plan(granola)
        shop.do(batch, "start")
        body = {"outputs": [{"quantity": "40"}], "loss": {"quantity": "8"}}
        assert "loss.category" in refused(shop.attempt(batch, "finish", body), 422, "invalid")["errors"]
        assert shop.batch(batch)["status"] == "in_progress"

    def test_c22_nothing_made_leaves_no_lot_and_no_unit_cost(self, shop: Workshop, granola: Body, bags: Body) -> None:
        batch = shop.plan(granola)
        shop.do(batch, "start")
        loss = {"quantity": "48", "category": "burnt"}
        done = shop.do(batch, "finish", {"outputs": [{"quantity": "0"}], "loss": loss})
        assert (done["status"], done["outputs"], done["unit_cost"], done["yield_percent"]) == (
            "completed",
            [],
            None,
            "0",
        )
        assert done["total_cost"] == "19.2"
        assert shop.lots(bags) == []

    def test_c23_more_than_expected_needs_a_reason(self, shop: Workshop, granola: Body) -> None:
        batch = shop.plan(granola, "2")
        shop.do(batch, "start")
        body = {"outputs": [{"quantity": "100"}]}
        assert "variance_reason" in refused(shop.attempt(batch, "finish", body), 422, "invalid")["errors"]
        done = shop.do(batch, "finish", {**body, "variance_reason": "larger eggs"})
        assert (done["yield_percent"], done["variance_reason"]) == ("104.17", "larger eggs")

    def test_b38_material_over_portions_and_what_a_failure_cost(self, shop: Workshop, oats: Body) -> None:
        recipe = shop.recipe("Meal", ("Meal", "4", "each"), of(oats, "120"))
        assert shop.make(recipe)["unit_cost"] == "3"
        batch = shop.plan(recipe)
        shop.do(batch, "start")
        failed = shop.do(batch, "fail", {"reason": "burnt"})
        assert (failed["status"], failed["total_cost"], failed["ended_reason"]) == ("failed", "12", "burnt")
        assert shop.see(oats)["on_hand"] == "760"

    def test_b38_an_intermediate_is_a_lot_like_any_other(self, shop: Workshop, oats: Body) -> None:
        oil = shop.item("Infused oil", "g", type="intermediate")
        recipe = shop.recipe("Infusion", (oil, "500", "g"), of(oats, "100"))
        shop.make(recipe)
        (lot,) = shop.lots(oil)
        assert (lot["remaining_quantity"], lot["unit_cost"]) == ("500", "0.02")

    def test_extras_join_the_cost_all_or_none(self, shop: Workshop, granola: Body, oats: Body, honey: Body) -> None:
        batch = shop.plan(granola)
        shop.do(batch, "start")
        wanted = [{"item": honey["code"], "quantity": "10", "reason": "dry"}]
        short = [*wanted, {"item": oats["id"], "quantity": "2000", "reason": "more"}]
        refusal = refused(shop.attempt(batch, "extras", {"lines": short}), 409, "insufficient_stock")
        assert [missing["item"]["code"] for missing in refusal["details"]["shortages"]] == [oats["code"]]
        assert shop.batch(batch)["extras"] == []
        (extra,) = shop.do(batch, "extras", {"lines": wanted})["extras"]
        assert (extra["quantity"], extra["cost"], extra["reason"]) == ("10", "2", "dry")
        done = shop.do(batch, "finish")
        assert done["total_cost"] == done["outputs"][0]["cost"] == "21.2"
        assert [line["used"] for line in done["lines"]] == ["96", "48"]

    def test_an_output_may_say_when_it_expires_and_else_the_item_does(self, shop: Workshop, oats: Body) -> None:
        fresh = shop.product("Fresh bar", perishable=True, shelf_life_days=10)
        recipe = shop.recipe("Fresh bar", (fresh, "1", "each"), of(oats, "1"))
        said: Body = {"outputs": [{"quantity": "1", "expires_on": "2031-05-01"}]}
        codes = [shop.make(recipe)["label"], shop.make(recipe, "1", **said)["label"]]
        expiries = {lot["fifo_code"]: lot["expires_on"] for lot in shop.lots(fresh)}
        assert expiries[codes[0]] is not None
        assert expiries[codes[1]] == "2031-05-01"

    def test_a_lot_code_that_is_taken_does_not_stop_a_batch(self, shop: Workshop, granola: Body, oats: Body) -> None:
        batch = shop.plan(granola)
        shop.receive(oats, "1", fifo_code=batch["label"].lower())
        shop.do(batch, "start")
        done = shop.do(batch, "finish")
        assert done["outputs"][0]["lot"]["fifo_code"] == f"{batch['label']}-2"


class TestShortage:
    def test_c17_all_that_is_short_is_named_at_once(self, shop: Workshop) -> None:
        flour, sugar = shop.item("Flour", "kg"), shop.item("Sugar", "kg")
        shop.receive(flour, "3")
        shop.receive(sugar, "0.5")
        recipe = shop.recipe("Cake", ("Cake", "1", "each"), of(flour, "4"), of(sugar, "2"))
        check = shop.check_recipe(recipe)
        assert check["can_produce"] is False
        short = [(row["item"]["name"], row["needed"], row["available"], row["missing"]) for row in check["missing"]]
        assert short == [("Flour", "4", "3", "1"), ("Sugar", "2", "0.5", "1.5")]
        shop.receive(flour, "1")
        shop.receive(sugar, "1.5")
        check = shop.check_recipe(recipe)
        assert (check["can_produce"], check["missing"]) == (True, [])

    def test_c26_b36_a_shortage_on_any_line_leaves_everything_as_it_was(
        self, shop: Workshop, granola: Body, oats: Body, honey: Body
    ) -> None:
        shop.receive(oats, "1000", "0.1")
        shop.receive(honey, "47")
        batch = shop.plan(granola)
        refusal = refused(shop.attempt(batch, "start"), 409, "insufficient_stock")
        assert [(row["needed"], row["missing"]) for row in refusal["details"]["shortages"]] == [("48", "1")]
        assert [row["paths"] for row in refusal["details"]["shortages"]] == [[["Granola"]]]
        assert shop.batch(batch) == batch
        assert (shop.see(oats)["on_hand"], shop.see(honey)["on_hand"]) == ("1000", "47")
        assert ok(shop.api.get("/postings", kind="production_use"), 200)["data"] == []
        shop.receive(honey, "1")
        started = shop.do(batch, "start")
        assert started["postings"][0]["number"] == "MKU-000001"

    def test_b35_a_short_material_may_be_left_out_and_the_record_says_so(
        self, shop: Workshop, granola: Body, oats: Body, honey: Body
    ) -> None:
        shop.receive(oats, "1000", "0.1")
        shop.receive(honey, "1")
        batch = shop.plan(granola)
        refused(shop.attempt(batch, "start"), 409, "insufficient_stock")
        started = shop.do(batch, "start", {"skip": [honey["code"]]})
        assert [(line["item"]["code"], line["used"], line["skipped"]) for line in started["lines"]] == [
            ("oats", "96", False),
            ("honey", "0", True),
        ]
        assert shop.batch(batch) == started
        assert shop.see(honey)["on_hand"] == "1"

    def test_only_what_the_batch_needs_can_be_left_out(self, shop: Workshop, granola: Body) -> None:
        batch = shop.plan(granola)
        other = shop.item("Salt")
        refused(shop.attempt(batch, "start", {"skip": ["nothing"]}), 404, "not_found")
        assert "skip.0" in refused(shop.attempt(batch, "start", {"skip": [other["id"]]}), 422, "invalid")["errors"]


@pytest.mark.usefixtures("stocked")
class TestDryRun:
    def test_it_says_what_would_happen_and_nothing_happens(self, shop: Workshop, granola: Body, honey: Body) -> None:
        batch = shop.plan(granola)
        first, second = (shop.do(batch, "start", dry_run="true") for _ in range(2))
        assert first == second
        assert (first["dry_run"], first["status"], first["total_cost"]) == (True, "in_progress", "19.2")
        assert first["postings"] == [{"id": None, "number": None, "kind": "production_use"}]
        assert shop.batch(batch) == batch
        shop.do(batch, "start")
        extras = {"lines": [{"item": honey["id"], "quantity": "5", "reason": "dry"}]}
        shown = shop.do(batch, "extras", extras, dry_run="true")
        assert ([extra["cost"] for extra in shown["extras"]], shown["total_cost"]) == (["1"], "20.2")
        shown = shop.do(batch, "finish", dry_run="true")
        assert shown["outputs"][0]["lot"] == {"id": None, "fifo_code": None}
        shown = shop.do(batch, "cancel", dry_run="true")
        assert (shown["status"], shown["total_cost"]) == ("cancelled", "0")
        assert shop.batch(batch)["status"] == "in_progress"

    def test_it_refuses_as_the_real_thing_does(self, shop: Workshop, granola: Body) -> None:
        batch = shop.plan(granola, "100")
        refused(shop.attempt(batch, "start", dry_run="true"), 409, "insufficient_stock")
        refused(shop.attempt(batch, "finish", dry_run="true"), 409, "wrong_state")


class TestUnitsThatMoved:
    def test_a_need_goes_along_with_its_items_unit(self, shop: Workshop) -> None:
        oats = shop.item("Oats", "g")
        recipe = shop.recipe("Bar", ("Bar", "500", "g"), of(oats, "250"))
        batch = shop.plan(recipe, "2")
        ok(shop.api.patch(f"/items/{oats['id']}", {"unit": "kg"}), 200)
        ok(shop.api.patch(f"/items/{recipe['output']['item']['id']}", {"unit": "kg"}), 200)
        shop.receive(oats, "2", "4")
        started = shop.do(batch, "start")
        assert [(line["needed"], line["used"], line["unit"]) for line in started["lines"]] == [("0.5", "0.5", "kg")]
        done = shop.do(batch, "finish")
        assert [(made["quantity"], made["unit"], made["cost"]) for made in done["outputs"]] == [("1", "kg", "2")]
        assert (done["yield_percent"], shop.batch(batch)) == ("100", done)


class TestWithoutLots:
    def test_what_is_not_tracked_is_recorded_and_never_short(self, shop: Workshop) -> None:
        water, salt = shop.item("Water", "ml", tracked=False), shop.item("Salt", "g")
        shop.receive(salt, "10", "0.1")
        brine = shop.recipe("Brine", ("Brine", "1", "l"), of(water, "1000"), of(salt, "10"))
        done = shop.make(brine)
        assert [(line["used"], line["cost"]) for line in done["lines"]] == [("1000", "0"), ("10", "1")]
        assert [lot["lot"] for lot in done["lines"][0]["lots"]] == [None]
        assert done["total_cost"] == done["outputs"][0]["cost"] == "1"

    def test_with_everything_left_out_nothing_is_posted(self, shop: Workshop) -> None:
        salt = shop.item("Salt", "g")
        batch = shop.plan(shop.recipe("Brine", ("Brine", "1", "l"), of(salt, "10")))
        assert shop.do(batch, "start", {"skip": [salt["id"]]})["postings"] == []
        done = shop.do(batch, "finish")
        assert (done["total_cost"], done["unit_cost"]) == ("0", "0")
        assert shop.do(batch, "reversal", {"reason": "test"})["status"] == "reversed"

"""Worked cases: units, densities and own units, over HTTP."""

import pytest

from tests.inventory.storeroom import Body, Storeroom, ok, refused


def convert(room: Storeroom, quantity: str, to: str, **said: str) -> Body:
    return ok(room.api.post("/conversions", {"quantity": quantity, "to": to, **said}), 200)


class TestExactUnits:
    @pytest.mark.heavy
    def test_b19_a_thousand_ounces_are_used_up(self, room: Storeroom) -> None:
        item = room.item(unit="oz")
        for _ in range(1_000):
            room.receive(item, "1", "0.01")
        room.issue(item, "1000")
        assert room.stock(item) == ("0", "0")

    def test_b19_ten_tenths_are_one(self, room: Storeroom) -> None:
        item = room.item(unit="oz")
        for _ in range(10):
            room.receive(item, "0.1")
        assert room.see(item)["on_hand"] == "1"
        room.issue(item, "1")
        assert room.stock(item) == ("0", "0")

    def test_b19_ounces_come_into_an_item_of_grams(self, room: Storeroom) -> None:
        item = room.item(unit="g")
        posting = room.receive(item, "16", unit="oz")
        assert posting["entered"] == {"quantity": "16", "unit": "oz"}
        assert room.see(item)["on_hand"] == "453.59237"

    def test_b20_a_cup_weighs_what_the_density_says(self, room: Storeroom) -> None:
        oil = room.item("Olive oil", unit="g", density_g_per_ml="0.92")
        assert convert(room, "1", "g", **{"from": "cup", "item": oil["code"]}) == {
            "quantity": "217.661178",
            "unit": "g",
        }

    @pytest.mark.parametrize(
        ("quantity", "source", "to", "expected"),
        [
            ("1", "lb", "oz", "16"),
            ("1", "dozen", "each", "12"),
            ("1.5 KG", None, "g", "1500"),
            ("2 lb 3 oz", None, "oz", "35"),
            ("1/2 tsp", None, "ml", "2.464461"),
            ("0", "kg", "g", "0"),
        ],
    )
    def test_b20_amounts_as_people_say_them(
        self, room: Storeroom, quantity: str, source: str | None, to: str, expected: str
    ) -> None:
        said = {"from": source} if source else {}
        assert convert(room, quantity, to, **said) == {"quantity": expected, "unit": to}

    def test_beside_from_a_quantity_is_a_plain_decimal(self, room: Storeroom) -> None:
        for quantity in ("2 lb", "1/2", "-1", "1e5"):
            answer = room.api.post("/conversions", {"quantity": quantity, "from": "lb", "to": "g"})
            assert "quantity" in refused(answer, 422, "invalid")["errors"]


class TestWhatIsMissing:
    def test_b21_a_density_is_asked_for_and_then_it_goes_through(self, room: Storeroom) -> None:
        flour = room.item("Flour", unit="g")
        path, body = f"/items/{flour['id']}/receipts", {"quantity": "1", "unit": "cup", "unit_cost": "1"}
        refusal = refused(room.api.post(path, body), 422, "missing_density")
        drawer = refusal["drawer_payload"]
        assert (drawer["error_code"], drawer["success_event"]) == ("MISSING_DENSITY", "density.saved")
        assert flour["id"] in drawer["modal_url"]
        density = {"mass": "120", "mass_unit": "g", "volume": "1", "volume_unit": "cup"}
        ok(room.api.patch(f"/items/{flour['id']}", {"density": density}), 200)
        assert ok(room.api.post(path, body), 201)["movements"][0]["quantity"] == "120"

    def test_b22_an_own_unit_is_the_organizations(self, room: Storeroom, other_room: Storeroom) -> None:
        soap = room.item("Soap", unit="g")
        ok(room.api.put(f"/items/{soap['id']}/units/bar", {"quantity": "113", "unit": "g"}), 200)
        assert convert(room, "2 bar", "g", item=soap["id"])["quantity"] == "226"
        theirs = other_room.item("Soap", unit="g")
        answer = other_room.api.post("/conversions", {"quantity": "2 bar", "to": "g", "item": theirs["id"]})
        assert refused(answer, 422, "unknown_unit")["drawer_payload"]["error_code"] == "UNKNOWN_UNIT"

    def test_b23_a_count_has_no_weight_of_its_own(self, room: Storeroom) -> None:
        egg = room.item("Egg", unit="each")
        answer = room.api.post("/conversions", {"quantity": "2", "from": "each", "to": "g", "item": egg["id"]})
        refused(answer, 422, "missing_unit_mapping")

    def test_b23_converting_writes_nothing(self, room: Storeroom) -> None:
        oil = room.item("Olive oil", unit="g", density_g_per_ml="0.92")
        room.receive(oil, "1", unit="cup")
        before = room.see(oil), room.lots(oil), room.postings(oil)
        convert(room, "1", "g", **{"from": "cup", "item": oil["id"]})
        assert (room.see(oil), room.lots(oil), room.postings(oil)) == before

    def test_under_a_key_the_same_is_answered_again(self, room: Storeroom) -> None:
        asked = {"quantity": "1", "from": "lb", "to": "g"}
        first, again = (room.api.post("/conversions", asked, key="once") for _ in range(2))
        assert (first.get_data(), again.headers["Idempotent-Replayed"]) == (again.get_data(), "true")
        other = room.api.post("/conversions", {**asked, "quantity": "2"}, key="once")
        refused(other, 422, "idempotency_mismatch")

    def test_an_item_of_somebody_else_is_not_there(self, room: Storeroom, other_room: Storeroom) -> None:
        theirs = other_room.item()
        answer = room.api.post("/conversions", {"quantity": "1 kg", "to": "g", "item": theirs["id"]})
        assert "item" in refused(answer, 404, "not_found")["errors"]


def test_c11_forty_cases_of_thirty_five_pounds(room: Storeroom) -> None:
    sugar = room.item("Sugar", unit="lb")
    ok(room.api.put(f"/items/{sugar['id']}/units/case", {"quantity": "35", "unit": "lb"}), 200)
    said = {"unit": "case", "supplier": "Caribbean Imports", "supplier_lot": "CI-7", "received_on": "2026-02-09"}
    posting = room.receive(sugar, "40", "52.50", **said)
    assert (posting["entered"], posting["business_date"]) == ({"quantity": "40", "unit": "case"}, "2026-02-09")
    room.receive(sugar, "1", "52.50", **said)
    first, second = room.lots(sugar)
    assert (first["initial_quantity"], first["unit_cost"], first["initial_cost"]) == ("1400", "1.5", "2100")
    assert first["supplier"] == second["supplier"] == "Caribbean Imports"
    assert first["supplier_lot"] == second["supplier_lot"]
    assert first["fifo_code"] != second["fifo_code"]


class TestOwnUnits:
    def test_they_are_listed_changed_and_forgotten(self, room: Storeroom) -> None:
        soap = room.item("Soap", unit="g")
        path = f"/items/{soap['id']}/units"
        ok(room.api.put(f"{path}/bar", {"quantity": "113"}), 200)
        assert ok(room.api.put(f"{path}/bar", {"quantity": "110", "unit": "g"}), 200)["quantity"] == "110"
        assert ok(room.api.get(path), 200)["data"] == [{"name": "bar", "quantity": "110", "unit": "g"}]
        ok(room.api.delete(f"{path}/bar"), 200)
        assert ok(room.api.get(path), 200)["data"] == []
        refused(room.api.delete(f"{path}/bar"), 404, "not_found")

    def test_one_in_which_stock_was_entered_stays(self, room: Storeroom) -> None:
        soap = room.item("Soap", unit="g")
        path = f"/items/{soap['id']}/units/bar"
        ok(room.api.put(path, {"quantity": "113", "unit": "g"}), 200)
        room.receive(soap, "2", unit="bars")
        refused(room.api.delete(path), 409, "unit_in_use")

    def test_one_through_which_another_is_said_stays(self, room: Storeroom) -> None:
        soap = room.item("Soap", unit="g")
        path = f"/items/{soap['id']}/units"
        ok(room.api.put(f"{path}/bar", {"quantity": "113", "unit": "g"}), 200)
        ok(room.api.put(f"{path}/case", {"quantity": "12", "unit": "bar"}), 200)
        assert refused(room.api.delete(f"{path}/bar"), 409, "unit_in_use")["details"]["used_by"] == "the unit case"
        ok(room.api.delete(f"{path}/case"), 200)
        ok(room.api.delete(f"{path}/bar"), 200)

    @pytest.mark.parametrize("name", ["kg", "4", "a" * 50, "%00", "😀"])
    def test_a_name_that_is_no_name_is_refused(self, room: Storeroom, name: str) -> None:
        soap = room.item("Soap", unit="g")
        answer = room.api.put(f"/items/{soap['id']}/units/{name}", {"quantity": "113", "unit": "g"})
        assert "name" in refused(answer, 422, "invalid")["errors"]

    def test_the_units_that_everybody_has(self, room: Storeroom) -> None:
        units = {unit["code"]: unit for unit in ok(room.api.get("/units"), 200)["data"]}
        assert (units["lb"]["base"], units["lb"]["ratio"]) == ("g", "45359237/100000")

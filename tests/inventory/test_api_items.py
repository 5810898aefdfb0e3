"""Items over HTTP: made, found, changed, kept apart."""

import pytest

from app.kernel.actor import Actor
from tests import cast
from tests.inventory.storeroom import Body, Storeroom, ok, refused


class TestMaking:
    def test_all_that_may_be_said_comes_back(self, room: Storeroom) -> None:
        said = {
            "code": "OLIVE.1",
            "category": "Oils",
            "density_g_per_ml": "0.92",
            "perishable": True,
            "shelf_life_days": 400,
            "fefo": True,
            "low_stock_level": "1500.50",
            "barcode": "4006381333931",
        }
        item = room.item("Olive oil", unit="KG", **said)
        assert {name: item[name] for name in said} == {**said, "low_stock_level": "1500.5"}
        assert (item["unit"], item["tracked"], item["archived"]) == ("kg", True, False)
        assert (item["on_hand"], item["reserved"], item["available"], item["value"]) == ("0", "0", "0", "0")
        assert item["average_unit_cost"] is None

    def test_a_density_is_kept_as_a_ratio(self, room: Storeroom) -> None:
        item = room.item("Flour", density={"mass": "120", "mass_unit": "g", "volume": "1", "volume_unit": "cup"})
        assert item["density_g_per_ml"] == "0.50721"

    def test_a_code_is_made_from_the_name(self, room: Storeroom) -> None:
        names = ("Classic Granola", "Classic granolà!", "Classic, granola", "Crème brûlée", "вода")
        codes = [room.item(name)["code"] for name in names]
        assert codes == ["classic-granola", "classic-granola-2", "classic-granola-3", "creme-brulee", "item"]

    def test_a_code_is_taken_whatever_its_case(self, room: Storeroom) -> None:
        room.item("Oats", code="Oats-1")
        body = {"name": "More oats", "type": "ingredient", "unit": "kg", "code": "OATS-1"}
        assert refused(room.api.post("/items", body), 409, "already_exists")["details"]["field"] == "code"

    def test_a_live_name_is_taken_whatever_its_case_and_accents(self, room: Storeroom) -> None:
        item = room.item("Crème")
        body = {"name": "CREME", "type": "ingredient", "unit": "kg"}
        assert refused(room.api.post("/items", body), 409, "already_exists")["details"]["field"] == "name"
        ok(room.api.patch(f"/items/{item['id']}", {"archived": True}), 200)
        assert room.item("CREME")["code"] == "creme-2"
        back = room.api.patch(f"/items/{item['id']}", {"archived": False})
        assert refused(back, 409, "already_exists")["details"]["field"] == "name"

    def test_the_same_name_in_another_organization_is_fine(self, room: Storeroom, other_room: Storeroom) -> None:
        assert room.item("Oats")["code"] == other_room.item("Oats")["code"] == "oats"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", None),
            ("type", "thing"),
            ("code", "a b"),
            ("code", "x" * 65),
            ("density_g_per_ml", "0"),
            ("shelf_life_days", 0),
            ("shelf_life_days", "soon"),
            ("low_stock_level", "-1"),
            ("tracked", "yes"),
            ("colour", "red"),
        ],
    )
    def test_what_makes_no_sense_is_named(self, room: Storeroom, field: str, value: object) -> None:
        body = {"name": "Oats", "type": "ingredient", "unit": "kg", field: value}
        assert list(refused(room.api.post("/items", body), 422, "invalid")["errors"]) == [field]

    def test_an_unknown_unit_is_named_with_a_drawer(self, room: Storeroom) -> None:
        body = {"name": "Oats", "type": "ingredient", "unit": "parsec"}
        refusal = refused(room.api.post("/items", body), 422, "unknown_unit")
        assert ("unit" in refusal["errors"], refusal["drawer_payload"]["error_code"]) == (True, "UNKNOWN_UNIT")


class TestChanging:
    def test_only_what_is_named_changes(self, room: Storeroom) -> None:
        item = room.item("Oats", category="Grains", barcode="1", low_stock_level="5")
        changed = ok(room.api.patch(f"/items/{item['id']}", {"name": "Rolled oats", "barcode": None}), 200)
        assert changed == {**item, "name": "Rolled oats", "barcode": None}

    def test_an_empty_change_changes_nothing(self, room: Storeroom) -> None:
        item = room.item("Oats", density_g_per_ml="0.5")
        assert ok(room.api.patch(f"/items/{item['id']}", {}), 200) == item

    @pytest.mark.parametrize("field", ["name", "type", "unit", "code", "tracked", "fefo", "archived"])
    def test_what_every_item_has_is_not_taken_away(self, room: Storeroom, field: str) -> None:
        item = room.item()
        answer = room.api.patch(f"/items/{item['id']}", {field: None})
        assert list(refused(answer, 422, "invalid")["errors"]) == [field]

    def test_the_unit_changes_before_the_first_movement(self, room: Storeroom) -> None:
        item = room.item(unit="g", low_stock_level="1500")
        changed = ok(room.api.patch(f"/items/{item['id']}", {"unit": "kg"}), 200)
        assert (changed["unit"], changed["low_stock_level"]) == ("kg", "1.5")

    def test_the_unit_stays_once_there_is_history(self, room: Storeroom) -> None:
        item = room.item(unit="g")
        ok(room.reverse(room.receive(item, "1000")), 201)
        refused(room.api.patch(f"/items/{item['id']}", {"unit": "kg"}), 409, "unit_in_use")
        assert ok(room.api.patch(f"/items/{item['id']}", {"unit": "grams"}), 200)["unit"] == "g"

    def test_what_has_stock_stays_tracked(self, room: Storeroom) -> None:
        item = room.item()
        room.receive(item, "40")
        refused(room.api.patch(f"/items/{item['id']}", {"tracked": False}), 409, "has_stock")
        room.issue(item, "40")
        assert ok(room.api.patch(f"/items/{item['id']}", {"tracked": False}), 200)["on_hand"] is None

    def test_a_code_may_change_its_case(self, room: Storeroom) -> None:
        item = room.item("Oats")
        assert ok(room.api.patch("/items/oats", {"code": "OATS"}), 200)["code"] == "OATS"
        assert ok(room.api.get("/items/Oats"), 200)["id"] == item["id"]


class TestFinding:
    def test_by_id_and_by_code_in_any_case(self, room: Storeroom) -> None:
        item = room.item("Olive oil")
        for reference in (item["id"], "olive-oil", "OLIVE-OIL"):
            assert ok(room.api.get(f"/items/{reference}"), 200) == item

    def test_what_is_not_there_malformed_or_not_yours_is_the_same(self, room: Storeroom, other_room: Storeroom) -> None:
        theirs = other_room.item("Secret")
        missing = "00000000-0000-7000-8000-000000000000"
        references = (theirs["id"], "secret", missing, theirs["id"].upper(), "x" * 500, "%00", "😀")
        assert len({room.api.get(f"/items/{reference}").get_data() for reference in references}) == 1
        assert {room.api.get(f"/items/{reference}").status_code for reference in references} == {404}

    def test_search_ignores_case_and_accents(self, room: Storeroom) -> None:
        room.item("Crème fraîche", barcode="4006381333931")
        room.item("100% cocoa")
        assert names(room, q="CREME") == names(room, q="fraiche") == names(room, q="4006381333931") == ["Crème fraîche"]
        assert names(room, q="%") == ["100% cocoa"]
        assert names(room, q="_") == names(room, q="\\") == []

    def test_by_type_and_archived(self, room: Storeroom) -> None:
        room.item("Oats")
        room.item("Jar", type="packaging", unit="each")
        gone = room.item("Lard")
        ok(room.api.patch(f"/items/{gone['id']}", {"archived": True}), 200)
        assert names(room) == ["Jar", "Oats"]
        assert names(room, type="packaging") == ["Jar"]
        assert names(room, archived="true") == ["Lard"]

    def test_below_counts_what_is_available(self, room: Storeroom) -> None:
        oats = room.item("Oats", low_stock_level="10")
        room.item("Sugar")
        room.item("Water", tracked=False, low_stock_level="10")
        assert names(room, below="true") == ["Oats"]
        room.receive(oats, "10", fifo_code="L")
        assert names(room, below="true") == []
        ok(room.api.put("/lots/L/hold", {"reason": "smells odd"}), 200)
        assert names(room, below="true") == ["Oats"]

    def test_pages_meet_without_gap_or_overlap_while_others_are_added(self, room: Storeroom) -> None:
        for name in ("b", "d", "f", "h", "j"):
            room.item(name)
        first = ok(room.api.get("/items", limit="2"), 200)
        room.item("a")
        room.item("g")
        second = ok(room.api.get("/items", limit="2", cursor=first["next_cursor"]), 200)
        third = ok(room.api.get("/items", limit="2", cursor=second["next_cursor"]), 200)
        assert [item["name"] for page in (first, second, third) for item in page["data"]] == list("bdfghj")
        assert third["next_cursor"] is None

    def test_names_with_long_words_and_signs_can_be_paged(self, room: Storeroom) -> None:
        for letter in "äöü":
            room.item(f"😀 {letter * 190}")
        found: list[Body] = []
        cursor: dict[str, str] = {}
        while True:
            page = ok(room.api.get("/items", limit="1", **cursor), 200)
            found += page["data"]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len({item["id"] for item in found}) == len(found) == 3

    @pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "201"}, {"limit": "all"}, {"cursor": "page-2"}])
    def test_a_page_that_cannot_be_is_refused(self, room: Storeroom, query: dict[str, str]) -> None:
        assert list(refused(room.api.get("/items", **query), 422, "invalid")["errors"]) == list(query)


class TestWho:
    def test_who_may_not_see_costs_sees_none(self, room: Storeroom, viewer: Actor) -> None:
        item = room.item()
        room.receive(item, "1", "3", fifo_code="L")
        seen = cast.api(viewer)
        assert {"value", "average_unit_cost"}.isdisjoint(ok(seen.get(f"/items/{item['id']}"), 200))
        assert not [name for name in ok(seen.get("/lots/L"), 200) if "cost" in name]
        posting = ok(seen.get("/postings"), 200)["data"][0]
        assert not [name for part in (posting, *posting["movements"]) for name in part if "cost" in name]

    def test_who_only_reads_makes_and_changes_nothing(self, room: Storeroom, viewer: Actor) -> None:
        item, seen = room.item(), cast.api(viewer)
        receipt = {"quantity": "1", "unit_cost": "1"}
        refused(seen.post("/items", {"name": "X", "type": "ingredient", "unit": "g"}), 403, "forbidden")
        refused(seen.patch(f"/items/{item['id']}", {"name": "X"}), 403, "forbidden")
        refused(seen.post(f"/items/{item['id']}/receipts", receipt), 403, "forbidden")
        refused(seen.post("/items/no-such-item/receipts", receipt), 403, "forbidden")


def names(room: Storeroom, **query: str) -> list[str]:
    return [item["name"] for item in ok(room.api.get("/items", **query), 200)["data"]]


def test_an_untracked_item_is_never_short_and_never_valued(room: Storeroom) -> None:
    water = room.item("Water", unit="l", tracked=False)
    posting = room.issue(water, "5")
    movement = posting["movements"][0]
    assert (movement["lot"], movement["quantity"], movement["cost"], posting["total_cost"]) == (None, "-5", "0", "0")
    now = room.see(water)
    assert (now["on_hand"], now["available"], now["value"], now["average_unit_cost"]) == (None, None, None, None)

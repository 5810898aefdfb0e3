"""Worked cases: nesting, scaling, units, versions, mass balance, over HTTP."""

import pytest

from tests.inventory.storeroom import Body, ok, refused
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def flour(shop: Workshop) -> Body:
    return shop.item("Flour", "kg")


@pytest.fixture
def sugar(shop: Workshop) -> Body:
    return shop.item("Sugar", "kg")


@pytest.fixture
def salt(shop: Workshop) -> Body:
    return shop.item("Salt", "g")


class TestNesting:
    @pytest.fixture
    def cake(self, shop: Workshop, flour: Body, sugar: Body) -> Body:
        icing = shop.recipe("Icing", ("Icing sugar", "1", "kg"), of(sugar, "2"))
        return shop.recipe("Cake", ("Cake", "1", "each"), of(flour, "2"), of(sugar, "1"), of(icing, "1.5"))

    def test_c18_a_recipe_in_a_recipe_is_taken_apart_to_its_materials(self, shop: Workshop, cake: Body) -> None:
        assert shop.explosion(cake, "2") == {"Flour": "4", "Sugar": "8"}
        check = shop.check_recipe(cake, "2")
        assert [(line["item"]["name"], line["needed"]) for line in check["lines"]] == [("Flour", "4"), ("Sugar", "8")]

    def test_c19_a_diamond_is_reported_once_with_both_paths(self, shop: Workshop, salt: Body) -> None:
        brine = shop.recipe("D", ("Brine", "1", "l"), of(salt, "3"))
        left = shop.recipe("B", ("Left", "1", "each"), of(brine, "2"))
        right = shop.recipe("C", ("Right", "1", "each"), of(brine, "2"))
        top = shop.recipe("A", ("Top", "1", "each"), of(left, "1"), of(right, "1"))
        (line,) = ok(shop.api.get(f"/recipes/{top['id']}/explosion"), 200)["lines"]
        assert (line["item"]["name"], line["needed"], line["unit"]) == ("Salt", "12", "g")
        assert line["paths"] == [["A", "B", "D"], ["A", "C", "D"]]

    def test_a_part_of_a_making_is_said_in_units_of_its_output(self, shop: Workshop, salt: Body) -> None:
        brine = shop.recipe("Brine", ("Brine", "2", "l"), of(salt, "30"))
        jar = shop.recipe("Pickles", ("Pickles", "1", "jar"), of(brine, "500", "ml"))
        assert shop.explosion(jar, "3") == {"Salt": "22.5"}

    def test_thirds_are_rounded_once_after_all_levels(self, shop: Workshop, salt: Body) -> None:
        brine = shop.recipe("Brine", ("Brine", "3", "l"), of(salt, "1"))
        jar = shop.recipe("Pickles", ("Pickles", "1", "jar"), of(brine, "1", "l"))
        assert shop.explosion(jar, "3") == {"Salt": "1"}

    def test_c20_a_recipe_is_not_made_of_itself(self, shop: Workshop, salt: Body) -> None:
        below = shop.recipe("B", ("Below", "1", "each"), of(salt, "1"))
        above = shop.recipe("A", ("Above", "1", "each"), of(below, "1"))
        refusal = refused(shop.revise(below, of(above, "1")), 422, "recipe_cycle")
        assert refusal["details"]["path"] == ["A", "B", "A"]
        refusal = refused(shop.revise(below, of(below, "1")), 422, "recipe_cycle")
        assert refusal["details"]["path"] == ["B", "B"]
        assert ok(shop.api.get(f"/recipes/{below['id']}"), 200)["version"] == 1

    def test_c20_a_ring_of_three_is_named(self, shop: Workshop, salt: Body) -> None:
        third = shop.recipe("C", ("Third", "1", "each"), of(salt, "1"))
        second = shop.recipe("B", ("Second", "1", "each"), of(third, "1"))
        first = shop.recipe("A", ("First", "1", "each"), of(second, "1"))
        refusal = refused(shop.revise(third, of(salt, "1"), of(first, "1")), 422, "recipe_cycle")
        assert refusal["details"]["path"] == ["A", "B", "C", "A"]

    def test_c20_ten_levels_and_no_more(self, shop: Workshop, salt: Body) -> None:
        recipe = shop.recipe("Level 1", ("Thing 1", "1", "each"), of(salt, "2"))
        bottom = recipe
        for level in range(2, 11):
            recipe = shop.recipe(f"Level {level}", (f"Thing {level}", "1", "each"), of(recipe, "2"))
        assert shop.explosion(recipe) == {"Salt": str(2**10)}
        answer = shop.try_recipe("Level 11", ("Thing 11", "1", "each"), of(recipe, "1"))
        refused(answer, 422, "recipe_too_deep")
        lower = shop.recipe("Level 0", ("Thing 0", "1", "each"), of(salt, "1"))
        refused(shop.revise(bottom, of(lower, "1")), 422, "recipe_too_deep")

    def test_a_wide_lattice_is_exploded_in_a_moment(self, shop: Workshop, salt: Body) -> None:
        recipe = shop.recipe("Level 1", ("Thing 1", "1", "each"), of(salt, "1"))
        for level in range(2, 11):
            lines = [of(recipe, "1") for _ in range(6)]
            recipe = shop.recipe(f"Level {level}", (f"Thing {level}", "1", "each"), *lines)
        assert shop.explosion(recipe) == {"Salt": str(6**9)}


class TestScaling:
    def test_c27_a_hundred_times_one_fifteen_is_a_hundred_and_fifteen(self, shop: Workshop, salt: Body) -> None:
        recipe = shop.recipe("Brine", ("Brine", "1", "l"), of(salt, "100"))
        assert shop.explosion(recipe, "1.15") == {"Salt": "115"}
        scaled = ok(shop.api.get(f"/recipes/{recipe['id']}", scale="1.15"), 200)
        assert scaled["lines"][0]["quantity"] == "115"
        assert scaled["output"]["quantity"] == "1.15"

    def test_c16_the_output_grows_with_the_scale(self, shop: Workshop, salt: Body) -> None:
        recipe = shop.recipe("Granola", ("Granola", "399.6", "lb"), of(salt, "1"))
        assert shop.plan(recipe, "12")["expected"] == "4795.2"

    @pytest.mark.parametrize("scale", ["0", "-1", "1e3", "x", "0.0000001"])
    def test_a_scale_is_a_plain_number_above_zero(self, shop: Workshop, salt: Body, scale: str) -> None:
        recipe = shop.recipe("Brine", ("Brine", "1", "l"), of(salt, "100"))
        answer = shop.api.get(f"/recipes/{recipe['id']}/explosion", scale=scale)
        assert "scale" in refused(answer, 422, "invalid")["errors"]

    def test_what_becomes_nothing_is_refused(self, shop: Workshop, salt: Body) -> None:
        recipe = shop.recipe("Brine", ("Brine", "1", "l"), of(salt, "0.000001"))
        answer = shop.api.get(f"/recipes/{recipe['id']}/explosion", scale="0.4")
        assert "scale" in refused(answer, 422, "invalid")["errors"]


class TestUnits:
    @pytest.fixture
    def bread(self, shop: Workshop, flour: Body) -> Body:
        return shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "4", "cup"))

    def test_c28_cups_become_kilograms_by_the_density(self, shop: Workshop, flour: Body, bread: Body) -> None:
        shop.receive(flour, "0.5", "2")
        density = {"mass": "120", "mass_unit": "g", "volume": "1", "volume_unit": "cup"}
        ok(shop.api.patch(f"/items/{flour['id']}", {"density": density}), 200)
        (line,) = shop.check_recipe(bread)["lines"]
        assert (line["needed"], line["total_cost"]) == ("0.48", "0.96")
        shop.make(bread)
        assert shop.stock(flour) == ("0.02", "0.04")

    def test_c28_without_a_density_it_is_asked_for(self, shop: Workshop, flour: Body, bread: Body) -> None:
        assert "density of Flour" in bread["warnings"][0]
        for answer in (
            shop.api.post("/stock-checks", {"recipe": bread["id"]}),
            shop.api.post("/batches", {"recipe": bread["id"]}),
            shop.api.get(f"/recipes/{bread['id']}/explosion"),
        ):
            refusal = refused(answer, 422, "missing_density")
            assert list(refusal["errors"]) == ["lines.0.unit"]
            assert refusal["drawer_payload"]["error_code"] == "MISSING_DENSITY"
            assert flour["id"] in refusal["drawer_payload"]["modal_url"]
        cost = ok(shop.api.get(f"/recipes/{bread['id']}/cost"), 200)
        assert [found["item"]["name"] for found in cost["uncosted"]] == ["Flour"]

    def test_a_unit_that_nobody_knows_is_refused_on_its_line(self, shop: Workshop, flour: Body, sugar: Body) -> None:
        answer = shop.try_recipe("Bread", ("Bread", "1", "each"), of(sugar, "1"), of(flour, "1", "wheelbarrow"))
        assert list(refused(answer, 422, "unknown_unit")["errors"]) == ["lines.1.unit"]

    def test_an_own_unit_that_a_recipe_says_amounts_in_stays(self, shop: Workshop, flour: Body) -> None:
        ok(shop.api.put(f"/items/{flour['id']}/units/scoop", {"quantity": "90", "unit": "g"}), 200)
        bread = shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "2", "scoops"))
        assert shop.explosion(bread) == {"Flour": "0.18"}
        refusal = refused(shop.api.delete(f"/items/{flour['id']}/units/scoop"), 409, "unit_in_use")
        assert "Bread" in refusal["detail"]


class TestVersions:
    def test_a_published_version_stays_readable_as_it_was(self, shop: Workshop, flour: Body) -> None:
        first = shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "2"))
        second = ok(shop.revise(first, of(flour, "2.5")), 201)
        assert (second["version"], second["current"], second["status"]) == (2, True, "published")
        assert second["output"] == first["output"]
        before = ok(shop.api.get(f"/recipes/{first['id']}/versions/1"), 200)
        assert before == {**first, "current": False}
        assert shop.explosion(first) == {"Flour": "2.5"}

    def test_b30_a_draft_needs_a_name_alone_and_publishing_says_what_is_missing(
        self, shop: Workshop, flour: Body
    ) -> None:
        draft = ok(shop.api.post("/recipes", {"name": "Idea", "draft": True}), 201)
        assert (draft["status"], draft["current"], draft["output"], draft["lines"]) == ("draft", False, None, [])
        assert set(refused(shop.revise(draft), 422, "invalid")["errors"]) == {"output", "lines"}
        refused(shop.api.get(f"/recipes/{draft['id']}/cost"), 422, "not_published")
        published = ok(
            shop.revise(draft, of(flour, "1"), output={"name": "Idea", "quantity": "1", "unit": "each"}), 201
        )
        assert (published["version"], published["status"]) == (2, "published")

    def test_a_draft_changes_nothing_of_what_is_in_force(self, shop: Workshop, flour: Body) -> None:
        bread = shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "2"))
        draft = ok(shop.revise(bread, of(flour, "3"), draft=True), 201)
        assert (draft["version"], draft["status"], draft["current"]) == (2, "draft", False)
        assert shop.explosion(bread) == {"Flour": "2"}
        published = ok(shop.revise(bread), 201)
        assert (published["version"], published["lines"][0]["quantity"]) == (3, "3")

    def test_the_product_that_is_named_again_is_the_same(self, shop: Workshop, flour: Body) -> None:
        output = {"name": "Bread", "quantity": "2", "unit": "each"}
        bread = shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "2"))
        again = ok(shop.revise(bread, of(flour, "4"), output=output), 201)
        assert again["output"] == {**bread["output"], "quantity": "2"}

    def test_b30_the_same_name_twice_is_refused_and_elsewhere_is_fine(
        self, shop: Workshop, other_shop: Workshop, flour: Body
    ) -> None:
        shop.recipe("Crème brûlée", ("Crème", "1", "each"), of(flour, "2"))
        refusal = refused(shop.try_recipe("creme Brulee", ("X", "1", "each"), of(flour, "2")), 409, "already_exists")
        assert refusal["details"]["field"] == "name"
        other_shop.recipe("Crème brûlée", ("Crème", "1", "each"), of(other_shop.item("Flour"), "2"))

    @pytest.mark.parametrize(
        ("name", "prefix"),
        [("Soap", "SOA"), ("Lavender Soap", "LAS"), ("Rose Clay Soap Bar", "RCSB"), ("Té", "TE"), ("石鹸", "BATCH")],
    )
    def test_b32_the_prefix_comes_from_the_name(self, shop: Workshop, flour: Body, name: str, prefix: str) -> None:
        assert shop.recipe(name, (name, "1", "each"), of(flour, "2"))["prefix"] == prefix

    def test_a_prefix_may_be_said(self, shop: Workshop, flour: Body) -> None:
        assert shop.recipe("Soap", ("Soap", "1", "each"), of(flour, "1"), prefix="bar")["prefix"] == "BAR"
        answer = shop.try_recipe("Other", ("Other", "1", "each"), of(flour, "1"), prefix="much-too-long-it-is")
        assert "prefix" in refused(answer, 422, "invalid")["errors"]


class TestMassBalance:
    def test_c15_mass_from_nowhere_is_pointed_at(self, shop: Workshop) -> None:
        oats, sugar = shop.item("Oats", "g"), shop.item("Sugar", "g")
        recipe = shop.recipe("Granola", ("Granola", "300", "g"), of(oats, "150"), of(sugar, "50"))
        assert recipe["warnings"] == ["Inputs 200 g, output 300 g: +50 %."]

    def test_what_balances_is_left_alone(self, shop: Workshop) -> None:
        oats, sugar = shop.item("Oats", "g"), shop.item("Sugar", "kg")
        recipe = shop.recipe("Granola", ("Granola", "0.2", "kg"), of(oats, "150"), of(sugar, "0.05"))
        assert recipe["warnings"] == []

    def test_what_cannot_be_weighed_is_not_guessed_at(self, shop: Workshop) -> None:
        oats, jar = shop.item("Oats", "g"), shop.item("Jar", "each")
        recipe = shop.recipe("Granola", ("Granola", "1", "jar"), of(oats, "150"), of(jar, "1"))
        assert recipe["warnings"] == []


class TestReferences:
    def test_what_is_not_there_is_named_line_by_line(self, shop: Workshop, flour: Body) -> None:
        lines = [{"item": flour["code"], "quantity": "1"}, {"item": "nothing", "quantity": "1"}]
        answer = shop.try_recipe("Bread", ("Bread", "1", "each"), *lines, {"recipe": "None such", "quantity": "1"})
        assert refused(answer, 404, "not_found")["errors"].keys() <= {"lines.1.item", "lines.2.recipe"}

    def test_a_recipe_may_be_named(self, shop: Workshop, flour: Body) -> None:
        shop.recipe("Sour Dough", ("Dough", "1", "kg"), of(flour, "1"))
        bread = shop.recipe("Bread", ("Bread", "1", "each"), {"recipe": "sour dough", "quantity": "2"})
        assert bread["lines"][0]["recipe"]["name"] == "Sour Dough"
        assert bread["lines"][0]["unit"] == "batch"
        check = ok(shop.api.post("/stock-checks", {"recipe": "BREAD"}), 200)
        assert [short["paths"] for short in check["missing"]] == [[["Bread", "Sour Dough"]]]

    @pytest.mark.parametrize(
        "line",
        [{"quantity": "1"}, {"item": "flour", "recipe": "Roux", "quantity": "1"}, {"item": "flour", "quantity": "0"}],
    )
    def test_a_line_names_one_thing_and_an_amount(self, shop: Workshop, flour: Body, line: Body) -> None:
        shop.recipe("Roux", ("Roux", "1", "kg"), of(flour, "1"))
        answer = shop.try_recipe("Bread", ("Bread", "1", "each"), line)
        assert any(field.startswith("lines.0") for field in refused(answer, 422, "invalid")["errors"])

    def test_another_organizations_recipe_does_not_exist(
        self, shop: Workshop, other_shop: Workshop, flour: Body
    ) -> None:
        bread = shop.recipe("Bread", ("Bread", "1", "each"), of(flour, "1"))
        theirs = other_shop.item("Flour")
        for path in ("", "/cost", "/explosion", "/versions/1"):
            refused(other_shop.api.get(f"/recipes/{bread['id']}{path}"), 404, "not_found")
        refused(other_shop.revise(bread, of(theirs, "1")), 404, "not_found")
        for recipe in (bread["id"], "Bread"):
            refused(other_shop.api.post("/stock-checks", {"recipe": recipe}), 404, "not_found")
            refused(other_shop.api.post("/batches", {"recipe": recipe}), 404, "not_found")
            answer = other_shop.try_recipe("Mine", ("Mine", "1", "each"), {"recipe": recipe, "quantity": "1"})
            refused(answer, 404, "not_found")


class TestList:
    def test_recipes_are_listed_by_name_page_by_page(self, shop: Workshop, flour: Body) -> None:
        for name in ("Cake", "Äpfel", "Bread"):
            shop.recipe(name, (name, "1", "each"), of(flour, "1"))
        first = ok(shop.api.get("/recipes", limit="2"), 200)
        second = ok(shop.api.get("/recipes", limit="2", cursor=first["next_cursor"]), 200)
        assert [row["name"] for row in first["data"] + second["data"]] == ["Äpfel", "Bread", "Cake"]
        assert second["next_cursor"] is None
        assert [row["name"] for row in ok(shop.api.get("/recipes", q="apf"), 200)["data"]] == ["Äpfel"]


class TestCost:
    def test_it_costs_what_fifo_would_take_now(self, shop: Workshop, flour: Body, sugar: Body) -> None:
        shop.receive(flour, "1", "2")
        shop.receive(flour, "5", "3")
        shop.receive(sugar, "1", "1")
        cake = shop.recipe("Cake", ("Cake", "4", "each"), of(flour, "2"), of(sugar, "2"))
        cost = ok(shop.api.get(f"/recipes/{cake['id']}/cost"), 200)
        assert (cost["total_cost"], cost["per_unit"]) == ("6", "1.5")
        assert [(line["item"]["name"], line["cost"]) for line in cost["lines"]] == [("Flour", "5"), ("Sugar", "1")]
        assert [(found["item"]["name"], found["reason"]) for found in cost["uncosted"]] == [
            ("Sugar", "Only 1 of 2 kg are in stock.")
        ]
        assert ok(shop.api.get(f"/recipes/{cake['id']}/cost", scale="0.5"), 200)["total_cost"] == "3"

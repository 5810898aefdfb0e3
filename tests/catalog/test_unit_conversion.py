"""What a maker measures in one unit goes into the books in another, exactly or not at all."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import (
    Density,
    ItemUnits,
    MissingDensity,
    MissingUnitMapping,
    Part,
    UnknownUnit,
)
from app.kernel.errors import Invalid
from app.kernel.numbers import MICRO, Quantity

FLOUR_ID = UUID("01890000-0000-7000-8000-000000000001")
SUGAR = ItemUnits("g")
OIL = ItemUnits("g", density=Density(920_000, MICRO))
FLOUR_SAID_PER_CUP = Density(120 * MICRO, MICRO, "g", "cup_us")


def stock(amount: str, unit: str | None, item: ItemUnits) -> int:
    return unit_conversion.to_stock_unit(Quantity(Decimal(amount), unit), item)


class TestWhatHoldsOfEverything:
    def test_a_pound_is_exactly_sixteen_ounces(self) -> None:
        assert unit_conversion.convert(Fraction(1), "lb", "oz") == 16

    def test_a_dozen_is_twelve(self) -> None:
        assert unit_conversion.convert(Fraction(1), "dozen", "each") == 12

    def test_a_pound_is_its_defined_weight(self) -> None:
        assert unit_conversion.convert(Fraction(1), "lb", "g") == Fraction("453.59237")

    def test_a_metric_cup_is_a_quarter_litre(self) -> None:
        assert unit_conversion.convert(Fraction(4), "metric cup", "l") == 1


class TestStockUnit:
    def test_what_is_typed_in_the_stock_unit_is_exact(self) -> None:
        oil_by_the_ounce = ItemUnits("oz")
        received = 1000 * stock("1", "oz", oil_by_the_ounce)

        assert received - stock("1000", "oz", oil_by_the_ounce) == 0
        assert 10 * stock("0.1", None, oil_by_the_ounce) == stock("1", "OZ", oil_by_the_ounce)

    def test_sixteen_ounces_into_grams_are_rounded_once(self) -> None:
        assert stock("16", "oz", SUGAR) == 453_592_370
        assert 16 * stock("1", "oz", SUGAR) == 453_592_368

    def test_grams_of_an_item_kept_in_kilograms_are_never_nothing(self) -> None:
        butter = ItemUnits("kg")

        assert stock("500", "g", butter) == 500_000
        assert 3 * stock("0.4", "g", butter) == 1_200

    def test_half_a_millionth_goes_to_the_even_side(self) -> None:
        butter = ItemUnits("kg")

        assert stock("0.0025", "g", butter) == 2
        assert stock("0.0035", "g", butter) == 4

    def test_a_sum_is_rounded_after_summing(self) -> None:
        thirds = [Part(Fraction(1, 3), "g")] * 3

        assert unit_conversion.in_unit(thirds, "g") == MICRO

    def test_forty_cases_of_thirty_five_pounds(self) -> None:
        beans = ItemUnits("lb", own={"case": (35 * MICRO, "lb")})

        assert stock("40", "case", beans) == 1_400 * MICRO

    @pytest.mark.parametrize(("amount", "unit"), [("0.0004", "mg"), ("0.000001", "mg"), ("999999999", "t")])
    def test_what_would_vanish_or_overflow_is_refused(self, amount: str, unit: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.to_stock_unit(Quantity(Decimal(amount), unit), ItemUnits("kg"), field="lines.0.quantity")

        assert list(refusal.value.errors) == ["lines.0.quantity"]

    def test_the_largest_and_the_smallest_that_fit_are_taken(self) -> None:
        assert stock("999999999", "g", SUGAR) == 999_999_999 * MICRO
        assert stock("999999.999", "kg", SUGAR) == 999_999_999 * MICRO
        assert stock("0.000001", "g", SUGAR) == 1
        with pytest.raises(Invalid):
            stock("999999.999001", "kg", SUGAR)

    def test_nothing_stays_nothing(self) -> None:
        assert stock("0", "kg", SUGAR) == 0


class TestDensity:
    def test_a_cup_of_oil(self) -> None:
        assert unit_conversion.convert(Fraction(1), "cup", "g", OIL) == Fraction("236.5882365") * Fraction("0.92")

    @pytest.mark.parametrize(("kept_in", "micro"), [("kg", 480_000), ("g", 480 * MICRO), ("mg", 480_000 * MICRO)])
    def test_four_cups_of_flour_said_per_cup_are_exact_in_any_unit(self, kept_in: str, micro: int) -> None:
        assert stock("4", "cups", ItemUnits(kept_in, density=FLOUR_SAID_PER_CUP)) == micro

    def test_weight_goes_back_to_volume(self) -> None:
        assert unit_conversion.convert(Fraction(120), "g", "cup", ItemUnits("g", density=FLOUR_SAID_PER_CUP)) == 1

    def test_a_missing_one_is_an_error_with_its_drawer_and_then_goes_through(self) -> None:
        flour = ItemUnits("g", item_id=FLOUR_ID, item_name="Flour")
        with pytest.raises(MissingDensity, match="density of Flour") as refusal:
            unit_conversion.to_stock_unit(Quantity(Decimal(4), "cup"), flour, field="lines.1.quantity")

        assert list(refusal.value.errors) == ["lines.1.unit"]
        assert refusal.value.problem()["drawer_payload"] | {"error_message": ""} == {
            "version": 1,
            "error_code": "MISSING_DENSITY",
            "error_message": "",
            "modal_url": f"items/{FLOUR_ID}/density",
            "success_event": "density.saved",
            "retry": True,
        }
        assert stock("4", "cup", ItemUnits("g", density=FLOUR_SAID_PER_CUP, item_id=FLOUR_ID)) == 480 * MICRO

    def test_an_ounce_of_a_liquid_stays_a_weight(self) -> None:
        with pytest.raises(MissingDensity):
            stock("1", "oz", ItemUnits("ml"))

    def test_without_an_item_the_way_to_the_items_is_shown(self) -> None:
        with pytest.raises(MissingDensity) as refusal:
            unit_conversion.convert(Fraction(1), "cup", "g")

        assert refusal.value.drawer == {"redirect_url": "stock", "success_event": "density.saved", "retry": True}


class TestOwnUnits:
    def test_two_bars_weigh_what_this_maker_said(self) -> None:
        assert stock("2", "bar", ItemUnits("g", own={"bar": (113 * MICRO, "g")})) == 226 * MICRO

    def test_another_makers_bar_is_unknown(self) -> None:
        with pytest.raises(UnknownUnit) as refusal:
            stock("2", "bar", ItemUnits("g", item_id=FLOUR_ID))

        assert refusal.value.code == "unknown_unit"
        assert refusal.value.errors.keys() == {"unit"}
        assert (refusal.value.drawer or {})["modal_url"] == f"items/{FLOUR_ID}/units?name=bar"

    def test_they_chain(self) -> None:
        cocoa = ItemUnits("g", own={"case": (6 * MICRO, "bag"), "bag": (2_500_000, "kg")})

        assert unit_conversion.convert(Fraction(1), "case", "g", cocoa) == 15_000
        assert unit_conversion.convert(Fraction(15), "kg", "case", cocoa) == 1

    @pytest.mark.parametrize("said", ["box", "Boxes", "BOXS"])
    def test_they_have_a_plural(self, said: str) -> None:
        assert stock("2", said, ItemUnits("g", own={"box": (500 * MICRO, "g")})) == 1_000 * MICRO

    def test_they_meet_midway_when_nothing_is_said_of_weight(self) -> None:
        lids = ItemUnits("each", own={"case": (12 * MICRO, "sleeve"), "sleeve": (50 * MICRO, "each")})

        assert unit_conversion.convert(Fraction(1), "case", "sleeve", lids) == 12
        assert unit_conversion.convert(Fraction(600), "each", "case", lids) == 1

    def test_one_each_may_have_a_weight_and_through_the_density_a_volume(self) -> None:
        egg = ItemUnits("each", density=Density(1_030_000, MICRO), own={"each": (50 * MICRO, "g")})

        assert unit_conversion.convert(Fraction(1), "dozen", "g", egg) == 600
        assert unit_conversion.convert(Fraction(103), "ml", "each", egg) == Fraction("2.1218")

    def test_a_ring_ends(self) -> None:
        ring = ItemUnits("g", own={"a": (MICRO, "b"), "b": (MICRO, "a")})

        with pytest.raises(MissingUnitMapping):
            unit_conversion.convert(Fraction(1), "a", "g", ring)

    @pytest.mark.parametrize(("source", "target"), [("each", "g"), ("dozen", "g"), ("g", "each"), ("ml", "each")])
    def test_a_count_without_a_mapping_is_refused_and_no_number_invented(self, source: str, target: str) -> None:
        soap = ItemUnits("g", density=Density(MICRO, MICRO), item_id=FLOUR_ID)

        with pytest.raises(MissingUnitMapping) as refusal:
            unit_conversion.convert(Fraction(2), source, target, soap)

        assert refusal.value.code == "missing_unit_mapping"
        assert (refusal.value.drawer or {})["modal_url"] == f"items/{FLOUR_ID}/units?name=each"
        assert (refusal.value.drawer or {})["success_event"] == "unit.saved"

    def test_an_item_kept_in_jars_knows_its_jar_and_nothing_of_its_weight(self) -> None:
        balm = ItemUnits("jar")

        assert stock("3", "jars", balm) == 3 * MICRO
        with pytest.raises(MissingUnitMapping):
            stock("1", "kg", balm)

    def test_a_jar_that_holds_something_known_converts(self) -> None:
        balm = ItemUnits("jar", own={"jar": (250 * MICRO, "g")})

        assert stock("1", "kg", balm) == 4 * MICRO


class TestNames:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            *[
                ("KG", "kg"),
                ("Lbs.", "lb"),
                ("fl  oz", "fl_oz_us"),
                ("Fl. Oz.", "fl_oz_us"),
                ("cm²", "cm2"),
                ("#", "lb"),
            ],
            *[("µg", "mcg"), ("tsp.", "tsp_us"), (" Cup ", "cup_us"), ("DOZ", "dozen"), ("pcs", "each"), ("oz", "oz")],
        ],
    )
    def test_a_unit_is_found_by_code_or_alias_in_any_case(self, name: str, code: str) -> None:
        unit = unit_conversion.find(name)

        assert unit is not None
        assert unit.code == code

    @pytest.mark.parametrize(
        "name", ["", "T", "M", "gr", "bar", "kg**999999", "g/ml", "g" * 10_000, "g\x00", "\u202eg", "kges"]
    )
    def test_what_is_unclear_or_nonsense_is_no_unit(self, name: str) -> None:
        assert unit_conversion.find(name) is None
        with pytest.raises(UnknownUnit) as refusal:
            unit_conversion.known(name, ItemUnits("kg"), field="to")
        assert len(refusal.value.detail) < 200
        assert refusal.value.detail.isprintable()

    @pytest.mark.parametrize("name", ["gr", "T", "M"])
    def test_the_unclear_ones_are_answered_with_what_to_write(self, name: str) -> None:
        with pytest.raises(UnknownUnit, match="can mean"):
            unit_conversion.known(name)

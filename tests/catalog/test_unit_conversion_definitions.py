"""What a maker says about units is checked before it is kept, and the units of the file are what Pint says they are."""

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import Density, ItemUnits, UnknownUnit, pint_ratios
from app.kernel import text
from app.kernel.errors import Invalid
from app.kernel.numbers import MICRO

DATA = Path(unit_conversion.__file__).parents[2] / "data"


def rows() -> list[dict[str, str]]:
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestFile:
    def test_pint_and_the_file_agree_exactly_wherever_pint_has_the_unit(self) -> None:
        stated = {row["code"]: Fraction(int(row["numerator"]), int(row["denominator"])) for row in rows()}
        pints = pint_ratios.ratios()

        assert {code: stated[code] for code in pints} == pints
        assert len(pints) >= 50

    def test_what_pint_lacks_is_a_count_or_a_convention_of_the_kitchen(self) -> None:
        lacking = {row["code"] for row in rows() if row["kind"] != "count"} - pint_ratios.ratios().keys()

        assert lacking == {
            *("cup_us_label", "tsp_metric", "tbsp_metric", "tbsp_au", "cup_metric", "cup_jp"),
            *("drop", "dash", "pinch", "smidgen"),
        }

    def test_pint_says_the_kind_that_the_file_says(self) -> None:
        kinds = {row["code"]: row["kind"] for row in rows()}

        assert all(kinds[code] == kind for kind, names in pint_ratios.NAMES.items() for code in names)

    def test_no_name_means_two_units(self) -> None:
        names = [
            (text.search_key(name), unit.code)
            for unit in unit_conversion.system_units()
            for name in (unit.code, *unit.aliases)
        ]

        assert len({name for name, _ in set(names)}) == len(set(names))

    def test_no_counting_word_is_also_a_unit(self) -> None:
        assert not [word for word in unit_conversion.counting_words() if unit_conversion.find(word)]

    def test_every_unit_that_the_data_use_is_a_unit(self) -> None:
        with (DATA / "ingredients.csv").open(encoding="utf-8", newline="") as file:
            units = {row["default_unit"] for row in csv.DictReader(file)}
        with (DATA / "packaging.csv").open(encoding="utf-8", newline="") as file:
            units |= {row["capacity_unit"] for row in csv.DictReader(file)} - {""}

        assert units
        assert not [unit for unit in units if unit_conversion.find(unit) is None]


class TestStockUnit:
    @pytest.mark.parametrize(
        ("said", "code"),
        [("KG", "kg"), ("pounds", "lb"), ("Jar", "jar"), ("boxes", "box"), ("glass", "glass"), ("pcs", "each")],
    )
    def test_is_a_system_unit_or_a_word_that_counts(self, said: str, code: str) -> None:
        assert unit_conversion.stock_unit(said) == code

    @pytest.mark.parametrize("said", ["", "xyz", "T", "kg**999999", "j" * 10_000, "jar\x00", "hour"])
    def test_is_nothing_else(self, said: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.stock_unit(said, field="unit")

        assert list(refusal.value.errors) == ["unit"]


class TestDensity:
    def test_is_kept_as_it_was_said(self) -> None:
        said = unit_conversion.density(mass=Decimal(120), mass_unit="Grams", volume=Decimal(1), volume_unit="cup")

        assert said == Density(120 * MICRO, MICRO, "g", "cup_us")
        assert said.g_per_ml == Fraction(120) / Fraction("236.5882365")

    @pytest.mark.parametrize(
        ("said", "field"),
        [
            ({"mass": Decimal(0), "volume": Decimal(1)}, "density.mass"),
            ({"mass": Decimal(1), "volume": Decimal(-1)}, "density.volume"),
            ({"mass": Decimal(1), "mass_unit": "ml", "volume": Decimal(1)}, "density.mass_unit"),
            ({"mass": Decimal(1), "volume": Decimal(1), "volume_unit": "g"}, "density.volume_unit"),
            ({"mass": Decimal(1), "volume": Decimal(1), "volume_unit": "bar"}, "density.volume_unit"),
        ],
    )
    def test_is_a_weight_to_a_volume_both_above_zero(self, said: dict[str, Decimal], field: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.density(**said)  # type: ignore[arg-type]

        assert list(refusal.value.errors) == [field]

    def test_may_be_said_in_grams_to_the_millilitre(self) -> None:
        assert unit_conversion.density_g_per_ml(Decimal("0.92")) == Density(920_000, MICRO)
        with pytest.raises(Invalid) as refusal:
            unit_conversion.density_g_per_ml(Decimal(0))
        assert list(refusal.value.errors) == ["density_g_per_ml"]


class TestOwnUnit:
    COCOA = ItemUnits("g", own={"bag": (2 * MICRO, "kg"), "case": (6 * MICRO, "bag")})

    def test_is_kept_by_its_name_in_lower_case(self) -> None:
        bar = unit_conversion.own_unit("Bar", quantity=Decimal(113), unit="grams", item=ItemUnits("g"))

        assert bar == ("bar", 113 * MICRO, "g")

    def test_may_be_said_in_another_one(self) -> None:
        pallet = unit_conversion.own_unit("pallet", quantity=Decimal(40), unit="Cases", item=self.COCOA)

        assert pallet == ("pallet", 40 * MICRO, "case")

    def test_may_be_said_anew(self) -> None:
        bag = unit_conversion.own_unit("BAG", quantity=Decimal("2.5"), unit="kg", item=self.COCOA)

        assert bag == ("bag", 2_500_000, "kg")

    def test_may_say_what_one_weighs(self) -> None:
        one = unit_conversion.own_unit("piece", quantity=Decimal(113), unit="g", item=ItemUnits("each"))

        assert one == ("each", 113 * MICRO, "g")

    @pytest.mark.parametrize(("name", "unit"), [("bag", "case"), ("bag", "bag"), ("each", "dozen")])
    def test_never_closes_a_ring(self, name: str, unit: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.own_unit(name, quantity=Decimal(2), unit=unit, item=self.COCOA)

        assert list(refusal.value.errors) == ["unit"]

    @pytest.mark.parametrize(
        "name", ["cup", "KG", "dozen", "T", "", " ", "4 oz jar", "a/b", "<b>", "x" * 41, "b\x00", "\u202eb"]
    )
    def test_is_a_plain_word_that_means_nothing_else(self, name: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.own_unit(name, quantity=Decimal(2), unit="g", item=self.COCOA)

        assert list(refusal.value.errors) == ["name"]

    @pytest.mark.parametrize("quantity", ["0", "-1", "1000000000"])
    def test_is_above_zero_and_bounded(self, quantity: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.own_unit("bar", quantity=Decimal(quantity), unit="g", item=self.COCOA)

        assert list(refusal.value.errors) == ["quantity"]

    def test_of_a_unit_that_nobody_knows_is_refused(self) -> None:
        with pytest.raises(UnknownUnit):
            unit_conversion.own_unit("bar", quantity=Decimal(1), unit="blorb", item=self.COCOA)

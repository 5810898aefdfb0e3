"""What people write in a quantity field is understood, or refused with a sentence that helps."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import Density, ItemUnits, Part
from app.kernel.errors import Invalid
from app.kernel.numbers import MICRO, Quantity

UNDERSTOOD = {
    "1.5 KG": [("3/2", "KG")],
    "2 lb 3 oz": [("2", "lb"), ("3", "oz")],
    "2lb3oz": [("2", "lb"), ("3", "oz")],
    "2 lb, 3 oz": [("2", "lb"), ("3", "oz")],
    "2 lb + 3 oz": [("2", "lb"), ("3", "oz")],
    "1/2 tsp": [("1/2", "tsp")],
    "1 1/2 cup": [("3/2", "cup")],
    "1½ cup": [("3/2", "cup")],
    "½ tsp": [("1/2", "tsp")],
    "3*250g": [("750", "g")],
    "3 x 250 g": [("750", "g")],
    "3×1/2 cup": [("3/2", "cup")],
    "2 fl oz 1 tsp": [("2", "fl oz"), ("1", "tsp")],
    ".5 kg": [("1/2", "kg")],
    "3#": [("3", "#")],
    "5'3\"": [("5", "'"), ("3", '"')],
    "5 cm2 1 m²": [("5", "cm2"), ("1", "m²")],
    "2 case12": [("2", "case12")],
    " 250 ": [("250", None)],
    "0": [("0", None)],
    "999999999.999999": [("999999999999999/1000000", None)],
}

REFUSED = [
    *("", " ", "kg", "NaN", "inf", "-inf", "Infinity", "-1", "−1 g", "+1", "1e5", "1E5 g", "1e-5 g", "0x10", "1_000"),
    *("1,000 g", "1,5", "1.000,5", "9" * 30, "1234567890", "1.1234567", "1.2.3", "1/0 g", "1/2/3", "1//2", "12345/1"),
    *("١٢ g", "１２ g", "² g", "2 lb 3", "12 345 g", "2 lb/oz", "g 5", "(5)", "5*", "5**6", "kg**999999"),
    *("2 t", "2 T", "1 g" + " " * 80, "1 g 1 g 1 g 1 g 1 g", "1 g\n=1+1", "\x00"),
]


@pytest.mark.parametrize(("text", "parts"), UNDERSTOOD.items())
def test_is_understood(text: str, parts: list[tuple[str, str | None]]) -> None:
    said = tuple(Part(Fraction(amount), unit) for amount, unit in parts)

    assert unit_conversion.read_quantity(text) == said


@pytest.mark.parametrize("text", REFUSED)
def test_is_refused_on_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        unit_conversion.read_quantity(text, field="counted")

    assert list(refusal.value.errors) == ["counted"]


def test_a_comma_is_answered_with_the_two_things_it_can_mean() -> None:
    with pytest.raises(Invalid, match=r"1500 or 1\.5"):
        unit_conversion.read_quantity("1,500 g")


@given(st.text(max_size=100))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    try:
        parts = unit_conversion.read_quantity(text)
    except Invalid:
        return

    assert all(part.amount >= 0 for part in parts)


@pytest.mark.parametrize(
    "text", ["1 " * 40, "1 1/" * 20, "a" * 80, "1 " + "a " * 39, "1x" * 40, "1 a1" * 20, "9" * 10**6]
)
def test_nothing_typed_takes_long(text: str) -> None:
    began = perf_counter()
    with suppress(Invalid):
        unit_conversion.read_quantity(text)

    assert perf_counter() - began < 0.5


class TestTyped:
    """From a page's field to the quantity that the same command takes from the API."""

    OIL = ItemUnits("g", density=Density(920_000, MICRO), own={"bar": (113 * MICRO, "g")})

    @pytest.mark.parametrize(
        ("text", "amount", "unit"),
        [
            ("250", "250", None),
            ("1.5 KG", "1.5", "KG"),
            ("2 lb 3 oz", "35", "oz"),
            ("1 lb 50 g", "503.59237", "g"),
            ("50 g 1 lb", "503.59237", "g"),
            ("1 kg 3 oz", "1085.048569", "g"),
            ("1/3 cup", "72.553726", "g"),
            ("2 bars 24 g", "250", "g"),
            ("1/8 lb 1/3 oz", "66.148887", "g"),
        ],
    )
    def test_becomes_one_amount_in_one_unit(self, text: str, amount: str, unit: str | None) -> None:
        assert unit_conversion.typed(text, self.OIL) == Quantity(Decimal(amount), unit)

    @pytest.mark.parametrize("text", ["2 cups", "2 crates", "2 each", "1000000 kg", "1 mcg 1 mg 0.0000001 g"])
    def test_what_cannot_be_kept_is_refused_on_the_pages_field(self, text: str) -> None:
        with pytest.raises(Invalid) as refusal:
            unit_conversion.typed(text, ItemUnits("g"), field="quantity")

        assert list(refusal.value.errors) == ["quantity"]

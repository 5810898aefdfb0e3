"""Laws of conversion over all units and many amounts: nothing is lost on the way there and back, order is kept."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import Density, ItemUnits, Part
from app.kernel import numbers

amounts = st.fractions(min_value=0, max_value=10**9, max_denominator=10**6)
counts = st.integers(min_value=1, max_value=10**12)
codes = st.sampled_from([unit.code for unit in unit_conversion.system_units() if unit.kind != "time"])
same_kind = st.sampled_from(
    [
        (one.code, other.code)
        for one, other in product(unit_conversion.system_units(), repeat=2)
        if one.kind == other.kind
    ]
)


@st.composite
def items(draw: st.DrawFn) -> ItemUnits:
    """An item of which everything is known: density, the weight of one, a case of bags."""
    return ItemUnits(
        "g",
        density=Density(draw(counts), draw(counts), draw(st.sampled_from(["g", "oz"])), "cup_us"),
        own={
            "each": (draw(counts), "oz"),
            "bag": (draw(counts), draw(st.sampled_from(["kg", "cup_us", "dozen"]))),
            "case": (draw(counts), "bag"),
        },
    )


anything = st.sampled_from(
    [unit.code for unit in unit_conversion.system_units() if unit.kind in {"mass", "volume", "count"}] + ["bag", "case"]
)


@given(amounts, same_kind)
def test_there_and_back_is_where_one_began(amount: Fraction, pair: tuple[str, str]) -> None:
    source, target = pair

    there = unit_conversion.convert(amount, source, target)

    assert type(there) is Fraction
    assert unit_conversion.convert(there, target, source) == amount


@given(amounts, anything, anything, items())
def test_there_and_back_through_density_and_own_units(
    amount: Fraction, source: str, target: str, item: ItemUnits
) -> None:
    there = unit_conversion.convert(amount, source, target, item)

    assert type(there) is Fraction
    assert unit_conversion.convert(there, target, source, item) == amount


@given(amounts, anything, anything, anything, items())
def test_a_detour_changes_nothing(amount: Fraction, source: str, through: str, target: str, item: ItemUnits) -> None:
    halfway = unit_conversion.convert(amount, source, through, item)

    assert unit_conversion.convert(halfway, through, target, item) == unit_conversion.convert(
        amount, source, target, item
    )


@given(amounts, amounts, anything, anything, items())
def test_more_of_one_is_more_of_the_other(
    less: Fraction, more: Fraction, source: str, target: str, item: ItemUnits
) -> None:
    less, more = sorted((less, more))
    converted = [unit_conversion.convert(amount, source, target, item) for amount in (less, more)]

    assert converted == sorted(converted)
    assert (converted[0] == converted[1]) == (less == more)


@given(st.integers(min_value=0, max_value=numbers.TYPED_LIMIT), codes)
def test_what_is_typed_in_the_stock_unit_is_kept_to_the_millionth(micro: int, code: str) -> None:
    assert unit_conversion.in_unit([Part(Fraction(micro, numbers.MICRO), code)], code) == micro


@given(st.fractions(min_value=1, max_value=10**6, max_denominator=10**6))
def test_a_rounded_amount_is_off_by_half_a_millionth_at_most(pounds: Fraction) -> None:
    micro = unit_conversion.in_unit([Part(pounds, "lb")], "g")

    exact = pounds * Fraction("453.59237") * numbers.MICRO
    assert abs(micro - exact) <= Fraction(1, 2)


@pytest.mark.parametrize("unit", unit_conversion.system_units(), ids=lambda unit: unit.code)
def test_every_unit_is_its_ratio_of_its_base(unit: unit_conversion.Unit) -> None:
    assert type(unit.ratio) is Fraction
    assert unit.ratio > 0
    assert unit_conversion.convert(Fraction(1), unit.code, unit.base) == unit.ratio

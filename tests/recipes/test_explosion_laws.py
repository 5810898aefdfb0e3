"""Laws of the explosion, tried on recipes that nobody would write: it comes to what walking every path comes to."""

from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.services.unit_conversion import ItemUnits
from app.kernel import numbers
from app.kernel.ids import uuid7
from app.kernel.numbers import MICRO
from app.recipes.services import explosion
from app.recipes.services.materials import Material
from app.recipes.services.structure import Line, Output, Used, Version
from tests.recipes.test_docs import LONG_AGO

LEVELS, MATERIALS = 5, 3
IDS = [uuid7() for _ in range(LEVELS)]
MADE, KEPT = ([uuid7() for _ in range(count)] for count in (LEVELS, MATERIALS))
KNOWN = {
    item_id: Material(item_id, str(n), str(n), "g", True, ItemUnits("g", None, {}, item_id, str(n)))
    for n, item_id in enumerate([*MADE, *KEPT])
}
amounts = st.integers(1, 5_000_000)
things = st.tuples(st.integers(0, LEVELS + MATERIALS - 1), amounts, st.sampled_from(["batch", "g", "kg"]))
recipes = st.lists(st.tuples(amounts, st.lists(things, min_size=1, max_size=4)), min_size=LEVELS, max_size=LEVELS)
Said = list[tuple[int, list[tuple[int, int, str]]]]


def versions(said: Said) -> dict[UUID, Version]:
    """Each recipe may use those after it, so there is no ring."""
    outputs = [Output(MADE[n], quantity, "g") for n, (quantity, _) in enumerate(said)]
    return {IDS[n]: version(n, outputs, lines) for n, (_, lines) in enumerate(said)}


def version(n: int, outputs: list[Output], lines: list[tuple[int, int, str]]) -> Version:
    made = tuple(line(n, number, thing, outputs) for number, thing in enumerate(lines, start=1))
    return Version(IDS[n], IDS[n], str(n), "X", "production", 1, 1, None, LONG_AGO, LONG_AGO, None, outputs[n], made)


def line(n: int, number: int, thing: tuple[int, int, str], outputs: list[Output]) -> Line:
    which, quantity, unit = thing
    below = n + 1 + which
    if below < LEVELS:
        return Line(number, None, Used(IDS[below], str(below), IDS[below], outputs[below]), quantity, unit, None)
    return Line(number, KEPT[which % MATERIALS], None, quantity, "g" if unit == "batch" else unit, None)


def walked(found: dict[UUID, Version], root: UUID, scale: Fraction) -> dict[UUID, Fraction]:
    """The same sums, one path at a time."""
    sums: dict[UUID, Fraction] = {}
    for step in found[root].lines:
        amount = scale * Fraction(step.quantity, MICRO) * (1000 if step.unit == "kg" else 1)
        if step.item_id:
            sums[step.item_id] = sums.get(step.item_id, Fraction()) + amount
            continue
        assert step.used
        assert step.used.output
        assert step.used.version_id
        makings = amount if step.unit == "batch" else amount / Fraction(step.used.output.quantity, MICRO)
        for item_id, below in walked(found, step.used.version_id, makings).items():
            sums[item_id] = sums.get(item_id, Fraction()) + below
    return sums


@given(recipes, st.integers(1, 3_000_000))
def test_it_comes_to_what_every_path_comes_to_rounded_once(said: Said, micro: int) -> None:
    found, scale = versions(said), Fraction(micro, MICRO)
    expected = {item_id: numbers.to_micro(amount) for item_id, amount in walked(found, IDS[0], scale).items()}
    if not all(0 < amount <= numbers.TYPED_LIMIT for amount in expected.values()):
        return
    needs = explosion.strict(found, IDS[0], scale, KNOWN)
    assert {needed.material.id: needed.quantity for needed in needs} == expected
    assert all(needed.paths for needed in needs)

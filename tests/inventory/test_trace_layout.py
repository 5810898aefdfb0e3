"""The picture of a trace: over random graphs no two labels meet, none is cut off, and few rivers cross."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.inventory.views import lettering, trace_layout
from app.inventory.views.trace_layout import Box, Flow, Layout, Thing


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Thing], list[Flow]]:
    """Up to seven layers of up to nine things, rivers to any later layer."""
    sizes = draw(st.lists(st.integers(1, 9), min_size=1, max_size=7))
    labels = st.tuples(st.integers(0, 180), st.integers(15, 70))
    things = [Thing(f"{n}.{m}", n, draw(labels)) for n, size in enumerate(sizes) for m in range(size)]
    pairs = [(one.key, two.key) for one in things for two in things if one.layer < two.layer]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=24, unique=True)) if pairs else []
    flows = [Flow(start, to, draw(st.integers(1, 200)), draw(st.integers(1, 110))) for start, to in chosen]
    return things, flows


def apart(one: Box, other: Box) -> bool:
    return (
        one.x + one.width <= other.x
        or other.x + other.width <= one.x
        or one.y + one.height <= other.y
        or other.y + other.height <= one.y
    )


def inside(box: Box, layout: Layout) -> bool:
    return box.x >= 0 and box.y >= 0 and box.x + box.width <= layout.width and box.y + box.height <= layout.height


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_no_two_labels_meet_and_none_is_cut_off(graph: tuple[list[Thing], list[Flow]]) -> None:
    layout = trace_layout.place(*graph, least_width=1000)
    labels = [*layout.labels.values(), *layout.amounts]
    assert all(inside(box, layout) for box in [*labels, *layout.bars.values()])
    assert all(apart(one, other) for one, other in combinations(labels, 2))
    assert all(apart(bar, label) for bar in layout.bars.values() for label in labels)


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_sorting_never_makes_more_crossings(graph: tuple[list[Thing], list[Flow]]) -> None:
    grid = trace_layout._Grid(*graph)
    before = grid.crossings()
    grid.sort()
    assert grid.crossings() <= before


def test_two_crossed_rivers_are_untangled() -> None:
    things = [Thing(key, layer, (50, 16)) for key, layer in (("a", 0), ("b", 0), ("c", 1), ("d", 1))]
    grid = trace_layout._Grid(things, [Flow("a", "d", 5, 20), Flow("b", "c", 5, 20)])
    assert grid.crossings() == 1
    grid.sort()
    assert grid.crossings() == 0


def test_a_river_that_passes_a_layer_has_room_of_its_own_there() -> None:
    things = [Thing("a", 0, (50, 16)), Thing("b", 1, (50, 16)), Thing("c", 2, (50, 16))]
    layout = trace_layout.place(
        things, [Flow("a", "b", 60, 20), Flow("b", "c", 60, 20), Flow("a", "c", 60, 20)], least_width=500
    )
    bar, label = layout.bars["b"], layout.labels["b"]
    passing = layout.rivers[2].partition("C")[2].split("C")[0].split(" ")[-1]
    upper = int(passing.partition("H")[0])
    assert upper + 60 <= min(bar.y, label.y) or upper >= max(bar.y + bar.height, label.y + label.height)


def test_a_text_that_is_too_long_ends_in_an_ellipsis_that_fits() -> None:
    name = "Buttermilch-Körperlotion mit Ringelblume und Sanddorn"
    cut = lettering.short(name, 120, 13, bold=True)
    assert cut.endswith("…")
    assert name.startswith(cut[:-1])
    assert lettering.width(cut, 13, bold=True) <= 120
    assert lettering.short("Soap", 120, 13) == "Soap"

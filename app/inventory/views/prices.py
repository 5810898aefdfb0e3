"""What was paid for an item over time, as a picture: a step for each delivery; and from whom it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.inventory.queries.deliveries import Delivery

WIDTH, HEIGHT = 300, 120
_LEFT, _RIGHT, _TOP, _BOTTOM = 6, 8, 26, 22


@dataclass(frozen=True, slots=True)
class Point:
    """A delivery in the picture. `x`, `y` in its units."""

    x: int
    y: int
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Prices:
    """The picture: `line` and `area` are SVG paths. `percent`: how much dearer the last one was than the first."""

    points: tuple[Point, ...]
    line: str
    area: str
    percent: int | None

    @property
    def first(self) -> Delivery:
        """The earliest delivery of the picture."""
        return self.points[0].delivery

    @property
    def last(self) -> Delivery:
        """The latest."""
        return self.points[-1].delivery


@dataclass(frozen=True, slots=True)
class Source:
    """Who sold it, how often, and the last time."""

    name: str
    times: int
    last: Delivery


def draw(deliveries: Sequence[Delivery], today: date) -> Prices | None:
    """deliveries: the latest first. None where there are not two to compare."""
    in_order = sorted(deliveries, key=lambda one: one.received_on)
    if len(in_order) < 2:
        return None
    prices = [Fraction(one.cost, one.quantity) for one in in_order]
    low, high = min(prices), max(prices)
    start, days = in_order[0].received_on, max((today - in_order[0].received_on).days, 1)
    points = tuple(
        Point(_across(Fraction((one.received_on - start).days, days)), _up(price, low, high), one)
        for one, price in zip(in_order, prices, strict=True)
    )
    steps = "".join(f"H{point.x}V{point.y}" for point in points[1:])
    line = f"M{points[0].x} {points[0].y}{steps}H{WIDTH - _RIGHT}"
    percent = round((prices[-1] / prices[0] - 1) * 100) if prices[0] else None
    return Prices(points, line, f"{line}V{HEIGHT - _BOTTOM}H{points[0].x}Z", percent)


def sources(deliveries: Sequence[Delivery]) -> list[Source]:
    """Everybody it was bought from, the latest first."""
    found: dict[str, Source] = {}
    for one in deliveries:
        if one.supplier:
            known = found.get(one.supplier)
            found[one.supplier] = Source(one.supplier, known.times + 1 if known else 1, known.last if known else one)
    return list(found.values())


def _across(part: Fraction) -> int:
    return _LEFT + round(part * (WIDTH - _LEFT - _RIGHT))


def _up(price: Fraction, low: Fraction, high: Fraction) -> int:
    part = (price - low) / (high - low) if high > low else Fraction(1, 2)
    return HEIGHT - _BOTTOM - 12 - round(part * (HEIGHT - _TOP - _BOTTOM - 12))

"""One version as a maker reads it: its lines at a scale, what each costs, how often the shelf holds it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from app.catalog.services import unit_conversion
from app.inventory.services import stock_check
from app.inventory.services.stock_check import CheckLine, StockCheck
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.recipes.services import balance, costing, explosion
from app.recipes.services.materials import Material
from app.recipes.services.structure import Line, Version

_THOUSANDTH = 1_000


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line. `quantity` in millionths of `unit`, scaled; `cost` in millionths of the currency.

    share:      percent of the weight of all lines, as plain text; None: not to be weighed
    cost:       None: nothing of it can be costed
    enough_for: whole makings that the shelf holds; None: never short
    problem:    why its amount is not known, with the drawer that cures it
    """

    kind: str  # item or recipe
    id: UUID
    name: str
    quantity: int
    unit: str
    note: str | None
    share: str | None
    cost: int | None
    enough_for: int | None
    problem: Invalid | None


@dataclass(frozen=True, slots=True)
class Scarcest:
    """The material that runs out first, and how much of the output the shelf gives: millionths of the output's unit."""

    item_id: UUID
    name: str
    makings: Fraction
    gives: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A version, its output's name and amount (millionths of `output.unit`, scaled), its lines and sums."""

    version: Version
    scale: Fraction
    output_name: str
    makes: int
    lines: tuple[SheetLine, ...]
    check: StockCheck
    scarcest: Scarcest | None
    warnings: tuple[str, ...]
    problems: tuple[Invalid, ...]

    @property
    def scale_said(self) -> str:
        """The scale as plain text."""
        return numbers.plain_of(self.scale)

    @property
    def total_cost(self) -> int:
        """Of all that the shelf can give."""
        return self.check.total_cost

    @property
    def weighed(self) -> bool:
        """Whether lines share the weight: one alone is all of it."""
        return sum(line.share is not None for line in self.lines) > 1

    @property
    def cost_known(self) -> bool:
        """Whether the cost leaves nothing out."""
        return self.check.can_produce and not self.problems

    @property
    def cost_each(self) -> str | None:
        """Of one unit of the output."""
        return numbers.quotient(self.total_cost, self.makes)


@dataclass(frozen=True, slots=True)
class Tree:
    """A version with every recipe below it, and all their materials: what sheets are made of."""

    version: Version
    versions: Mapping[UUID, Version]
    known: Mapping[UUID, Material]

    @property
    def made(self) -> Material | None:
        """The item that comes out; None in a draft that does not say."""
        return self.known.get(self.version.output.item_id) if self.version.output else None


def tree(actor: Actor, version_id: UUID) -> Tree:
    """Read a version, in three statements however deep it is."""
    versions, known = explosion.read(actor, version_id)
    return Tree(versions[version_id], versions, known)


def at(actor: Actor, read: Tree, scale: Fraction) -> Sheet:
    """The sheet of `scale` makings, in a fixed number of statements.

    raises: Invalid on `scale` where an amount would be too small or too large to keep
    """
    version, made = read.version, read.made
    exploded = explosion.explode(read.versions, version.id, scale, read.known)
    check = stock_check.check(actor, costing.needs(exploded.needs))
    parts = _Parts(read.versions, read.known, scale, {line.item.id: line for line in check.lines})
    return Sheet(
        version=version,
        scale=scale,
        output_name=made.name if made else version.name,
        makes=readable(scale * version.output.quantity) if version.output else 0,
        lines=tuple(map(parts.line, version.lines, balance.shares(version, read.known))),
        check=check,
        scarcest=scarcest(version, scale, check.lines),
        warnings=tuple(balance.warnings(version, read.known)),
        problems=tuple(problem for _, problem in exploded.unknown),
    )


def readable(micro: Fraction | int) -> int:
    """Millionths as a scale shows them: thousandths of a unit, unless that would be nothing."""
    rounded = round(Fraction(micro) / _THOUSANDTH) * _THOUSANDTH
    return rounded if abs(rounded) >= numbers.MICRO else round(micro)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What each line takes of the materials, so that a material's cost is shared by the lines that use it."""

    versions: Mapping[UUID, Version]
    known: Mapping[UUID, Material]
    scale: Fraction
    checked: Mapping[UUID, CheckLine]

    def line(self, line: Line, share: str | None) -> SheetLine:
        taken, problem = self._taken(line)
        costs = [cost for item_id, amount in taken if (cost := self._cost(item_id, amount)) is not None]
        return SheetLine(
            kind="item" if line.item_id else "recipe",
            id=line.item_id or line.used.recipe_id,  # type: ignore[union-attr]
            name=self.known[line.item_id].name if line.item_id else line.used.name,  # type: ignore[union-attr]
            quantity=readable(self.scale * line.quantity),
            unit=line.unit,
            note=line.note,
            share=share,
            cost=sum(costs) if costs else None,
            enough_for=self._enough_for([item_id for item_id, _ in taken]),
            problem=problem,
        )

    def _taken(self, line: Line) -> tuple[list[tuple[UUID, Fraction]], Invalid | None]:
        """(item, amount of its stock unit) of all materials behind a line."""
        try:
            makings = self.scale * explosion.one_making(line, self.known)
        except Invalid as problem:
            return [], explosion.asking(problem, self.scale, line)
        if line.item_id:
            return [(line.item_id, makings)], None
        if line.used is None or line.used.version_id is None:
            return [], None
        exploded = explosion.explode(self.versions, line.used.version_id, makings, self.known)
        taken = [(need.material.id, Fraction(need.quantity, numbers.MICRO)) for need in exploded.needs]
        return taken, exploded.unknown[0][1] if exploded.unknown else None

    def _cost(self, item_id: UUID, amount: Fraction) -> int | None:
        checked = self.checked.get(item_id)
        if checked is None or checked.available is None or not checked.consumed:
            return None
        return round(checked.total_cost * amount * numbers.MICRO / checked.needed)

    def _enough_for(self, item_ids: Iterable[UUID]) -> int | None:
        found = [_makings(self.checked[item_id], self.scale) for item_id in item_ids if item_id in self.checked]
        counted = [makings for makings in found if makings is not None]
        return int(min(counted)) if counted else None


def _makings(line: CheckLine, scale: Fraction) -> Fraction | None:
    """How often the shelf holds what one making takes of this material; None: never short."""
    return None if line.available is None else Fraction(line.available, line.needed) * scale


def scarcest(version: Version, scale: Fraction, lines: Iterable[CheckLine]) -> Scarcest | None:
    """Of the materials that `scale` makings take; None: nothing in it ever runs out."""
    counted = [(makings, line) for line in lines if (makings := _makings(line, scale)) is not None]
    if not counted or version.output is None:
        return None
    makings, line = min(counted, key=lambda pair: pair[0])
    gives = _whole_part(makings * version.output.quantity, version.output.unit)
    return Scarcest(line.item.id, line.item.name, makings, gives)


def _whole_part(micro: Fraction, unit: str) -> int:
    """Rounded down to what people can make: whole units, or hundredths below ten of what is weighed or poured."""
    known = unit_conversion.find(unit)
    pieces = known is None or known.kind == "count"
    step = numbers.MICRO if pieces or micro >= 10 * numbers.MICRO else numbers.MICRO // 100
    return int(micro // step) * step

"""What differs between two versions of a recipe: lines added, taken out, with another amount; what one more costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from app.kernel.actor import Actor
from app.recipes.queries import sheet
from app.recipes.queries.sheet import Sheet, SheetLine, Tree

Kind = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True, slots=True)
class Change:
    """One line in both versions; one of the two is None where it was added or taken out."""

    before: SheetLine | None
    after: SheetLine | None

    @property
    def line(self) -> SheetLine:
        """The line as it is now, else as it was."""
        return self.after or self.before  # type: ignore[return-value]

    @property
    def kind(self) -> Kind:
        """What happened to it. An amount said in another unit is another amount: it was typed anew."""
        if self.before is None or self.after is None:
            return "removed" if self.after is None else "added"
        same = (self.before.quantity, self.before.unit, self.before.note) == (
            self.after.quantity,
            self.after.unit,
            self.after.note,
        )
        return "same" if same else "changed"

    @property
    def cost(self) -> int | None:
        """What it adds to one making, in millionths; None: not known in one of the two."""
        costs = [line.cost for line in (self.before, self.after) if line]
        if None in costs:
            return None
        return (self.after.cost or 0 if self.after else 0) - (self.before.cost or 0 if self.before else 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions at one making: `before`, `after` and every line of either."""

    before: Sheet
    after: Sheet
    changes: tuple[Change, ...]

    @property
    def different(self) -> tuple[Change, ...]:
        """The lines that are not the same."""
        return tuple(change for change in self.changes if change.kind != "same")

    @property
    def same(self) -> int:
        """How many lines are the same."""
        return len(self.changes) - len(self.different)

    @property
    def makes_other(self) -> bool:
        """Whether something else, or another amount of it, comes out."""
        return self.before.version.output != self.after.version.output

    @property
    def method_changed(self) -> bool:
        """Whether the instructions differ."""
        return (self.before.version.instructions or "") != (self.after.version.instructions or "")

    @property
    def each(self) -> Decimal | None:
        """What one unit of the output costs more; None where either is not known in full, or measured otherwise."""
        outputs = [side.version.output for side in (self.before, self.after)]
        units = {output.unit for output in outputs if output}
        costs = [side.cost_each for side in (self.before, self.after) if side.cost_known]
        if None in outputs or len(units) != 1 or len(costs) < len(outputs):
            return None
        before, after = costs
        return Decimal(after or 0) - Decimal(before or 0)


def of(actor: Actor, before: Tree, after: Tree) -> Comparison:
    """Both at one making, as the shelf is now."""
    was, now = (sheet.at(actor, tree, Fraction(1)) for tree in (before, after))
    return Comparison(was, now, tuple(_changes(was.lines, now.lines)))


def _changes(before: Iterable[SheetLine], after: Iterable[SheetLine]) -> Iterable[Change]:
    """In the order of now, then what was taken out. The first line of a thing is compared with its first, and so on."""
    left: dict[tuple[str, UUID], list[SheetLine]] = {}
    for line in before:
        left.setdefault((line.kind, line.id), []).append(line)
    for line in after:
        were = left.get((line.kind, line.id))
        yield Change(were.pop(0) if were else None, line)
    for lines in left.values():
        yield from (Change(line, None) for line in lines)

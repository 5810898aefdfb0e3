"""What the pages of batches show: its lines with the lots to take or taken, and the label that is next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.catalog.services import items
from app.inventory.services import expiration, stock_check
from app.inventory.services.stock_check import CheckLine, StockCheck
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.database import execute
from app.production.models import BatchNumber
from app.production.services import states
from app.production.services.records import BatchRecord, ItemRef, Line
from app.recipes.queries import pages as recipe_pages
from app.recipes.services.structure import Version


@dataclass(frozen=True, slots=True)
class Take:
    """So much of one lot, in millionths of the item's unit."""

    fifo_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class BenchLine:
    """One material at the bench. Quantities in millionths of `unit`; `cost` in millionths of the currency.

    takes:   the lots to take, or those that were taken
    missing: how much the shelf lacks; 0 once it was taken
    """

    item: ItemRef
    needed: int
    used: int
    unit: str
    cost: int
    skipped: bool
    takes: tuple[Take, ...]
    missing: int


@dataclass(frozen=True, slots=True)
class Bench:
    """A batch's lines, and for a planned one the check that they come from."""

    lines: tuple[BenchLine, ...]
    check: StockCheck | None

    @property
    def cost(self) -> int:
        """What the plan would cost now."""
        return self.check.total_cost if self.check else 0


@dataclass(frozen=True, slots=True)
class LabelPreview:
    """What a label would say. `number`: the batch label that is next."""

    name: str
    number: str
    use_by: date | None


def bench(actor: Actor, record: BatchRecord) -> Bench:
    """The lines of a batch: as they would be taken now, or as they were."""
    planned = record.header.status == states.PLANNED
    needs = [stock_check.Need(line.row.item.id, line.row.needed) for line in record.lines if not line.row.skipped]
    check = stock_check.check(actor, needs) if planned else None
    checked = {line.item.id: line for line in check.lines} if check else {}
    return Bench(tuple(_line(line, checked) for line in record.lines), check)


def label_preview(actor: Actor, version: Version) -> LabelPreview | None:
    """The label that a batch of this version made today would get; None for a version that makes nothing yet."""
    if version.output is None:
        return None
    today = clock.local_date(clock.now(), actor.zone)
    made = items.get_each(actor, [version.output.item_id])[version.output.item_id]
    last = execute(_LAST, {"o": actor.organization_id, "y": today.year}).scalar_one_or_none() or 0
    use_by = expiration.expiry_for(
        perishable=made.perishable, shelf_life_days=made.shelf_life_days, received_on=today, said=None
    )
    return LabelPreview(made.name, f"{version.prefix}{version.number}-{today.year}-{last + 1:03d}", use_by)


def choices(actor: Actor) -> list[tuple[str, str]]:
    """The recipes that can be made: (id, name)."""
    return [(str(row.id), row.name) for row in recipe_pages.live(actor) if row.version is not None]


def _line(line: Line, checked: Mapping[UUID, CheckLine]) -> BenchLine:
    row, plan = line.row, checked.get(line.row.item.id)
    drawn = plan.draws if plan else ()
    taken = [Take(lot.fifo_code, lot.quantity) for lot in line.lots if lot.fifo_code]
    return BenchLine(
        item=row.item,
        needed=row.needed,
        used=line.used,
        unit=row.unit,
        cost=plan.total_cost if plan else line.cost,
        skipped=row.skipped,
        takes=tuple(taken or [Take(draw.lot.fifo_code, draw.quantity) for draw in drawn]),
        missing=plan.shortfall if plan else 0,
    )


_LAST = sa.select(BatchNumber.last).where(
    BatchNumber.organization_id == sa.bindparam("o"), BatchNumber.year == sa.bindparam("y")
)

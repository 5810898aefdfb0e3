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
from app.production.services import states, ticks
from app.production.services.records import BatchRecord, ItemRef, Line
from app.production.services.ticks import Tick
from app.recipes.services.structure import Version


@dataclass(frozen=True, slots=True)
class Take:
    """So much of one lot, in millionths of the item's unit."""

    fifo_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class BenchLine:
    """One material at the bench. Quantities in millionths of `unit`; `cost` in millionths of the currency.

    number:  its place in the batch, from 1
    takes:   the lots to take, or those that were taken
    missing: how much the shelf lacks; 0 once it was taken
    tick:    who weighed it; None: nobody yet
    """

    number: int
    item: ItemRef
    needed: int
    used: int
    unit: str
    cost: int
    skipped: bool
    takes: tuple[Take, ...]
    missing: int
    tick: Tick | None


@dataclass(frozen=True, slots=True)
class Bench:
    """A batch's lines, and for a planned one the check that they come from."""

    lines: tuple[BenchLine, ...]
    check: StockCheck | None

    @property
    def cost(self) -> int:
        """What the plan would cost now."""
        return self.check.total_cost if self.check else 0

    @property
    def weighed(self) -> int:
        """How many lines are ticked."""
        return sum(line.tick is not None for line in self.lines)

    @property
    def to_weigh(self) -> int:
        """How many there are, without those left out."""
        return sum(not line.skipped for line in self.lines)


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
    ticked = {} if planned else ticks.present(actor, record.header.id)
    return Bench(tuple(_line(n, line, checked, ticked.get(n)) for n, line in enumerate(record.lines, start=1)), check)


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


def use_by(actor: Actor, record: BatchRecord, *, said: date | None) -> date | None:
    """Until when what is made today would be good."""
    made = items.get_each(actor, [record.header.output.id])[record.header.output.id]
    today = clock.local_date(clock.now(), actor.zone)
    return expiration.expiry_for(
        perishable=made.perishable, shelf_life_days=made.shelf_life_days, received_on=today, said=said
    )


def _line(number: int, line: Line, checked: Mapping[UUID, CheckLine], tick: Tick | None) -> BenchLine:
    row, plan = line.row, checked.get(line.row.item.id)
    drawn = plan.draws if plan else ()
    taken = [Take(lot.fifo_code, lot.quantity) for lot in line.lots if lot.fifo_code]
    return BenchLine(
        number=number,
        item=row.item,
        needed=row.needed,
        used=line.used,
        unit=row.unit,
        cost=plan.total_cost if plan else line.cost,
        skipped=row.skipped,
        takes=tuple(taken or [Take(draw.lot.fifo_code, draw.quantity) for draw in drawn]),
        missing=plan.shortfall if plan else 0,
        tick=tick,
    )


_LAST = sa.select(BatchNumber.last).where(
    BatchNumber.organization_id == sa.bindparam("o"), BatchNumber.year == sa.bindparam("y")
)

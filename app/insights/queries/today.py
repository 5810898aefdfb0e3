"""Today's page, put together: each part is one statement, however much there is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.insights.queries import making, stock
from app.insights.queries.making import Lack, Made, OpenBatch
from app.insights.queries.stock import ExpiringLot, TypeValue
from app.inventory.queries import items
from app.inventory.queries.items import ItemFilter, ItemRow
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission

_LOW_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for somebody, and what the shelf is worth. `values` is empty for those who may not see costs."""

    day: date
    bench: tuple[OpenBatch, ...]
    planned: tuple[OpenBatch, ...]
    lacking: dict[UUID, list[Lack]]
    expiring: tuple[ExpiringLot, ...]
    low: tuple[ItemRow, ...]
    values: tuple[TypeValue, ...]
    made: tuple[Made, ...]

    @property
    def value(self) -> int:
        """Of everything on the shelf, in millionths of the currency."""
        return sum(part.value for part in self.values)

    @property
    def new(self) -> bool:
        """Whether there is nothing to tell yet."""
        return not (self.bench or self.planned or self.expiring or self.low or self.values or self.made)


def read(actor: Actor) -> Today:
    """As of now."""
    now = clock.now()
    day = clock.local_date(now, actor.zone)
    batches = making.open_batches(actor) if actor.may(Permission.BATCHES_VIEW) else ()
    return Today(
        day=day,
        bench=tuple(batch for batch in batches if batch.started_at),
        planned=tuple(batch for batch in batches if not batch.started_at),
        lacking=making.lacking(actor, day),
        expiring=stock.expiring(actor, day),
        low=items.page(actor, ItemFilter(below=True), limit=_LOW_SHOWN).rows,
        values=stock.value_by_type(actor) if actor.may(Permission.INVENTORY_VIEW_COSTS) else (),
        made=making.made(actor, now) if actor.may(Permission.BATCHES_VIEW) else (),
    )

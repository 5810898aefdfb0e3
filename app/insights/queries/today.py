"""Today's page, put together: each part is one statement, however much there is."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from app.insights.queries import making, stock, waiting, worth
from app.insights.queries.making import Lack, Made, OpenBatch
from app.insights.queries.stock import ExpiringLot, RunningOut, TypeValue
from app.insights.queries.waiting import Differing, Held, Undated
from app.insights.queries.worth import ProductCost, Worth
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.production.queries import timers
from app.production.queries.timers import Timer

_LONG_ON_THE_BENCH = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Money:
    """What costs tell; nobody else has it."""

    values: tuple[TypeValue, ...]
    worth: Worth
    product: ProductCost | None

    @property
    def value(self) -> int:
        """Of everything on the shelf, in millionths of the currency."""
        return sum(part.value for part in self.values)


@dataclass(frozen=True, slots=True)
class Today:
    """What waits for somebody, and how things go. `money` is None for those who may not see costs."""

    day: date
    at: datetime
    bench: tuple[OpenBatch, ...]
    planned: tuple[OpenBatch, ...]
    timers: tuple[Timer, ...]
    lacking: dict[UUID, list[Lack]]
    undated: tuple[Undated, ...]
    differing: tuple[Differing, ...]
    held: tuple[Held, ...]
    expiring: tuple[ExpiringLot, ...]
    low: tuple[RunningOut, ...]
    money: Money | None
    made: tuple[Made, ...]

    @property
    def rung(self) -> tuple[Timer, ...]:
        """Timers whose time is over and that nobody stopped."""
        return tuple(timer for timer in self.timers if timer.ends_at <= self.at)

    @property
    def stale(self) -> tuple[OpenBatch, ...]:
        """Batches that were on the bench for days."""
        long_ago = self.at - _LONG_ON_THE_BENCH
        return tuple(batch for batch in self.bench if batch.started_at and batch.started_at < long_ago)

    @property
    def waiting(self) -> int:
        """How many things wait for a word; of what is on hold, those that are shown."""
        return sum(len(some) for some in (self.rung, self.stale, self.undated, self.differing, self.held))

    @property
    def new(self) -> bool:
        """Whether there is nothing to tell yet."""
        worth_something = self.money is not None and bool(self.money.values)
        return not (self.bench or self.planned or self.expiring or self.low or self.made or worth_something)

    def timer_of(self, batch_id: UUID) -> Timer | None:
        """The batch's timer that ends next."""
        return next((timer for timer in self.timers if timer.batch_id == batch_id), None)


def read(actor: Actor) -> Today:
    """As of now."""
    now = clock.now()
    day = clock.local_date(now, actor.zone)
    may_see_batches = actor.may(Permission.BATCHES_VIEW)
    batches = making.open_batches(actor) if may_see_batches else ()
    return Today(
        day=day,
        at=now,
        bench=tuple(batch for batch in batches if batch.started_at),
        planned=tuple(batch for batch in batches if not batch.started_at),
        timers=timers.running(actor) if may_see_batches else (),
        lacking=making.lacking(actor, day),
        undated=waiting.undated(actor),
        differing=waiting.differing(actor, day),
        held=waiting.held(actor),
        expiring=stock.expiring(actor, day),
        low=stock.running_out(actor, day),
        money=_money(actor, day) if actor.may(Permission.INVENTORY_VIEW_COSTS) else None,
        made=making.made(actor, now) if may_see_batches else (),
    )


def _money(actor: Actor, day: date) -> Money:
    values = stock.value_by_type(actor)
    went = worth.read(actor, day, {part.type: part.value for part in values})
    return Money(values, went, worth.product_cost(actor, day))

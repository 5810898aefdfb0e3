"""A posting that has been decided and not yet written: the same whether it will be written or only shown."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.inventory.services.adjustment.posted import MANUAL, ItemFacts, Source
from app.inventory.services.fifo import Draw, OpenLot
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import Quantity

_AHEAD_SECONDS = 300


@dataclass(frozen=True, slots=True)
class NewLot:
    """A lot that a line makes; it is born with that line's quantity and cost."""

    id: UUID
    fifo_code: str
    received_on: date
    expires_on: date | None
    supplier_id: UUID | None = None
    supplier_lot: str | None = None
    source: Source | None = None  # None: the posting itself
    code_is_said: bool = False  # else only writing gives it


@dataclass(frozen=True, slots=True)
class Line:
    """One movement to be: in positive, out negative. `lot` None for untracked items."""

    item: ItemFacts
    quantity: int
    cost: int
    lot: OpenLot | NewLot | None
    pinned: bool = False
    reverses: UUID | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """New words on a lot: hold, expiry, supplier lot."""

    lot: OpenLot
    number: int
    on_hold: bool
    expires_on: date | None
    supplier_lot: str | None


@dataclass(frozen=True, slots=True)
class When:
    """The three times of a posting, the third still open."""

    occurred_at: datetime | None  # None: when it is recorded
    business_date: date
    today: date

    @property
    def late(self) -> bool:
        """The business date is before that of the recording."""
        return self.business_date < self.today


@dataclass(frozen=True, slots=True)
class Draft:
    """All of a posting but its place in the ledger."""

    kind: str
    when: When
    lines: tuple[Line, ...] = ()
    changes: tuple[Change, ...] = ()
    source: Source = MANUAL
    reverses: UUID | None = None
    entered: Quantity | None = None
    reason: str | None = None
    note: str | None = None
    recipient: str | None = None
    reference: str | None = None


def today(actor: Actor) -> date:
    """The business date of now."""
    return clock.local_date(clock.now(), actor.zone)


def when(actor: Actor, occurred_at: datetime | None = None) -> When:
    """The times of something that happened at `occurred_at` (None: now).

    raises: Invalid when that is more than five minutes ahead
    """
    if occurred_at is None:
        return When(None, today(actor), today(actor))
    if (occurred_at - clock.now()).total_seconds() > _AHEAD_SECONDS:
        raise Invalid.field("occurred_at", "Must not be more than five minutes ahead.")
    day = min(clock.local_date(occurred_at, actor.zone), today(actor))
    return When(occurred_at, day, today(actor))


def lines_of(item: ItemFacts, draws: tuple[Draw, ...]) -> tuple[Line, ...]:
    """The outgoing lines that draws are."""
    return tuple(Line(item, -draw.quantity, -draw.cost, draw.lot, pinned=draw.pinned) for draw in draws)

"""A batch at the bench: what to weigh next, out of which lots, at which reading to change; what is weighed; timers.

The same number of statements however long the batch is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import AuditEvent, Person
from app.inventory.models import Lot
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.numbers import MICRO
from app.platform.prepared import Prepared
from app.production.queries import timers
from app.production.queries.timers import Timer
from app.production.services import amending, notes, records, ticks
from app.production.services.records import BatchRecord, ItemRef, LotUse
from app.production.services.ticks import Tick

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Pour:
    """So much out of one lot, until the scale reads `until`; `left`: what then is in the lot. All in millionths."""

    fifo_code: str
    quantity: int
    until: int
    left: int
    expires_on: date | None

    @property
    def shown(self) -> tuple[int, int, int]:
        """Quantity, until and left as a scale shows them."""
        return reading(self.quantity), reading(self.until), reading(self.left)


@dataclass(frozen=True, slots=True)
class Step:
    """One line to weigh. `number` is its place in the batch, from 1; `used` what was taken with what came on top."""

    number: int
    item: ItemRef
    unit: str
    needed: int
    used: int
    pours: tuple[Pour, ...]
    tick: Tick | None

    @property
    def shown(self) -> int:
        """The figure on the scale."""
        return reading(self.used)


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down while it was made."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Bench:
    """A batch's lines that are weighed (not those left out), where the maker is, and what runs beside.

    current: the line in front of the maker; None: all of them are weighed
    after:   the line that was ticked a moment ago
    """

    record: BatchRecord
    steps: tuple[Step, ...]
    current: Step | None
    after: Step | None
    timers: tuple[Timer, ...]
    now: datetime

    @property
    def done(self) -> int:
        """How many are weighed."""
        return sum(step.tick is not None for step in self.steps)

    @property
    def before(self) -> Step | None:
        """The line above the present one."""
        return next((step for step in reversed(self.steps) if self.current and step.number < self.current.number), None)

    @property
    def next(self) -> Step | None:
        """The line below the present one."""
        return next((step for step in self.steps if self.current and step.number > self.current.number), None)


def read(actor: Actor, batch_id: UUID, *, number: int | None = None, after: int | None = None) -> Bench:
    """The bench at line `number`, or at the first that is not weighed: below line `after`, if one was just ticked.

    raises: NotFound
    """
    record = records.read(actor, batch_id)
    steps = weighed(actor, record)
    by_number = {step.number: step for step in steps}
    current = by_number.get(number or 0) or _next(steps, after or 0)
    ticked = by_number.get(after or 0)
    return Bench(
        record,
        steps,
        current,
        ticked if ticked and ticked.tick else None,
        timers.running(actor, batch_id),
        clock.now(),
    )


def weighed(actor: Actor, record: BatchRecord) -> tuple[Step, ...]:
    """The lines that are weighed, with their lots and ticks: two statements."""
    ticked = ticks.present(actor, record.header.id)
    lots = _lots(actor, record)
    return tuple(
        Step(
            number,
            line.row.item,
            line.row.unit,
            line.row.needed,
            amending.total_used(record, line.row),
            _pours([*line.lots, *_on_top(record, line.row.item.id)], lots),
            ticked.get(number),
        )
        for number, line in enumerate(record.lines, start=1)
        if not line.row.skipped
    )


def written(actor: Actor, batch_id: UUID) -> tuple[Note, ...]:
    """The notes of a batch, the latest first."""
    rows = _NOTES.rows({"o": actor.organization_id, "batch": str(batch_id)})
    return tuple(Note(row.at, row.name or "", row.reason) for row in rows)


def reading(micro: int) -> int:
    """What a scale can show of it: four digits, and whole from a thousand on; in millionths, never 0 for some."""
    step = MICRO
    while step > 1 and micro < step * 10 ** (_DIGITS - 1):
        step //= 10
    return (micro + step // 2) // step * step


def _next(steps: Sequence[Step], after: int) -> Step | None:
    open_ = [step for step in steps if step.tick is None]
    return next((step for step in open_ if step.number > after), open_[0] if open_ else None)


def _on_top(record: BatchRecord, item_id: UUID) -> list[LotUse]:
    return [lot for extra in record.extras if extra.row.item.id == item_id for lot in extra.lots]


@dataclass(frozen=True, slots=True)
class _Shelf:
    left: int
    expires_on: date | None


def _lots(actor: Actor, record: BatchRecord) -> dict[UUID, _Shelf]:
    used = [lot for line in record.lines for lot in line.lots]
    used += [lot for extra in record.extras for lot in extra.lots]
    ids = {lot.lot_id for lot in used if lot.lot_id}
    rows = _LOTS.rows({"o": actor.organization_id, "ids": sorted(ids)}) if ids else []
    return {row.id: _Shelf(row.remaining_quantity, row.expires_on) for row in rows}


def _pours(used: Sequence[LotUse], lots: Mapping[UUID, _Shelf]) -> tuple[Pour, ...]:
    """One for each lot, in the order taken."""
    amounts: dict[str, int] = {}
    shelf: dict[str, _Shelf] = {}
    for lot in used:
        if lot.lot_id and lot.fifo_code:
            amounts[lot.fifo_code] = amounts.get(lot.fifo_code, 0) + lot.quantity
            shelf[lot.fifo_code] = lots[lot.lot_id]
    pours, until = [], 0
    for code, quantity in amounts.items():
        until += quantity
        pours.append(Pour(code, quantity, until, shelf[code].left, shelf[code].expires_on))
    return tuple(pours)


_LOTS = Prepared(
    sa.select(Lot.id, Lot.remaining_quantity, Lot.expires_on).where(
        Lot.organization_id == sa.bindparam("o"), Lot.id.in_(sa.bindparam("ids", expanding=True))
    )
)
_NOTES = Prepared(
    sa.select(AuditEvent.at, AuditEvent.reason, Person.name)
    .outerjoin(Person, Person.id == AuditEvent.person_id)
    .where(AuditEvent.organization_id == sa.bindparam("o"), AuditEvent.action == notes.ACTION)
    .where(AuditEvent.subject_kind == "batch", AuditEvent.subject_id == sa.bindparam("batch"))
    .order_by(AuditEvent.sequence.desc())
)

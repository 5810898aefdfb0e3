"""Ends a batch: its output comes in at exactly what everything consumed cost; or it fails, and that is a loss.

Loss stays in the cost of the good units; nothing made means no lot, and no unit cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from app.catalog.services import items, unit_conversion
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.models import Lot
from app.inventory.services import adjustment
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import MICRO, Quantity
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.prepared import Prepared
from app.production.models import Batch
from app.production.services import planning, records, states
from app.production.services.records import BatchRecord, Entry, Header, Loss
from app.recipes.services import materials, structure


@dataclass(frozen=True, slots=True)
class SaidOutput:
    """What was made. `item` None: the recipe's output; zero: nothing."""

    quantity: Quantity
    item: str | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class SaidLoss:
    """What did not become good output, in units of the output, and which kind of loss it is."""

    quantity: Quantity
    category: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """How a batch ended. `outputs` None: as expected, less the loss; empty: nothing was made."""

    outputs: Sequence[SaidOutput] | None = None
    loss: SaidLoss | None = None
    variance_reason: str | None = None


def finish(actor: Actor, batch_id: UUID, said: Finish, *, dry_run: bool = False) -> BatchRecord:
    """Complete a batch in progress.

    raises: NotFound, Invalid (more made than expected needs `variance_reason`), WrongState
    """
    actor.require(Permission.BATCHES_MAKE)
    header, units = _in_present_unit(actor, records.lock(actor, batch_id, dry_run=dry_run), said)
    made = _measured(actor, header, units, said)
    states.require(header.label, header.status, states.IN_PROGRESS)
    before = _parts(actor, header)
    cost = before.total_cost
    entries = [*before.entries, *_produce(actor, header, made, cost, dry_run=dry_run)]
    done = replace(
        header,
        status=states.COMPLETED,
        completed_at=None if dry_run else clock.now(),
        loss=made.loss,
        variance_reason=said.variance_reason,
    )
    if not dry_run:
        _write(actor, done)
    rows = [line.row for line in before.lines], [extra.row for extra in before.extras]
    return records.compose(done, *rows, entries)


def fail(actor: Actor, batch_id: UUID, *, reason: str) -> BatchRecord:
    """Give up a batch in progress: what went in stays consumed, its cost is a loss. raises: NotFound, WrongState"""
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id)
    states.require(header.label, header.status, states.IN_PROGRESS)
    before = _parts(actor, header)
    failed = replace(header, status=states.FAILED, completed_at=clock.now(), ended_reason=reason)
    _write(actor, failed)
    return replace(before, header=failed)


@dataclass(frozen=True, slots=True)
class _Made:
    quantity: int
    expires_on: date | None
    loss: Loss | None


def _in_present_unit(actor: Actor, header: Header, said: Finish) -> tuple[Header, ItemUnits]:
    """The batch, with what is expected of it in the output's unit of today: without stock history that may change.

    Where the recipe speaks in that unit and nothing else was said, there is nothing to convert and nothing to read.
    """
    output = header.output
    if header.making_unit == output.unit and said.outputs is None and said.loss is None:
        exact = round(Fraction(header.making * header.scale, MICRO))
        return replace(header, expected=exact), ItemUnits(output.unit, item_id=output.id, item_name=output.name)
    version = structure.read(actor, [header.version_id])[header.version_id]
    known = materials.read(actor, [output.id])
    should_give = planning.expected(version, Fraction(header.scale, MICRO), known)
    return replace(header, expected=should_give), known[output.id].units


def _measured(actor: Actor, header: Header, units: ItemUnits, said: Finish) -> _Made:
    """What was made and lost, in millionths of the output's stock unit."""
    loss = _lost(said.loss, units)
    output = _one(actor, header, said.outputs)
    if output is None:
        quantity = max(0, header.expected - (loss.quantity if loss else 0)) if said.outputs is None else 0
    else:
        quantity = unit_conversion.to_stock_unit(output.quantity, units, field="outputs.0.quantity")
        if quantity < 0:
            raise Invalid.field("outputs.0.quantity", "Must not be below zero.")
    if quantity > header.expected and not said.variance_reason:
        raise Invalid.field("variance_reason", "More was made than expected: say why.")
    return _Made(quantity, output.expires_on if output else None, loss)


def _one(actor: Actor, header: Header, outputs: Sequence[SaidOutput] | None) -> SaidOutput | None:
    if not outputs:
        return None
    named = {f"outputs.{n}.item": output.item for n, output in enumerate(outputs) if output.item}
    for field, item in (items.find_each(actor, named) if named else {}).items():
        if item.id != header.output.id:
            raise Invalid.field(field, phrase("This batch makes %(name)s.", name=header.output.name))
    if len(outputs) > 1:
        raise Invalid.field("outputs.1", "A batch makes one thing: say it once.")
    return outputs[0]


def _lost(said: SaidLoss | None, units: ItemUnits) -> Loss | None:
    if said is None:
        return None
    quantity = unit_conversion.to_stock_unit(said.quantity, units, field="loss.quantity")
    if quantity <= 0:
        raise Invalid.field("loss.quantity", "Must be above zero.")
    return Loss(quantity, said.category, said.note)


def _parts(actor: Actor, header: Header) -> BatchRecord:
    """The record as it stands under the lock."""
    return records.compose(
        header,
        records.lines(actor, [header.id]).get(header.id, []),
        records.extras(actor, [header.id]).get(header.id, []),
        records.entries(actor, [header.id]).get(header.id, []),
    )


def _produce(actor: Actor, header: Header, made: _Made, cost: int, *, dry_run: bool) -> list[Entry]:
    if not made.quantity:
        return []
    output = adjustment.Output(
        item_id=header.output.id,
        quantity=made.quantity,
        cost=cost,
        fifo_code=_free_code(actor, header.label),
        expires_on=made.expires_on,
    )
    return [records.entry_of(adjustment.produce(actor, output, source=header.source, dry_run=dry_run))]


def _free_code(actor: Actor, label: str) -> str:
    """The label, unless somebody gave a lot that code: then `-2`, `-3` behind it."""
    key = label.lower()
    asked = {"o": actor.organization_id, "key": key, "alike": key.replace("_", "/_") + "-%"}
    taken = {row.fifo_code_key for row in _ALIKE.rows(asked)}
    codes = [label, *(f"{label}-{number}" for number in range(2, len(taken) + 3))]
    return next(code for code in codes if code.lower() not in taken)


_ALIKE = Prepared(
    sa.select(Lot.fifo_code_key).where(
        Lot.organization_id == sa.bindparam("o"),
        sa.or_(Lot.fifo_code_key == sa.bindparam("key"), Lot.fifo_code_key.like(sa.bindparam("alike"), escape="/")),
    )
)


def _write(actor: Actor, header: Header) -> None:
    _ENDED.write(
        {
            "o": actor.organization_id,
            "batch": header.id,
            "status": header.status,
            "completed_at": header.completed_at,
            "ended_reason": header.ended_reason,
            "loss_quantity": header.loss.quantity if header.loss else None,
            "loss_category": header.loss.category if header.loss else None,
            "loss_note": header.loss.note if header.loss else None,
            "variance_reason": header.variance_reason,
            "expected_quantity": header.expected,
        }
    )


_SET = (
    *("status", "completed_at", "ended_reason", "loss_quantity", "loss_category", "loss_note", "variance_reason"),
    "expected_quantity",
)
_ENDED = Prepared(
    sa.update(Batch)
    .where(Batch.organization_id == sa.bindparam("o"), Batch.id == sa.bindparam("batch"))
    .values({name: sa.bindparam(name) for name in _SET})
)

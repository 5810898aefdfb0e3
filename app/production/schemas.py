"""The shapes of production's API: what comes in, and what answers are made of."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from app.inventory.schemas import instant, item_ref
from app.inventory.schemas.answers import ItemRefOut, LotRefOut
from app.kernel import numbers
from app.kernel.numbers import Quantity
from app.platform.answers import Answered
from app.platform.schemas import (
    DecimalOut,
    IsoDay,
    LongText,
    NonNegativeDecimal,
    PageQuery,
    PositiveDecimal,
    Reason,
    Reference,
    Shape,
    ShortText,
    UnitName,
    Whole,
)
from app.production.services.finishing import Finish, SaidLoss, SaidOutput
from app.production.services.making import SaidExtra
from app.production.services.planning import Plan
from app.production.services.records import BatchRecord, Entry, Extra, Line, LotUse, Output
from app.recipes.schemas import RecipeRefOut

_MOST_LINES = 200
Status = Literal["planned", "in_progress", "completed", "failed", "cancelled", "reversed"]


class BatchIn(Shape):
    """A batch to be. `recipe`: id or name; `version` left out: the one in force."""

    recipe: Reference
    version: Annotated[Whole, Field(gt=0)] | None = None
    scale: PositiveDecimal = Decimal(1)
    planned_for: IsoDay | None = None
    note: LongText | None = None

    def said(self) -> Plan:
        """As the service takes it."""
        return Plan(self.recipe, self.version, self.scale, self.planned_for, self.note)


class StartIn(Shape):
    """`skip`: materials to be left out, by id or code."""

    skip: Annotated[tuple[Reference, ...], Field(max_length=_MOST_LINES)] = ()


class ExtraIn(Shape):
    """So much of an item, and why."""

    item: Reference
    quantity: PositiveDecimal
    unit: UnitName | None = None
    reason: Reason


class ExtrasIn(Shape):
    """Consumed now, all or none."""

    lines: Annotated[list[ExtraIn], Field(min_length=1, max_length=_MOST_LINES)]

    def said(self) -> list[SaidExtra]:
        """As the service takes it."""
        return [SaidExtra(line.item, Quantity(line.quantity, line.unit), line.reason) for line in self.lines]


class OutputIn(Shape):
    """What was made; zero: nothing."""

    item: Reference | None = None
    quantity: NonNegativeDecimal
    unit: UnitName | None = None
    expires_on: IsoDay | None = None


class LossIn(Shape):
    """What did not become good output. A loss needs a category."""

    quantity: PositiveDecimal
    unit: UnitName | None = None
    category: ShortText
    note: LongText | None = None


class FinishIn(Shape):
    """How it ended. `outputs` left out: as expected, less the loss."""

    outputs: Annotated[list[OutputIn], Field(max_length=_MOST_LINES)] | None = None
    loss: LossIn | None = None
    variance_reason: Reason | None = None

    def said(self) -> Finish:
        """As the service takes it."""
        outputs, loss = self.outputs, self.loss
        return Finish(
            outputs=None
            if outputs is None
            else [SaidOutput(Quantity(made.quantity, made.unit), made.item, made.expires_on) for made in outputs],
            loss=SaidLoss(Quantity(loss.quantity, loss.unit), loss.category, loss.note) if loss else None,
            variance_reason=self.variance_reason,
        )


class ReasonIn(Shape):
    """Why."""

    reason: Reason


class CancelIn(Shape):
    """Why, if anybody wants to say."""

    reason: Reason | None = None


class BatchPage(PageQuery):
    """`GET /batches?status=&recipe=&from=&to=`; the days are those on which batches were planned."""

    status: Status | None = None
    recipe: Reference | None = None
    since: Annotated[IsoDay | None, Field(alias="from")] = None
    until: Annotated[IsoDay | None, Field(alias="to")] = None


class LotUseOut(Answered):
    """So much of one lot. `lot` null: the item is not tracked."""

    lot: LotRefOut | None
    quantity: DecimalOut
    cost: DecimalOut


class BatchLineOut(Answered):
    """A material as planned, and as taken less what was put back."""

    item: ItemRefOut
    needed: DecimalOut
    used: DecimalOut
    unit: str
    cost: DecimalOut
    skipped: bool
    lots: list[LotUseOut]


class BatchExtraOut(Answered):
    """Something taken on top."""

    item: ItemRefOut
    quantity: DecimalOut
    unit: str
    reason: str
    cost: DecimalOut
    lots: list[LotUseOut]


class BatchOutputOut(Answered):
    """What was made."""

    item: ItemRefOut
    lot: LotRefOut | None
    quantity: DecimalOut
    unit: str
    cost: DecimalOut


class LossOut(Answered):
    """What did not become good output."""

    quantity: DecimalOut
    unit: str
    category: str
    note: str | None


class BatchPostingOut(Answered):
    """An entry of the ledger."""

    id: UUID | None
    number: str | None
    kind: str


class BatchOut(Answered):
    """One making of a recipe. `expected`: of the output, in its stock unit."""

    id: UUID
    label: str
    status: Status
    recipe: RecipeRefOut
    version: int
    scale: DecimalOut
    planned_for: date | None
    note: str | None
    started_at: datetime | None
    completed_at: datetime | None
    ended_reason: str | None
    output_item: ItemRefOut
    expected: DecimalOut
    unit: str
    lines: list[BatchLineOut]
    extras: list[BatchExtraOut]
    outputs: list[BatchOutputOut]
    loss: LossOut | None
    variance_reason: str | None
    total_cost: DecimalOut
    unit_cost: DecimalOut | None
    yield_percent: DecimalOut | None
    postings: list[BatchPostingOut]
    created_at: datetime


class BatchesOut(Answered):
    """Of `GET /batches`."""

    data: list[BatchOut]
    next_cursor: str | None


def batch(record: BatchRecord) -> dict[str, Any]:
    """The contract's Batch."""
    header = record.header
    return {
        "id": str(header.id),
        "label": header.label,
        "status": header.status,
        "recipe": {"id": str(header.recipe_id), "name": header.recipe},
        "version": header.version,
        "scale": numbers.plain(header.scale),
        "planned_for": header.planned_for and header.planned_for.isoformat(),
        "note": header.note,
        "started_at": instant(header.started_at),
        "completed_at": instant(header.completed_at),
        "ended_reason": header.ended_reason,
        "output_item": item_ref(header.output),
        "expected": numbers.plain(header.expected),
        "unit": header.output.unit,
        "lines": [_line(line) for line in record.lines],
        "extras": [_extra(extra) for extra in record.extras],
        "outputs": [_output(output) for output in record.outputs],
        "loss": _loss(record),
        "variance_reason": header.variance_reason,
        "total_cost": numbers.plain(record.total_cost),
        "unit_cost": record.unit_cost,
        "yield_percent": record.yield_percent,
        "postings": [_posting(entry) for entry in record.entries],
        "created_at": instant(header.created_at),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "item": item_ref(line.row.item),
        "needed": numbers.plain(line.row.needed),
        "used": numbers.plain(line.used),
        "unit": line.row.unit,
        "cost": numbers.plain(line.cost),
        "skipped": line.row.skipped,
        "lots": [_lot_use(lot) for lot in line.lots],
    }


def _extra(extra: Extra) -> dict[str, Any]:
    return {
        "item": item_ref(extra.row.item),
        "quantity": numbers.plain(extra.row.quantity),
        "unit": extra.row.item.unit,
        "reason": extra.row.reason,
        "cost": numbers.plain(extra.cost),
        "lots": [_lot_use(lot) for lot in extra.lots],
    }


def _lot_use(lot: LotUse) -> dict[str, Any]:
    return {
        "lot": {"id": str(lot.lot_id), "fifo_code": lot.fifo_code} if lot.lot_id else None,
        "quantity": numbers.plain(lot.quantity),
        "cost": numbers.plain(lot.cost),
    }


def _output(output: Output) -> dict[str, Any]:
    lot = {"id": str(output.lot_id) if output.lot_id else None, "fifo_code": output.fifo_code}
    return {
        "item": item_ref(output.item),
        "lot": lot if output.item.tracked else None,
        "quantity": numbers.plain(output.quantity),
        "unit": output.item.unit,
        "cost": numbers.plain(output.cost),
    }


def _loss(record: BatchRecord) -> dict[str, Any] | None:
    loss = record.header.loss
    if loss is None:
        return None
    unit = record.header.output.unit
    return {"quantity": numbers.plain(loss.quantity), "unit": unit, "category": loss.category, "note": loss.note}


def _posting(entry: Entry) -> dict[str, Any]:
    return {"id": str(entry.id) if entry.id else None, "number": entry.number, "kind": entry.kind}

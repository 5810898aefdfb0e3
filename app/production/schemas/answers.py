"""What answers are made of: documentation, and what tests hold the answers against."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from app.inventory.schemas.answers import ItemRefOut, LotRefOut
from app.platform.answers import Answered
from app.platform.schemas import DecimalOut
from app.recipes.schemas.answers import RecipeRefOut

Status = Literal["planned", "in_progress", "completed", "failed", "cancelled", "reversed"]


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

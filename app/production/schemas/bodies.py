"""What comes in to production's part of the API: bodies and queries, and what the services take of them."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from app.inventory.schemas.references import ItemReference
from app.kernel.numbers import Quantity
from app.platform.schemas import (
    IsoDay,
    LongText,
    NonNegativeDecimal,
    PageQuery,
    PositiveDecimal,
    Reason,
    Shape,
    ShortText,
    UnitName,
    Whole,
)
from app.production.services.finishing import Finish, SaidLoss, SaidOutput
from app.production.services.making import SaidExtra
from app.production.services.planning import Plan
from app.recipes.schemas.bodies import RecipeReference

_MOST_LINES = 200
Status = Literal["planned", "in_progress", "completed", "failed", "cancelled", "reversed"]


class BatchIn(Shape):
    """A batch to be. `recipe`: id or name; `version` left out: the one in force."""

    recipe: RecipeReference
    version: Annotated[Whole, Field(gt=0)] | None = None
    scale: PositiveDecimal = Decimal(1)
    planned_for: IsoDay | None = None
    note: LongText | None = None

    def said(self) -> Plan:
        """As the service takes it."""
        return Plan(self.recipe, self.version, self.scale, self.planned_for, self.note)


class StartIn(Shape):
    """`skip`: materials to be left out, by id or code."""

    skip: Annotated[tuple[ItemReference, ...], Field(max_length=_MOST_LINES)] = ()


class ExtraIn(Shape):
    """So much of an item, and why."""

    item: ItemReference
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

    item: ItemReference | None = None
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
    recipe: RecipeReference | None = None
    since: Annotated[IsoDay | None, Field(alias="from")] = None
    until: Annotated[IsoDay | None, Field(alias="to")] = None

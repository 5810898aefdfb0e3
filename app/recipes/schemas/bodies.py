"""What comes in to recipes' part of the API: bodies and queries, and what the services take of them."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from app.inventory.schemas.bodies import CheckLines
from app.inventory.schemas.references import ItemReference
from app.kernel.numbers import Quantity
from app.platform.references import Refers
from app.platform.schemas import (
    Code,
    Flag,
    LongText,
    Name,
    PageQuery,
    PositiveDecimal,
    Reference,
    Shape,
    ShortText,
    UnitName,
)
from app.recipes.services import references
from app.recipes.services.saying import SaidLine, SaidOutput
from app.recipes.services.versions import Making

MOST_LINES = 500
RecipeReference: TypeAlias = Annotated[Reference, Refers(references.find_each)]
"""Id or live name."""


class LineIn(Shape):
    """One line: an item or a recipe. A recipe's unit `batch` means whole makings of it."""

    item: ItemReference | None = None
    recipe: RecipeReference | None = None
    quantity: PositiveDecimal
    unit: UnitName | None = None
    note: LongText | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "LineIn":
        if (self.item is None) == (self.recipe is None):
            raise ValueError("Name an item or a recipe, one of the two.")
        return self

    def said(self) -> SaidLine:
        """As the service takes it."""
        return SaidLine(Quantity(self.quantity, self.unit), self.item, self.recipe, self.note)


class OutputIn(Shape):
    """What one making gives: an item, or the name of a new product kept in `unit`."""

    item: ItemReference | None = None
    name: Name | None = None
    quantity: PositiveDecimal
    unit: UnitName | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "OutputIn":
        if (self.item is None) == (self.name is None):
            raise ValueError("Name an item, or a new product, one of the two.")
        return self

    def said(self) -> SaidOutput:
        """As the service takes it."""
        return SaidOutput(Quantity(self.quantity, self.unit), self.item, self.name)


class VersionIn(Shape):
    """The next version; what is left out stays as in the latest one."""

    name: Name | None = None
    prefix: Code | None = None
    output: OutputIn | None = None
    lines: Annotated[list[LineIn], Field(max_length=MOST_LINES)] | None = None
    instructions: LongText | None = None
    draft: Flag = False

    def making(self) -> Making:
        """As the service takes it."""
        lines = None if self.lines is None else tuple(line.said() for line in self.lines)
        return Making(self.output.said() if self.output else None, lines, self.instructions)


class RecipeIn(VersionIn):
    """A new recipe."""

    name: Name
    kind: Literal["production", "assembly"] = "production"


class RecipePage(PageQuery):
    """`GET /recipes`."""

    q: ShortText | None = None


class ScaleQuery(Shape):
    """`?scale=`: makings."""

    scale: PositiveDecimal = Decimal(1)


class StockCheckIn(Shape):
    """Of a recipe at a scale, or of a list."""

    recipe: RecipeReference | None = None
    scale: PositiveDecimal | None = None
    lines: CheckLines | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "StockCheckIn":
        if (self.recipe is None) == (self.lines is None) or (self.lines and self.scale):
            raise ValueError("Send a recipe with a scale, or lines, one of the two.")
        return self

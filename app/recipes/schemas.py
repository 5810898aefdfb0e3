"""The shapes of recipes' API: what comes in, and what answers are made of."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from app.inventory.schemas import instant, item_ref
from app.inventory.schemas.answers import ItemRefOut
from app.inventory.schemas.bodies import CheckLines
from app.kernel import numbers
from app.kernel.numbers import MICRO, Quantity
from app.platform.answers import Answered
from app.platform.schemas import (
    Code,
    DecimalOut,
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
from app.recipes.queries.recipes import RecipeRow
from app.recipes.services.costing import Costing
from app.recipes.services.explosion import Needed
from app.recipes.services.saying import SaidLine, SaidOutput
from app.recipes.services.structure import Line
from app.recipes.services.versions import Making

MOST_LINES = 500


class LineIn(Shape):
    """One line: an item or a recipe. A recipe's unit `batch` means whole makings of it."""

    item: Reference | None = None
    recipe: Reference | None = None
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

    item: Reference | None = None
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

    recipe: Reference | None = None
    scale: PositiveDecimal | None = None
    lines: CheckLines | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "StockCheckIn":
        if (self.recipe is None) == (self.lines is None) or (self.lines and self.scale):
            raise ValueError("Send a recipe with a scale, or lines, one of the two.")
        return self


class RecipeRefOut(Answered):
    """A recipe by name."""

    id: UUID
    name: str


class RecipeOutputOut(Answered):
    """What the recipe gives at this scale."""

    item: ItemRefOut
    quantity: DecimalOut
    unit: str


class RecipeLineOut(Answered):
    """`item` or `recipe`."""

    line: int
    item: ItemRefOut | None = None
    recipe: RecipeRefOut | None = None
    quantity: DecimalOut
    unit: str
    note: str | None


class RecipeOut(Answered):
    """A version of a recipe. `current`: it is the version in force."""

    id: UUID
    name: str
    prefix: str
    kind: str
    status: str
    version: int
    current: bool
    output: RecipeOutputOut | None
    lines: list[RecipeLineOut]
    portions: None
    instructions: str | None
    warnings: list[str]
    created_at: datetime


class RecipesOut(Answered):
    """Of `GET /recipes`."""

    data: list[RecipeOut]
    next_cursor: str | None


class CostLineOut(Answered):
    """A material; `cost` null when nothing of it is in stock."""

    item: ItemRefOut
    needed: DecimalOut
    unit: str
    cost: DecimalOut | None


class UncostedOut(Answered):
    """A material whose cost is not known, or not all of it."""

    item: ItemRefOut
    reason: str


class CostOut(Answered):
    """`per_unit`: of one unit of the output, as the recipe says it."""

    total_cost: DecimalOut
    per_unit: DecimalOut | None
    per_portion: DecimalOut | None
    lines: list[CostLineOut]
    uncosted: list[UncostedOut]


class NeededOut(Answered):
    """A material, and the recipes through which it is needed, outermost first."""

    item: ItemRefOut
    needed: DecimalOut
    unit: str
    paths: list[list[str]]


class ExplosionOut(Answered):
    """Every level flat."""

    lines: list[NeededOut]


def recipe(row: RecipeRow, scale: Fraction = Fraction(1)) -> dict[str, Any]:
    """The contract's Recipe, its amounts times `scale`."""
    version = row.version
    made = version.output
    return {
        "id": str(version.recipe_id),
        "name": version.name,
        "prefix": version.prefix,
        "kind": version.kind,
        "status": row.status,
        "version": version.number,
        "current": version.is_current,
        "output": made
        and {
            "item": item_ref(row.materials[made.item_id]),
            "quantity": _scaled(made.quantity, scale),
            "unit": made.unit,
        },
        "lines": [_line(line, row, scale) for line in version.lines],
        "portions": None,
        "instructions": version.instructions,
        "warnings": list(row.warnings),
        "created_at": instant(version.created_at),
    }


def cost(found: Costing) -> dict[str, Any]:
    """The answer of `GET /recipes/{recipe}/cost`."""
    return {
        "total_cost": numbers.plain(found.total_cost),
        "per_unit": None if found.per_unit is None else numbers.plain(found.per_unit),
        "per_portion": None,
        "lines": [
            {**_needed(line.needed), "cost": None if line.cost is None else numbers.plain(line.cost)}
            for line in found.lines
        ],
        "uncosted": [{"item": item_ref(material), "reason": reason} for material, reason in found.uncosted],
    }


def explosion(needs: tuple[Needed, ...]) -> dict[str, Any]:
    """The answer of `GET /recipes/{recipe}/explosion`."""
    return {"lines": [{**_needed(needed), "paths": [list(path) for path in needed.paths]} for needed in needs]}


def _needed(needed: Needed) -> dict[str, Any]:
    return {
        "item": item_ref(needed.material),
        "needed": numbers.plain(needed.quantity),
        "unit": needed.material.unit,
    }


def _line(line: Line, row: RecipeRow, scale: Fraction) -> dict[str, Any]:
    if line.item_id:
        thing = {"item": item_ref(row.materials[line.item_id])}
    else:
        thing = {"recipe": {"id": str(line.used.recipe_id), "name": line.used.name} if line.used else {}}
    amount = {"quantity": _scaled(line.quantity, scale), "unit": line.unit, "note": line.note}
    return {"line": line.line, **thing, **amount}


def _scaled(micro: int, scale: Fraction) -> str:
    return numbers.plain_of(Fraction(micro, MICRO) * scale)

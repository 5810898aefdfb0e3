"""What answers are made of: documentation, and what tests hold the answers against."""

from datetime import datetime
from uuid import UUID

from app.inventory.schemas.answers import ItemRefOut
from app.platform.answers import Answered
from app.platform.schemas import DecimalOut


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

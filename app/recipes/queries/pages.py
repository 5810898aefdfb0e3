"""What the pages of recipes show: the list, the versions of one, where an item is used, and what can be typed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.kernel import text
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Id
from app.recipes.models import Recipe, RecipeLine, RecipeVersion

RECIPE_MARK = " (recipe)"
"""Behind a recipe's name where materials and recipes are offered together."""


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A live recipe with what its version in force gives; a draft has no `version`. `quantity` in millionths."""

    id: UUID
    name: str
    kind: str
    version: int | None
    latest: int
    output: str | None
    quantity: int | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version of a recipe."""

    number: int
    published: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A recipe that uses an item or a recipe. `quantity` in millionths of `unit`, as typed."""

    recipe_id: UUID
    recipe: str
    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class Thing:
    """A live item or recipe that a line may name."""

    kind: str  # item or recipe
    id: UUID
    name: str
    code: str | None
    type: str
    unit: str

    @property
    def said(self) -> str:
        """How it is offered and read."""
        return self.name + RECIPE_MARK if self.kind == "recipe" else self.name


def live(actor: Actor, q: str | None = None) -> tuple[RecipeRow, ...]:
    """Recipes by name. `q`: part of a name, ignoring case and accents."""
    asked = {"o": actor.organization_id, "q": text.search_key(q or "")}
    return tuple(RecipeRow(*tuple(row)) for row in execute(_LIVE, asked))


def versions(actor: Actor, recipe_id: UUID) -> tuple[VersionRow, ...]:
    """The versions of a recipe, the first first."""
    rows = execute(_VERSIONS, {"o": actor.organization_id, "recipe": recipe_id})
    return tuple(
        VersionRow(row.number, row.published_at is not None, row.number == row.current_version) for row in rows
    )


def base_of(rows: tuple[VersionRow, ...], number: int) -> int | None:
    """What a version is compared with: the one in use, else the one before it; None where it stands alone."""
    others = [row for row in rows if row.number != number]
    in_use = [row.number for row in others if row.current]
    earlier = [row.number for row in others if row.number < number]
    return next(iter([*in_use, *reversed(earlier)]), None)


def uses(actor: Actor, *, item_id: UUID | None = None, recipe_id: UUID | None = None) -> tuple[Use, ...]:
    """The live recipes whose version in force uses an item, or a recipe, by name."""
    asked = {"o": actor.organization_id, "item": item_id, "recipe": recipe_id}
    return tuple(Use(*tuple(row)) for row in execute(_USES, asked))


def things(actor: Actor) -> tuple[Thing, ...]:
    """Everything that a line of a recipe may name, by name; items before recipes of the same name."""
    return tuple(Thing(*tuple(row)[:6]) for row in execute(_THINGS, {"o": actor.organization_id}))


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.organization_id == other.organization_id, one.organization_id == sa.bindparam("o"))


_IN_FORCE = sa.and_(
    _same(RecipeVersion, Recipe), RecipeVersion.recipe_id == Recipe.id, RecipeVersion.number == Recipe.current_version
)
_LIVE = (
    sa.select(
        Recipe.id,
        Recipe.name,
        Recipe.kind,
        Recipe.current_version,
        Recipe.latest_version,
        Item.name.label("output"),
        RecipeVersion.output_quantity,
        RecipeVersion.output_unit,
    )
    .outerjoin(RecipeVersion, _IN_FORCE)
    .outerjoin(Item, sa.and_(_same(Item, RecipeVersion), Item.id == RecipeVersion.output_item_id))
    .where(Recipe.organization_id == sa.bindparam("o"), Recipe.archived_at.is_(None))
    .where(Recipe.name_key.contains(sa.bindparam("q"), autoescape=False))
    .order_by(Recipe.name_key, Recipe.id)
)
_VERSIONS = (
    sa.select(RecipeVersion.number, RecipeVersion.published_at, Recipe.current_version)
    .join(Recipe, sa.and_(_same(Recipe, RecipeVersion), Recipe.id == RecipeVersion.recipe_id))
    .where(RecipeVersion.organization_id == sa.bindparam("o"), RecipeVersion.recipe_id == sa.bindparam("recipe"))
    .order_by(RecipeVersion.number)
)
_USES = (
    sa.select(Recipe.id, Recipe.name, RecipeLine.quantity, RecipeLine.unit)
    .join(RecipeVersion, sa.and_(_same(RecipeLine, RecipeVersion), RecipeLine.version_id == RecipeVersion.id))
    .join(Recipe, _IN_FORCE)
    .where(RecipeLine.organization_id == sa.bindparam("o"), Recipe.archived_at.is_(None))
    .where(
        sa.or_(
            RecipeLine.item_id == sa.bindparam("item", type_=Id),
            RecipeLine.used_recipe_id == sa.bindparam("recipe", type_=Id),
        )
    )
    .order_by(Recipe.name_key, Recipe.id, RecipeLine.line)
)
_THINGS: Any = sa.union_all(
    sa.select(
        sa.literal("item").label("kind"),
        Item.id,
        Item.name,
        Item.code,
        Item.type,
        Item.unit,
        Item.name_key.label("key"),
    ).where(Item.organization_id == sa.bindparam("o"), Item.archived_at.is_(None)),
    sa.select(
        sa.literal("recipe"), Recipe.id, Recipe.name, sa.null(), Recipe.kind, sa.literal("batch"), Recipe.name_key
    ).where(Recipe.organization_id == sa.bindparam("o"), Recipe.archived_at.is_(None)),
).order_by("key", "kind")

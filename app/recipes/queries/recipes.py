"""Recipes as the API and a recipe's page show them: a version, its materials by name, its warnings. Read set-wise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.kernel import text
from app.kernel.actor import Actor
from app.platform import paging
from app.platform.database import db
from app.platform.paging import Page
from app.platform.tenancy import select_for
from app.recipes.models import Recipe, RecipeVersion
from app.recipes.services import balance, materials, structure
from app.recipes.services.materials import Material
from app.recipes.services.structure import Version


@dataclass(frozen=True, slots=True)
class RecipeRow:
    """A version of a recipe, the materials it speaks of by id, and what should be looked at in it."""

    version: Version
    materials: Mapping[UUID, Material]
    warnings: tuple[str, ...]

    @property
    def status(self) -> str:
        """draft, published or archived."""
        if self.version.archived_at is not None:
            return "archived"
        return "draft" if self.version.published_at is None else "published"


def recipe(actor: Actor, version_id: UUID) -> RecipeRow:
    """One version."""
    return _shown(actor, [version_id])[0]


def page(actor: Actor, *, q: str | None = None, limit: int, cursor: str | None = None) -> Page[RecipeRow]:
    """Live recipes by name, each by its version in force, else its latest draft.

    raises: Invalid for a cursor of another list
    """
    after = paging.place(cursor, UUID)
    statement = _listed(actor)
    if q:
        statement = statement.where(Recipe.name_key.contains(text.search_key(q), autoescape=True))
    if after is not None:
        statement = statement.where(sa.tuple_(Recipe.name_key, Recipe.id) > _place(actor, after[0]))
    rows = db.session.execute(statement.order_by(Recipe.name_key, Recipe.id).limit(limit + 1)).all()
    found = paging.page(rows, limit, lambda row: (row.recipe_id,))
    return Page(tuple(_shown(actor, [row.id for row in found.rows])), found.next_cursor)


def shown_version(actor: Actor, recipe_id: UUID) -> UUID:
    """The id of the version in force, else of the latest draft."""
    found: UUID = db.session.execute(_listed(actor, archived=True).where(Recipe.id == recipe_id)).one().id
    return found


def _listed(actor: Actor, *, archived: bool = False) -> sa.Select[Any]:
    shown = sa.and_(
        RecipeVersion.organization_id == Recipe.organization_id,
        RecipeVersion.recipe_id == Recipe.id,
        RecipeVersion.number == sa.func.coalesce(Recipe.current_version, Recipe.latest_version),
    )
    statement = select_for(actor, RecipeVersion.id, Recipe.id.label("recipe_id")).join(Recipe, shown)
    return statement if archived else statement.where(Recipe.archived_at.is_(None))


def _place(actor: Actor, recipe_id: UUID) -> sa.ColumnElement[Any]:
    name = sa.select(Recipe.name_key).where(Recipe.organization_id == actor.organization_id, Recipe.id == recipe_id)
    return sa.tuple_(name.scalar_subquery(), sa.literal(recipe_id, Recipe.id.type))


def _shown(actor: Actor, version_ids: list[UUID]) -> list[RecipeRow]:
    found = structure.read(actor, version_ids)
    known = materials.read(actor, {item_id for version in found.values() for item_id in version.item_ids})
    return [
        RecipeRow(found[version_id], known, tuple(balance.warnings(found[version_id], known)))
        for version_id in version_ids
    ]

"""Answers the catalog's question before an own unit goes: which recipe says amounts in it?"""

import sqlalchemy as sa

from app.catalog.models import Item
from app.catalog.services import unit_conversion
from app.kernel.actor import Actor
from app.platform.database import db
from app.platform.tenancy import select_for
from app.recipes.models import Recipe, RecipeLine, RecipeVersion


def recipe_in_unit(actor: Actor, item: Item, key: str) -> str | None:
    """`the recipe Soap`, when any version of it says an amount of `item` in this unit; versions never change."""
    for name, unit in _said(actor, item):
        if unit_conversion.name_key(unit) in {key, f"{key}s", f"{key}es"}:
            return f"the recipe {name}"
    return None


def _said(actor: Actor, item: Item) -> sa.Result[str, str]:
    version = sa.and_(RecipeVersion.organization_id == Recipe.organization_id, RecipeVersion.recipe_id == Recipe.id)
    line = sa.and_(
        RecipeLine.organization_id == RecipeVersion.organization_id, RecipeLine.version_id == RecipeVersion.id
    )
    in_lines = (
        select_for(actor, Recipe.name, RecipeLine.unit)
        .join(RecipeVersion, version)
        .join(RecipeLine, line)
        .where(RecipeLine.item_id == item.id)
    )
    in_outputs = (
        select_for(actor, Recipe.name, RecipeVersion.output_unit)
        .join(RecipeVersion, version)
        .where(RecipeVersion.output_item_id == item.id, RecipeVersion.output_unit.is_not(None))
    )
    return db.session.execute(in_lines.union(in_outputs))

"""Finds recipes: by id where a path names them, by id or live name where a body does."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.kernel import ids, text
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.platform.database import db
from app.platform.tenancy import select_for
from app.recipes.models import Recipe, RecipeVersion

_MESSAGE = "That recipe does not exist."


@dataclass(frozen=True, slots=True)
class Found:
    """A recipe and the id of its version in force, None when it has drafts only."""

    id: UUID
    name: str
    latest_version: int
    current_version: int | None
    current_version_id: UUID | None


def find(actor: Actor, reference: str, *, field: str | None = None) -> Found:
    """The recipe of this id or, where a body's `field` names it, of this id or live name.

    raises: NotFound, the same for what never was and for somebody else's
    """
    if field is not None:
        return find_each(actor, {field: reference})[field]
    known = ids.parse(reference)
    rows = _read(actor, Recipe.id == known) if known else []
    if not rows:
        raise NotFound(_MESSAGE)
    return rows[0]


def find_each(actor: Actor, references: Mapping[str, str]) -> dict[str, Found]:
    """Recipes by the fields that name them, in one statement. raises: NotFound, naming every field"""
    known = [parsed for said in references.values() if (parsed := ids.parse(said))]
    keys = [
        text.search_key(said) for said in references.values() if "\0" not in said
    ]  # no name holds one, PostgreSQL none at all
    named = sa.and_(Recipe.name_key.in_(keys), Recipe.archived_at.is_(None))
    rows = _read(actor, sa.or_(Recipe.id.in_(known), named)) if references else []
    by_reference = {text.search_key(row.name): row for row in rows} | {str(row.id): row for row in rows}
    found = {
        field: by_reference.get(said) or by_reference.get(text.search_key(said)) for field, said in references.items()
    }
    missing = [field for field, row in found.items() if row is None]
    if missing:
        raise NotFound(_MESSAGE, errors={field: [_MESSAGE] for field in missing})
    return {field: row for field, row in found.items() if row}


def current(found: Found, *, field: str | None = None) -> UUID:
    """The version in force. raises: Invalid `not_published` on `field` when there is none"""
    if found.current_version_id is None:
        message = f"{found.name} has no published version yet."
        raise Invalid(message, code="not_published", errors={field: [message]} if field else None)
    return found.current_version_id


def version(actor: Actor, recipe_id: UUID, number: int, *, field: str | None = None) -> UUID:
    """The id of version `number`. raises: NotFound"""
    wanted = sa.select(RecipeVersion.id).where(
        RecipeVersion.organization_id == actor.organization_id,
        RecipeVersion.recipe_id == recipe_id,
        RecipeVersion.number == number,
    )
    found = db.session.scalar(wanted)
    if found is None:
        message = "That recipe has no such version."
        raise NotFound.field(field, message) if field else NotFound(message)
    return found


def _read(actor: Actor, which: sa.ColumnElement[bool]) -> list[Found]:
    in_force = sa.and_(
        RecipeVersion.organization_id == Recipe.organization_id,
        RecipeVersion.recipe_id == Recipe.id,
        RecipeVersion.number == Recipe.current_version,
    )
    rows = db.session.execute(
        select_for(actor, Recipe.id, Recipe.name, Recipe.latest_version, Recipe.current_version, RecipeVersion.id)
        .select_from(Recipe)
        .outerjoin(RecipeVersion, in_force)
        .where(which)
        .order_by(Recipe.id)
    )
    return [Found(*row) for row in rows]

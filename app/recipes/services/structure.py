"""Reads versions with their lines: several, or one with every recipe that it is made of. Frozen; one statement each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.prepared import Prepared
from app.platform.types import Id
from app.recipes.models import Recipe, RecipeLine, RecipeVersion

WHOLE_MAKINGS = "batch"
"""The unit of a recipe line that counts whole makings."""


@dataclass(frozen=True, slots=True)
class Output:
    """What one making gives: `quantity` in millionths of `unit`, as typed."""

    item_id: UUID
    quantity: int
    unit: str


@dataclass(frozen=True, slots=True)
class Used:
    """A recipe that a line uses, by its version in force. `version_id` None: it has none."""

    recipe_id: UUID
    name: str
    version_id: UUID | None
    output: Output | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `item_id` or `used`. `quantity` in millionths of `unit`, as typed."""

    line: int
    item_id: UUID | None
    used: Used | None
    quantity: int
    unit: str
    note: str | None

    @property
    def field(self) -> str:
        """How errors name it."""
        return f"lines.{self.line - 1}"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a recipe, with what is said of the recipe itself."""

    id: UUID
    recipe_id: UUID
    name: str
    prefix: str
    kind: str
    number: int
    current_number: int | None
    archived_at: datetime | None
    published_at: datetime | None
    created_at: datetime
    instructions: str | None
    output: Output | None
    lines: tuple[Line, ...]

    @property
    def is_current(self) -> bool:
        """Whether it is the version in force."""
        return self.number == self.current_number

    @property
    def item_ids(self) -> set[UUID]:
        """Every item that its lines and output, and those of the recipes it uses, speak of."""
        outputs = [self.output, *(line.used.output for line in self.lines if line.used)]
        return {line.item_id for line in self.lines if line.item_id} | {made.item_id for made in outputs if made}


def read(actor: Actor, version_ids: Iterable[UUID]) -> dict[UUID, Version]:
    """Versions by id. Those that are not there are left out."""
    asked = {"o": actor.organization_id, "ids": sorted(set(version_ids))}
    return _versions(_BY_ID.rows(asked))


def whole(actor: Actor, version_id: UUID) -> dict[UUID, Version]:
    """A version and, at every level below, the versions in force of the recipes that it uses, by id."""
    return _versions(execute(_WITH_ALL_BELOW, {"o": actor.organization_id, "root": version_id}))


def all_in_force(actor: Actor) -> dict[UUID, Version]:
    """The versions in force of all live recipes, and of every recipe below them, by id."""
    return _versions(execute(_LIVE_WITH_ALL_BELOW, {"o": actor.organization_id}))


_used = aliased(Recipe, name="used")
_used_version = aliased(RecipeVersion, name="used_version")
_COLUMNS = (
    RecipeVersion.id,
    RecipeVersion.recipe_id,
    Recipe.name,
    Recipe.prefix,
    Recipe.kind,
    RecipeVersion.number,
    Recipe.current_version,
    Recipe.archived_at,
    RecipeVersion.published_at,
    RecipeVersion.created_at,
    RecipeVersion.instructions,
    RecipeVersion.output_item_id,
    RecipeVersion.output_quantity,
    RecipeVersion.output_unit,
    RecipeLine.line,
    RecipeLine.item_id,
    RecipeLine.quantity,
    RecipeLine.unit,
    RecipeLine.note,
    RecipeLine.used_recipe_id,
    _used.name.label("used_name"),
    _used_version.id.label("used_version_id"),
    _used_version.output_item_id.label("used_output_item_id"),
    _used_version.output_quantity.label("used_output_quantity"),
    _used_version.output_unit.label("used_output_unit"),
)


def _same(one: Any, other: Any) -> sa.ColumnElement[bool]:
    return sa.and_(one.organization_id == other.organization_id, one.organization_id == sa.bindparam("o"))


_VERSIONS = (
    sa.select(*_COLUMNS)
    .select_from(RecipeVersion)
    .join(Recipe, sa.and_(_same(Recipe, RecipeVersion), Recipe.id == RecipeVersion.recipe_id))
    .outerjoin(RecipeLine, sa.and_(_same(RecipeLine, RecipeVersion), RecipeLine.version_id == RecipeVersion.id))
    .outerjoin(_used, sa.and_(_same(_used, RecipeLine), _used.id == RecipeLine.used_recipe_id))
    .outerjoin(
        _used_version,
        sa.and_(
            _same(_used_version, _used),
            _used_version.recipe_id == _used.id,
            _used_version.number == _used.current_version,
        ),
    )
    .where(RecipeVersion.organization_id == sa.bindparam("o"))
    .order_by(RecipeVersion.id, RecipeLine.line)
)
_BY_ID = Prepared(_VERSIONS.where(RecipeVersion.id.in_(sa.bindparam("ids", expanding=True))))


def _below(roots: sa.Select[Any]) -> sa.CTE:
    """The ids of the versions `roots` and of every version in force below them."""
    below = roots.cte("below", recursive=True)
    deeper = (
        sa.select(_used_version.id)
        .select_from(below)
        .join(RecipeLine, sa.and_(RecipeLine.organization_id == sa.bindparam("o"), RecipeLine.version_id == below.c.id))
        .join(_used, sa.and_(_same(_used, RecipeLine), _used.id == RecipeLine.used_recipe_id))
        .join(
            _used_version,
            sa.and_(
                _same(_used_version, _used),
                _used_version.recipe_id == _used.id,
                _used_version.number == _used.current_version,
            ),
        )
    )
    return below.union(deeper)


_ROOT = sa.select(sa.bindparam("root", type_=Id).label("id"))
_LIVE = (
    sa.select(RecipeVersion.id)
    .join(Recipe, sa.and_(_same(Recipe, RecipeVersion), Recipe.id == RecipeVersion.recipe_id))
    .where(RecipeVersion.number == Recipe.current_version, Recipe.archived_at.is_(None))
)
_WITH_ALL_BELOW = _VERSIONS.where(RecipeVersion.id.in_(sa.select(_below(_ROOT).c.id)))
_LIVE_WITH_ALL_BELOW = _VERSIONS.where(RecipeVersion.id.in_(sa.select(_below(_LIVE).c.id)))


def _versions(rows: Iterable[Any]) -> dict[UUID, Version]:
    grouped: dict[UUID, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return {version_id: _version(lines) for version_id, lines in grouped.items()}


def _version(rows: list[Any]) -> Version:
    first = rows[0]
    return Version(
        id=first.id,
        recipe_id=first.recipe_id,
        name=first.name,
        prefix=first.prefix,
        kind=first.kind,
        number=first.number,
        current_number=first.current_version,
        archived_at=first.archived_at,
        published_at=first.published_at,
        created_at=first.created_at,
        instructions=first.instructions,
        output=_output(first.output_item_id, first.output_quantity, first.output_unit),
        lines=tuple(_line(row) for row in rows if row.line is not None),
    )


def _line(row: Any) -> Line:
    used = None
    if row.used_recipe_id is not None:
        made = _output(row.used_output_item_id, row.used_output_quantity, row.used_output_unit)
        used = Used(row.used_recipe_id, row.used_name, row.used_version_id, made)
    return Line(row.line, row.item_id, used, row.quantity, row.unit, row.note)


def _output(item_id: UUID | None, quantity: int | None, unit: str | None) -> Output | None:
    if item_id is None or quantity is None or unit is None:
        return None
    return Output(item_id, quantity, unit)

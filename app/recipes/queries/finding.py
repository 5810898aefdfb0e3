"""What a line of a recipe may be, as somebody types it: items with what is on hand, and recipes."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import StockBalance
from app.kernel import text
from app.kernel.actor import Actor
from app.platform.database import execute
from app.platform.types import Micro
from app.recipes.models import Recipe
from app.recipes.queries.pages import RECIPE_MARK

_MOST = 7


@dataclass(frozen=True, slots=True)
class Match:
    """One thing. `on_hand` in millionths of `unit`; None for what is not counted, and for recipes."""

    kind: str  # item or recipe
    name: str
    unit: str
    on_hand: int | None

    @property
    def said(self) -> str:
        """How it is written into the field."""
        return self.name + RECIPE_MARK if self.kind == "recipe" else self.name


def matches(actor: Actor, said: str) -> tuple[Match, ...]:
    """Live items and recipes whose name holds `said`, ignoring case and accents; those that begin with it first."""
    key = text.search_key(said)
    escaped = key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    asked = {"o": actor.organization_id, "in": f"%{escaped}%", "at": f"{escaped}%"}
    return tuple(Match(row.kind, row.name, row.unit, row.on_hand) for row in execute(_MATCHES, asked)) if key else ()


def _like(column: Any, name: str) -> sa.ColumnElement[bool]:
    return column.like(sa.bindparam(name, type_=sa.String), escape="\\")  # type: ignore[no-any-return]


_SAME = sa.and_(StockBalance.organization_id == Item.organization_id, StockBalance.item_id == Item.id)
_FOUND: Any = sa.union_all(
    sa.select(
        sa.literal("item").label("kind"),
        Item.name,
        Item.unit,
        sa.case((Item.tracked == sa.true(), StockBalance.on_hand)).label("on_hand"),
        Item.name_key.label("key"),
        sa.case((_like(Item.name_key, "at"), 0), else_=1).label("place"),
    )
    .join(StockBalance, _SAME)
    .where(Item.organization_id == sa.bindparam("o"), Item.archived_at.is_(None), _like(Item.name_key, "in")),
    sa.select(
        sa.literal("recipe"),
        Recipe.name,
        sa.literal("batch"),
        sa.cast(sa.null(), Micro),
        Recipe.name_key,
        sa.case((_like(Recipe.name_key, "at"), 0), else_=1),
    ).where(Recipe.organization_id == sa.bindparam("o"), Recipe.archived_at.is_(None), _like(Recipe.name_key, "in")),
)
_MATCHES = _FOUND.order_by("place", "key", "kind").limit(_MOST)

"""Items with what is on hand, reserved and available of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.catalog.services import items as catalog_items
from app.catalog.services.unit_conversion import Density
from app.inventory.models import Lot, StockBalance
from app.inventory.services import expiration
from app.kernel import clock, ids, text
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform import paging
from app.platform.database import db, execute
from app.platform.paging import Page
from app.platform.types import Day, Micro


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as people see it. Quantities in millionths of `unit`, value in millionths of the currency.

    on_hand, available and value are None for what is not tracked
    """

    id: UUID
    code: str
    name: str
    type: str
    unit: str
    category: str | None
    density: Density | None
    tracked: bool
    perishable: bool
    shelf_life_days: int | None
    fefo: bool
    low_stock_level: int | None
    barcode: str | None
    archived: bool
    on_hand: int | None
    reserved: int
    available: int | None
    value: int | None


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items. `below`: less is available than the low stock level says."""

    q: str | None = None
    type: str | None = None
    below: bool = False
    archived: bool = False


def page(actor: Actor, wanted: ItemFilter, *, limit: int, cursor: str | None = None) -> Page[ItemRow]:
    """Items by name.

    raises: Invalid for a cursor of another list
    """
    after = paging.place(cursor, UUID)
    statement = _statement(actor).where(*_conditions(wanted, _available(actor)))
    if after is not None:
        statement = statement.where(sa.tuple_(Item.name_key, Item.id) > _place(actor, after[0]))
    rows = db.session.execute(statement.order_by(Item.name_key, Item.id).limit(limit + 1)).all()
    return paging.page([_row(row) for row in rows], limit, lambda row: (row.id,))


def one(actor: Actor, item_id: UUID) -> ItemRow:
    """One item.

    raises: NotFound
    """
    found = db.session.execute(_statement(actor).where(Item.id == item_id)).one_or_none()
    if found is None:
        raise NotFound("That item does not exist.")
    return _row(found)


def each(actor: Actor, item_ids: Iterable[UUID]) -> dict[UUID, ItemRow]:
    """Items by id, in one statement. Those that are not there are left out."""
    found = db.session.execute(_statement(actor).where(Item.id.in_(sorted(set(item_ids)))))
    return {row.Item.id: _row(row) for row in found}


def _statement(actor: Actor) -> sa.Select[*tuple[Any, ...]]:
    available = _available(actor).label("available")
    same = sa.and_(StockBalance.organization_id == Item.organization_id, StockBalance.item_id == Item.id)
    return (
        sa.select(Item, StockBalance.on_hand, StockBalance.value, available)
        .join(StockBalance, same)
        .where(Item.organization_id == actor.organization_id)
        .execution_options(populate_existing=True)
    )


def _available(actor: Actor) -> sa.ScalarSelect[int]:
    """On hand without what expired and what is on hold."""
    today: sa.BindParameter[date] = sa.literal(clock.local_date(clock.now(), actor.zone), Day())
    return (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(Lot.remaining_quantity), 0), Micro))
        .where(Lot.organization_id == actor.organization_id, Lot.item_id == Item.id, Lot.remaining_quantity > 0)
        .where(Lot.on_hold == sa.false(), expiration.good_on(today))
        .correlate(Item)
        .scalar_subquery()
    )


def _conditions(wanted: ItemFilter, available: sa.ScalarSelect[int]) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [
        Item.archived_at.is_not(None) if wanted.archived else Item.archived_at.is_(None)
    ]
    if wanted.q:
        conditions.append(matches(wanted.q))
    if wanted.type:
        conditions.append(Item.type == wanted.type)
    if wanted.below:
        conditions += [Item.tracked == sa.true(), available < Item.low_stock_level]
    return conditions


def called(actor: Actor, said: Iterable[str]) -> dict[str, UUID]:
    """Items by what people call them: name, code, barcode or id, in one statement. What fits nothing is left out.

    An archived item answers only when no other does.
    """
    asked = {text.search_key(name): name for name in said if name and "\0" not in name}  # no text holds a NUL
    if not asked:
        return {}
    same = sa.or_(
        Item.name_key.in_(asked),
        Item.code_key.in_([name.lower() for name in asked.values()]),
        Item.barcode.in_(asked.values()),
        Item.id.in_([known for name in asked.values() if (known := ids.parse(name))]),
    )
    columns = sa.select(Item.id, Item.name_key, Item.code_key, Item.barcode).where(
        Item.organization_id == actor.organization_id, same
    )
    rows = execute(columns.order_by(Item.archived_at.is_not(None).desc(), Item.id)).all()
    found: dict[str, UUID] = {}
    for said_by in ("barcode", "code_key", "name_key", "id"):  # what comes later counts more
        found |= {text.search_key(str(getattr(row, said_by))): row.id for row in rows if getattr(row, said_by)}
    return {name: found[key] for key, name in asked.items() if key in found}


def names(actor: Actor) -> list[str]:
    """What there is to choose from: the names of all that is not archived."""
    live = sa.select(Item.name).where(Item.organization_id == actor.organization_id, Item.archived_at.is_(None))
    return list(execute(live.order_by(Item.name_key, Item.id)).scalars())


def matches(said: str) -> sa.ColumnElement[bool]:
    """Items whose name or code holds what was typed, ignoring case and accents, or that carry that barcode."""
    key = text.search_key(said)
    return sa.or_(
        Item.name_key.contains(key, autoescape=True),
        Item.code_key.contains(said.lower(), autoescape=True),
        Item.barcode == said,
    )


def _place(actor: Actor, item_id: UUID) -> sa.ColumnElement[Any]:
    name = sa.select(Item.name_key).where(Item.organization_id == actor.organization_id, Item.id == item_id)
    return sa.tuple_(name.scalar_subquery(), sa.literal(item_id, Item.id.type))


def _row(found: Any) -> ItemRow:
    item: Item = found.Item
    return ItemRow(
        id=item.id,
        code=item.code,
        name=item.name,
        type=item.type,
        unit=item.unit,
        category=item.category,
        density=catalog_items.density_of(item),
        tracked=item.tracked,
        perishable=item.perishable,
        shelf_life_days=item.shelf_life_days,
        fefo=item.fefo,
        low_stock_level=item.low_stock_level,
        barcode=item.barcode,
        archived=item.archived_at is not None,
        on_hand=int(found.on_hand) if item.tracked else None,
        reserved=0,
        available=int(found.available) if item.tracked else None,
        value=int(found.value) if item.tracked else None,
    )

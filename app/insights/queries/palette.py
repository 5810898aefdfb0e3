"""What the palette finds: items, lots, batches, recipes and people, in one statement a keystroke.

Each branch names its organization, is limited and ordered by itself; what the actor may not see is no branch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.identity.models import Membership, Person
from app.inventory.models import Lot, StockBalance
from app.kernel import text
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.database import execute
from app.platform.types import Micro, Text
from app.production.models import Batch
from app.recipes.models import Recipe

_SHOWN = 6
_PEOPLE = 200
_WORDS = 6
_NO_TEXT = sa.cast(sa.null(), Text)
_NO_AMOUNT = sa.cast(sa.null(), Micro)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing. `ref` is its code, label or name; `note` the item of a lot, the recipe of a batch, an item's code.

    kind:   item, lot, batch, recipe or member
    amount: millionths of `unit` on hand or left; None where nothing is counted
    state:  a batch's status; "held" of a lot on hold
    """

    kind: str
    id: UUID
    ref: str
    note: str | None
    amount: int | None
    unit: str | None
    state: str | None


def search(actor: Actor, *said: str) -> tuple[Hit, ...]:
    """What holds every word of one of the texts, ignoring case and accents: what begins with them first."""
    asked = [words for words in map(_words, said) if words]
    branches = [branch(actor, asked) for permission, branch in _BRANCHES if actor.may(permission)] if asked else []
    if not branches:
        return ()
    rows = execute(sa.union_all(*(sa.select(branch.subquery()) for branch in branches)).order_by("place"))
    hits = [Hit(row.kind, row.id, row.ref, row.note, row.amount, row.unit, row.state) for row in rows]
    return tuple(hit for hit in hits if hit.kind != "member" or any(holds(hit.ref, one) for one in said))


def holds(name: str, said: str) -> bool:
    """Whether `name` holds every word that was typed, of which there is one at least."""
    key, words = text.search_key(name), _words(said)
    return bool(words) and all(word in key for word in words)


def _words(said: str) -> list[str]:
    return text.search_key(said).split()[:_WORDS]


def _row(kind: str, found: Any, ref: Any, **more: Any) -> sa.Select[Any]:
    said = {"note": _NO_TEXT, "amount": _NO_AMOUNT, "unit": _NO_TEXT, "state": _NO_TEXT, **more}
    columns = (value.label(name) for name, value in said.items())
    return sa.select(sa.literal(kind).label("kind"), found.label("id"), ref.label("ref"), *columns)


def _first(found: sa.Select[Any], *order: Any, limit: int = _SHOWN) -> sa.Select[Any]:
    place = sa.func.row_number().over(order_by=order).label("place")
    return found.add_columns(place).order_by(*order).limit(limit)


def _any(key: Any, asked: list[list[str]]) -> sa.ColumnElement[bool]:
    return sa.or_(*(sa.and_(*(key.contains(word, autoescape=True) for word in words)) for words in asked))


def _rank(key: Any, asked: list[list[str]]) -> sa.ColumnElement[int]:
    """0 for what begins with what was typed, 1 where a word does, 2 for the rest."""
    phrases = [" ".join(words) for words in asked]
    begins = sa.or_(*(key.startswith(phrase, autoescape=True) for phrase in phrases))
    inside = sa.or_(*(key.contains(f" {phrase}", autoescape=True) for phrase in phrases))
    return sa.case((begins, 0), (inside, 1), else_=2)


def _items(actor: Actor, asked: list[list[str]]) -> sa.Select[Any]:
    key = Item.name_key + " " + Item.code_key + " " + sa.func.coalesce(Item.barcode, "")
    same = sa.and_(StockBalance.organization_id == Item.organization_id, StockBalance.item_id == Item.id)
    counted = sa.type_coerce(sa.case((Item.tracked == sa.true(), StockBalance.on_hand)), Micro)
    return _first(
        _row("item", Item.id, Item.name, note=Item.code, amount=counted, unit=Item.unit)
        .join(StockBalance, same)
        .where(Item.organization_id == actor.organization_id, Item.archived_at.is_(None), _any(key, asked)),
        _rank(Item.name_key, asked),
        Item.name_key,
    )


def _lots(actor: Actor, asked: list[list[str]]) -> sa.Select[Any]:
    """By code, ours or the supplier's; by the item's name only what is left."""
    same = sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id)
    called = _any(Lot.fifo_code_key + " " + sa.func.coalesce(Lot.supplier_lot_key, ""), asked)
    there = Lot.remaining_quantity > 0
    held = sa.cast(sa.case((Lot.on_hold == sa.true(), "held")), Text)
    return _first(
        _row("lot", Lot.id, Lot.fifo_code, note=Item.name, amount=Lot.remaining_quantity, unit=Item.unit, state=held)
        .join(Item, same)
        .where(Lot.organization_id == actor.organization_id)
        .where(sa.or_(called, sa.and_(there, _any(Item.name_key, asked)))),
        sa.case((called, 0), else_=1),
        sa.case((there, 0), else_=1),
        Lot.id.desc(),
    )


def _batches(actor: Actor, asked: list[list[str]]) -> sa.Select[Any]:
    """By label or recipe: what is on the bench, what is planned, then the newest."""
    same = sa.and_(Recipe.organization_id == Batch.organization_id, Recipe.id == Batch.recipe_id)
    return _first(
        _row("batch", Batch.id, Batch.label, note=Recipe.name, state=Batch.status)
        .join(Recipe, same)
        .where(Batch.organization_id == actor.organization_id)
        .where(_any(Batch.label_key + " " + Recipe.name_key, asked)),
        _rank(Batch.label_key, asked),
        sa.case({"in_progress": 0, "planned": 1}, value=Batch.status, else_=2),
        Batch.id.desc(),
    )


def _recipes(actor: Actor, asked: list[list[str]]) -> sa.Select[Any]:
    return _first(
        _row("recipe", Recipe.id, Recipe.name)
        .where(Recipe.organization_id == actor.organization_id, Recipe.archived_at.is_(None))
        .where(_any(Recipe.name_key, asked)),
        _rank(Recipe.name_key, asked),
        Recipe.name_key,
    )


def _members(actor: Actor, _asked: list[list[str]]) -> sa.Select[Any]:
    """All who are here: names have no folded key, so they are told apart afterwards."""
    here = _row("member", Person.id, Person.name).join(Membership, Membership.person_id == Person.id)
    return _first(
        here.where(Membership.organization_id == actor.organization_id, Membership.deactivated_at.is_(None)),
        Person.name,
        Person.id,
        limit=_PEOPLE,
    )


_BRANCHES: tuple[tuple[Permission, Callable[[Actor, list[list[str]]], sa.Select[Any]]], ...] = (
    (Permission.INVENTORY_VIEW, _items),
    (Permission.RECIPES_VIEW, _recipes),
    (Permission.BATCHES_VIEW, _batches),
    (Permission.INVENTORY_VIEW, _lots),
    (Permission.MEMBERS_MANAGE, _members),
)

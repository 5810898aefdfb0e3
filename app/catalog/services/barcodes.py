"""The authority on whose a barcode is: one item's, moved to another only when somebody says so."""

from uuid import UUID

from app.catalog.models import Item
from app.catalog.services import items
from app.kernel import barcodes
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import db
from app.platform.tenancy import select_for

LONGEST = 200


class Taken(Conflict):
    """Another item carries the barcode, or the item another barcode: both are said before anything is lost."""

    code = "barcode_taken"


def carriers(actor: Actor, barcode: str) -> list[Item]:
    """The items of this barcode, however its number is written; those in use first."""
    same = Item.barcode.in_(barcodes.alike(barcode))
    found = select_for(actor, Item).where(same).order_by(Item.archived_at.is_not(None), Item.name_key, Item.id)
    return list(db.session.scalars(found))


def attach(actor: Actor, *, reference: str, barcode: str, sure: bool = False) -> tuple[Item, str | None, Item | None]:
    """Give the barcode to the item of this code.

    sure:    also when another item loses it, or this one its present barcode
    returns: the item, the barcode that it had before, and the item that lost it
    raises:  Taken unless `sure`; NotFound on item; Invalid on barcode
    """
    actor.require(Permission.CATALOG_EDIT)
    if not barcode.isprintable() or not 1 <= len(barcode) <= LONGEST:
        raise Invalid.field("barcode", "That is not a barcode.")
    items.wait_for_others(actor)
    item = items.find(actor, reference, field="item")
    before = item.barcode if item.barcode != barcode else None
    other = next((each for each in carriers(actor, barcode) if each.id != item.id), None)
    if not sure:
        _refuse(item, before, other)
    if other is not None:
        other.barcode = None
    item.barcode = barcode
    db.session.flush()
    return item, before, other


def put_back(actor: Actor, *, reference: str, barcode: str, before: str | None, other_id: UUID | None) -> Item:
    """Undo `attach`: the item gets back what it had before, and the other item its barcode.

    raises: Conflict when the item's barcode has changed since; NotFound
    """
    actor.require(Permission.CATALOG_EDIT)
    items.wait_for_others(actor)
    item = items.find(actor, reference)
    other = items.find(actor, str(other_id)) if other_id else None
    if item.barcode != barcode or (other is not None and other.barcode):
        raise Conflict("The barcode has been changed since.", code="wrong_state")
    if before and (not before.isprintable() or len(before) > LONGEST):
        raise Invalid.field("before", "That is not a barcode.")
    item.barcode = before
    if other is not None:
        other.barcode = barcode
    db.session.flush()
    return item


def _refuse(item: Item, before: str | None, other: Item | None) -> None:
    if other is not None:
        message = phrase(
            "%(other)s has this barcode. Attach it to %(item)s, and it is taken off %(other)s.",
            other=other.name,
            item=item.name,
        )
        raise Taken(message, field="item")
    if before:
        message = phrase(
            "%(item)s has the barcode %(before)s already. The new one takes its place.", item=item.name, before=before
        )
        raise Taken(message, field="item")

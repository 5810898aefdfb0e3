"""Items and their own units."""

from typing import Any

from flask import Blueprint

from app.catalog.models import Item
from app.catalog.services import items as catalog
from app.catalog.services import own_units, unit_conversion
from app.catalog.services.items import NewItem
from app.catalog.services.unit_conversion import Density
from app.inventory import schemas
from app.inventory.queries import items as queries
from app.inventory.queries.items import ItemFilter
from app.inventory.schemas import answers, bodies, lists
from app.inventory.services import items
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer

bp = Blueprint("items_api", __name__, url_prefix="/api/v1")
ITEM = {"item": catalog.find}


@bp.post("/items")
@operation(
    permission=Permission.CATALOG_EDIT,
    summary="Make an item",
    answer=answers.ItemOut,
    status=201,
    body=bodies.NewItemBody,
)
def create_item(actor: Actor, *, body: bodies.NewItemBody) -> Answer:
    """Its code is made from its name when none is said."""
    said = {name: getattr(body, name) for name in NewItem.__dataclass_fields__}
    said |= {"density": _density(body), "low_stock_level": _micro(body.low_stock_level)}
    item = catalog.create(actor, NewItem(**said))
    return Answer(201, schemas.item(queries.one(actor, item.id)))


@bp.get("/items")
@operation(permission=Permission.CATALOG_VIEW, summary="Items by name", answer=answers.ItemsOut, query=lists.ItemsQuery)
def list_items(actor: Actor, *, query: lists.ItemsQuery) -> Answer:
    """With what is on hand and available of each."""
    wanted = ItemFilter(q=query.q, type=query.type, below=query.below, archived=query.archived)
    page = queries.page(actor, wanted, limit=query.limit, cursor=query.cursor)
    return Answer(200, {"data": [schemas.item(row) for row in page.rows], "next_cursor": page.next_cursor})


@bp.get("/items/<item>")
@operation(permission=Permission.CATALOG_VIEW, summary="An item", answer=answers.ItemOut, path=ITEM)
def show_item(actor: Actor, *, item: Item) -> Answer:
    """With what is on hand and available."""
    return Answer(200, schemas.item(queries.one(actor, item.id)))


@bp.patch("/items/<item>")
@operation(
    permission=Permission.CATALOG_EDIT,
    summary="Change an item",
    answer=answers.ItemOut,
    path=ITEM,
    body=bodies.ItemChangesBody,
)
def change_item(actor: Actor, *, item: Item, body: bodies.ItemChangesBody) -> Answer:
    """The unit stays once there is stock history; what has stock stays tracked."""
    items.change(actor, item, _changes(body))
    return Answer(200, schemas.item(queries.one(actor, item.id)))


@bp.get("/items/<item>/units")
@operation(
    permission=Permission.CATALOG_VIEW,
    summary="The organization's own units of an item",
    answer=answers.OwnUnitsOut,
    path=ITEM,
)
def list_own_units(actor: Actor, *, item: Item) -> Answer:
    """By name."""
    return Answer(200, {"data": [schemas.own_unit(row) for row in own_units.of(actor, item)], "next_cursor": None})


@bp.put("/items/<item>/units/<name>")
@operation(
    permission=Permission.CATALOG_EDIT,
    summary="Say how much one of an own unit is",
    answer=answers.OwnUnitOut,
    path=ITEM,
    body=bodies.OwnUnitBody,
)
def put_own_unit(actor: Actor, *, item: Item, name: str, body: bodies.OwnUnitBody) -> Answer:
    """What was posted before keeps its amount."""
    row = own_units.put(actor, item, name, quantity=body.quantity, unit=body.unit)
    return Answer(200, schemas.own_unit(row))


@bp.delete("/items/<item>/units/<name>")
@operation(permission=Permission.CATALOG_EDIT, summary="Forget an own unit", answer=answers.OwnUnitOut, path=ITEM)
def remove_own_unit(actor: Actor, *, item: Item, name: str) -> Answer:
    """Not one in which something was said."""
    return Answer(200, schemas.own_unit(items.remove_unit(actor, item, name)))


def _changes(body: bodies.ItemChangesBody) -> dict[str, Any]:
    said = {name: getattr(body, name) for name in body.model_fields_set}
    if said.keys() & {"density", "density_g_per_ml"}:
        said.pop("density_g_per_ml", None)
        said["density"] = _density(body)
    if "low_stock_level" in said:
        said["low_stock_level"] = _micro(body.low_stock_level)
    return said


def _density(body: bodies.NewItemBody | bodies.ItemChangesBody) -> Density | None:
    if body.density is not None:
        said = body.density
        return unit_conversion.density(
            mass=said.mass, mass_unit=said.mass_unit, volume=said.volume, volume_unit=said.volume_unit
        )
    return unit_conversion.density_g_per_ml(body.density_g_per_ml) if body.density_g_per_ml is not None else None


def _micro(amount: Any) -> int | None:
    return None if amount is None else numbers.to_micro(amount)

"""Units, and turning one into another. Writes nothing."""

from fractions import Fraction

from flask import Blueprint

from app.catalog.services import items as catalog
from app.catalog.services import unit_conversion
from app.catalog.services.unit_conversion import Part
from app.inventory import schemas
from app.inventory.schemas import answers, bodies
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.platform.api import operation
from app.platform.commands import Answer

bp = Blueprint("conversions_api", __name__, url_prefix="/api/v1")


@bp.get("/units")
@operation(permission=Permission.CATALOG_VIEW, summary="The units that everybody has", answer=answers.UnitsOut)
def list_units(_actor: Actor) -> Answer:
    """With the names they are known by."""
    found = [schemas.unit(unit) for unit in unit_conversion.system_units()]
    return Answer(200, {"data": found, "next_cursor": None})


@bp.post("/conversions")
@operation(
    permission=Permission.CATALOG_VIEW,
    summary="Turn one unit into another",
    answer=answers.QuantityOut,
    body=bodies.ConversionBody,
    reads=True,
)
def convert(actor: Actor, *, body: bodies.ConversionBody) -> Answer:
    """With `item`, its density and own units count. What is missing comes with a drawer."""
    item = None if body.item is None else catalog.find(actor, body.item, field="item")
    units = None if item is None else catalog.units_of(actor, item)
    target = unit_conversion.known(body.to, units, field="to").code
    beside = "quantity" if body.source is None else "from"
    micro = unit_conversion.in_unit(_parts(body), target, units, unit_field=beside)
    return Answer(200, {"quantity": numbers.plain(micro), "unit": target})


def _parts(body: bodies.ConversionBody) -> tuple[Part, ...]:
    if body.source is None:
        return unit_conversion.read_quantity(body.quantity)
    try:
        amount = numbers.read(body.quantity)
    except numbers.NotANumber:
        raise Invalid.field("quantity", "Beside `from`, a plain decimal.") from None
    if amount < 0:
        raise Invalid.field("quantity", "Must not be less than zero.")
    return (Part(Fraction(amount), body.source),)

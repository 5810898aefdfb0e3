"""How the pages say what the ledger calls by short names."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from app.catalog.services import unit_conversion
from app.inventory.services.adjustment import Posted
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import filters


@dataclass(frozen=True, slots=True)
class Word:
    """A kind of posting: what happened, its icon, and what the log's filter calls it."""

    did: str
    icon: str
    label: str


KINDS = {
    "receipt": Word("Received", "truck-delivery", "Deliveries"),
    "opening": Word("Opening stock", "book", "Opening stock"),
    "found": Word("Found", "search", "Found"),
    "production": Word("Made", "flame", "Made in batches"),
    "production_use": Word("Used in", "clipboard-list", "Used in batches"),
    "use": Word("Used", "minus", "Used"),
    "sale": Word("Sold", "shopping-bag", "Sold"),
    "sample": Word("Gave a sample", "flask", "Samples"),
    "tester": Word("Put out a tester", "flask", "Testers"),
    "gift": Word("Gave away", "user", "Gifts"),
    "spoil": Word("Spoiled", "trash", "Spoiled"),
    "trash": Word("Thrown away", "trash", "Thrown away"),
    "expired": Word("Expired", "hourglass", "Expired"),
    "damaged": Word("Damaged", "alert-triangle", "Damaged"),
    "quality_fail": Word("Failed quality check", "alert-triangle", "Failed quality checks"),
    "count": Word("Counted", "list-check", "Counts"),
    "hold": Word("Put on hold", "hand-stop", "Holds"),
    "release": Word("Released", "circle-check", "Releases"),
    "relabel": Word("Relabelled", "tag", "New labels"),
    "reversal": Word("Took back", "arrow-back-up", "Reversals"),
}


def amount(value: int | Decimal, unit: str | None, *, signed: bool = False) -> str:
    """A quantity as plain text: millionths, or the number itself as a Decimal."""
    return f"{filters.number(value, signed)} {unit or ''}".strip()


_PRICED_BY = {"g": "kg", "ml": "l"}  # a gram costs next to nothing: people price by the kilogram


def price(total: int, quantity: int, unit: str, currency: str) -> Markup:
    """What one unit cost, from millionths of both: `$7.42 /kg`; an en dash where there is nothing."""
    large = _PRICED_BY.get(unit, unit)
    units_in_it = unit_conversion.convert(Fraction(1), large, unit) if large != unit else Fraction(1)
    cost = numbers.plain_of(Fraction(total, quantity) * units_in_it) if quantity else None
    return filters.unit_cost(cost, currency, large)


def entered(posted: Any) -> str:
    """What was typed, else what moved."""
    if posted.entered is not None:
        return amount(posted.entered.amount, posted.entered.unit)
    moved = sum(line.quantity for line in posted.lines)
    return amount(abs(moved), posted.lines[0].item.unit) if posted.lines else ""


def cost(actor: Actor, micro: int, *, signed: bool = False) -> str:
    """`, $11.94` for those who may see it and where there is one. signed: `, −$11.94` for what was lost"""
    if not micro or not actor.may(Permission.INVENTORY_VIEW_COSTS):
        return ""
    return f", {filters.money(micro if signed else abs(micro), actor.currency, signed)}"


def moved(actor: Actor, posted: Posted) -> str:
    """A toast: `Used: 1.6 kg of olive oil, $11.94`."""
    name = posted.lines[0].item.name if posted.lines else ""
    did = _(KINDS[posted.kind].did)
    told = _("%(did)s: %(amount)s of %(item)s", did=did, amount=entered(posted), item=name)
    return str(told) + cost(actor, posted.total_cost)


def delivery(actor: Actor, posted: Sequence[Posted], supplier: str | None) -> str:
    """A toast: `Received 3 things from Northfield Oils, $84.20`."""
    count = len(posted)
    told = (
        ngettext("Received %(num)s thing from %(name)s", "Received %(num)s things from %(name)s", count, name=supplier)
        if supplier
        else ngettext("Received %(num)s thing", "Received %(num)s things", count)
    )
    return str(told) + cost(actor, sum(one.total_cost for one in posted))


def taken_back(actor: Actor, posted: Posted) -> str:
    """A toast after a reversal: `Took back: 1.6 kg of olive oil`."""
    if len({line.item.id for line in posted.lines}) > 1:
        said = "Took back %(number)s: %(num)s movement.", "Took back %(number)s: %(num)s movements."
        return str(ngettext(*said, len(posted.lines), number=posted.number))
    return moved(actor, posted)


def all_taken_back(actor: Actor, posted: Sequence[Posted]) -> str:
    """A toast after several reversals: `Took back 3 entries, $84.20`."""
    told = ngettext("Took back %(num)s entry", "Took back %(num)s entries", len(posted))
    return str(told) + cost(actor, sum(one.total_cost for one in posted))

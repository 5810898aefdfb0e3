"""The lot in the hand against the line in front of the maker. One statement."""

import re
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.catalog.models import Item
from app.inventory.models import Lot
from app.kernel import ids
from app.kernel.actor import Actor
from app.platform import codes
from app.platform.prepared import Prepared
from app.production.queries.bench import Step

RIGHT, LATER, OTHER_LOT, OTHER_ITEM, UNKNOWN = "right", "later", "other_lot", "other_item", "unknown"


@dataclass(frozen=True, slots=True)
class Held:
    """What was scanned. `how`: right, later (its turn comes after another lot), other_lot, other_item, unknown.

    first: the lot whose turn it is; None where the line takes from none
    left:  what is in the lot now, in millionths of the item's unit
    """

    how: str
    said: str
    fifo_code: str | None = None
    item: str | None = None
    left: int = 0
    first: str | None = None

    @property
    def may_be_taken(self) -> bool:
        """It is the right thing out of another lot, and there is some."""
        return self.how == OTHER_LOT and self.left > 0

    @property
    def fits(self) -> bool:
        """The batch takes from this lot."""
        return self.how in {RIGHT, LATER}


def look(actor: Actor, step: Step, said: str) -> Held:
    """What the lot with this code or id is to the line."""
    code = said.strip()
    asked = {"o": actor.organization_id, "id": _id_in(actor, code), "code": code.lower()}
    row = next(iter(_LOT.rows(asked)), None) if code.isprintable() else None
    first = step.pours[0].fifo_code if step.pours else None
    if row is None:
        return Held(UNKNOWN, code, first=first)
    taken = [pour.fifo_code for pour in step.pours]
    how = OTHER_ITEM if row.item_id != step.item.id else OTHER_LOT
    if row.fifo_code in taken:
        how = RIGHT if row.fifo_code == first else LATER
    return Held(how, code, row.fifo_code, row.name, row.remaining_quantity, first)


def _id_in(actor: Actor, code: str) -> UUID | None:
    """The id that was typed, or that our own QR code holds."""
    address = _OURS.fullmatch(code)
    target = codes.read(address[1]) if address else None
    if target is not None:
        return target.thing_id if target.organization_id == actor.organization_id else None
    return ids.parse(code)


_OURS = re.compile(r"https?://[^/\s]+/q/([A-Za-z0-9_-]{1,64})", re.ASCII)
_LOT = Prepared(
    sa.select(Lot.fifo_code, Lot.item_id, Lot.remaining_quantity, Item.name)
    .join(Item, sa.and_(Item.organization_id == Lot.organization_id, Item.id == Lot.item_id))
    .where(Lot.organization_id == sa.bindparam("o"))
    .where(sa.or_(Lot.id == sa.bindparam("id"), Lot.fifo_code_key == sa.bindparam("code")))
)

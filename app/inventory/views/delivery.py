"""Reads the lines of a delivery: which thing each names, what it comes to, and what receiving it would do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from app.catalog.models import Item
from app.catalog.services import items
from app.catalog.services.unit_conversion import ItemUnits
from app.inventory.forms.receiving import ReceiveForm, ReceiveLine, receipt
from app.inventory.queries import deliveries
from app.inventory.queries import items as rows
from app.inventory.queries.deliveries import Delivery
from app.inventory.services import adjustment, expiration
from app.inventory.services.adjustment import PostedLine, Receipt
from app.inventory.views import words
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, Conflict, Invalid, NotFound
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import db


@dataclass(frozen=True, slots=True)
class _Known:
    """What the lines name: items by what they were called, their units, their last deliveries."""

    called: dict[str, UUID]
    items: dict[UUID, Item]
    units: dict[UUID, ItemUnits]
    last: dict[UUID, Delivery]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a line would do: `posted`; or why it cannot be: `troubles`. Neither for one that is not filled in yet.

    on_hand_after: with the lines above it
    """

    name: str
    troubles: Sequence[str] = ()
    posted: PostedLine | None = None
    amount: str = ""
    use_by: date | None = None
    last: Delivery | None = None
    as_last_time: bool = False
    on_hand_after: int = 0

    @property
    def dearer_percent(self) -> int | None:
        """By how much the price went up since the last delivery; None where it stayed."""
        if self.posted is None or self.last is None or not self.last.cost:
            return None
        now, then = self.posted.cost * self.last.quantity, self.last.cost * self.posted.quantity
        return round((now - then) * 100 / then) or None


def read(actor: Actor, form: ReceiveForm) -> list[Receipt]:
    """The receipts that the form says.

    raises: Invalid, naming every field that is wrong: `lines.0.quantity`; what a drawer can put right comes alone
    """
    known = _known(actor, form)
    receipts: list[Receipt] = []
    wrong: dict[str, list[str]] = {}
    for n, line in enumerate(form.lines):
        try:
            receipts.append(_read_line(actor, line, form, known))
        except (Invalid, NotFound) as error:
            error.errors = adjustment.in_line(n, error)
            if error.drawer:
                raise
            wrong |= error.errors
    if wrong:
        raise Invalid("Some lines are not right yet.", errors=wrong)
    return receipts


def preview(actor: Actor, form: ReceiveForm) -> list[Planned]:
    """What each line would do, by itself. Changes nothing."""
    for field in form:
        field.validate(form)
    try:
        known = _known(actor, form)
        return _with_sums([_plan_line(actor, form, line, known) for line in form.lines])
    finally:
        db.session.rollback()


def totals(lines: Sequence[Planned]) -> dict[str, int]:
    """How many lines are ready, and what they cost together."""
    ready = [line.posted for line in lines if line.posted]
    return {"lines": len(ready), "cost": sum(posted.cost for posted in ready)}


def _plan_line(actor: Actor, form: ReceiveForm, line: ReceiveLine, known: _Known) -> Planned:
    sound = line.validate()
    name = line.item.data or ""
    if not (line.item.data and line.quantity.data):
        return Planned(name)
    if not sound:
        return Planned(name, [text for said in line.errors.values() for text in said])
    day = _day(actor, form)
    try:
        said = _read_line(actor, line, form, known)
        posted = adjustment.receive(actor, said, dry_run=True)
    except (Invalid, NotFound, Conflict) as error:
        return Planned(name, _said(error))
    last = known.last.get(said.item_id)
    item = known.items[said.item_id]
    return Planned(
        name=item.name,
        posted=posted.lines[0],
        amount=words.entered(posted),
        use_by=expiration.expiry_for(
            perishable=item.perishable, shelf_life_days=item.shelf_life_days, received_on=day, said=said.expires_on
        ),
        last=last,
        as_last_time=line.cost.value is None and last is not None,
    )


def _with_sums(lines: list[Planned]) -> list[Planned]:
    """Each with what is on hand after it: the same thing may stand in two lines."""
    came: dict[UUID, int] = {}
    summed = []
    for line in lines:
        after = 0
        if line.posted is not None:
            item = line.posted.item
            after = came[item.id] = came.get(item.id, item.on_hand) + line.posted.quantity
        summed.append(replace(line, on_hand_after=after))
    return summed


def _known(actor: Actor, form: ReceiveForm) -> _Known:
    called = rows.called(actor, [line.item.data or "" for line in form.lines])
    found = items.get_each(actor, called.values())
    units = items.units_of_each(actor, found.values())
    return _Known(called, found, units, deliveries.latest(actor, found))


def _read_line(actor: Actor, line: ReceiveLine, form: ReceiveForm, known: _Known) -> Receipt:
    item_id = known.called.get(line.item.data or "")
    if item_id is None:
        raise _nothing_called(actor, line.item.data or "")
    last = known.last.get(item_id) if known.items[item_id].tracked else None
    said: dict[str, Any] = line.said(item_id, known.units[item_id], received_on=_day(actor, form), last_price=last)
    return receipt(said, form.shared())


def _nothing_called(actor: Actor, name: str) -> Invalid:
    """Who may write new things down is shown the form for it."""
    ask = f"items/quick?{urlencode({'name': name})}"
    drawer = {"modal_url": ask, "success_event": "item.created", "retry": True}
    allowed = actor.may(Permission.CATALOG_EDIT)
    return Invalid.field(
        "item", phrase("Nothing here is called %(name)s.", name=name), drawer=drawer if allowed else None
    )


def _day(actor: Actor, form: ReceiveForm) -> date:
    day: date = form.received_on.value or clock.local_date(clock.now(), actor.zone)
    return day


def _said(error: BatchTrackError) -> list[str]:
    return [text for said in error.errors.values() for text in said] or [error.detail]

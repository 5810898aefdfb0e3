"""The authority on expiry: when a lot stops being good. Never writes the ledger.

A lot is good through its `expires_on` day and expired the day after, on every page and path alike.
source: docs/domain/ledger.md
"""

from datetime import date, timedelta

import sqlalchemy as sa

from app.inventory.models import Lot

LAST_DAY = date(2199, 12, 31)


def is_good(expires_on: date | None, on: date) -> bool:
    """Whether a lot with that date may be used on the business date `on`."""
    return expires_on is None or on <= expires_on


def good_on(on: sa.ColumnElement[date] | sa.BindParameter[date]) -> sa.ColumnElement[bool]:
    """`is_good` as an SQL condition on lots."""
    return sa.or_(Lot.expires_on.is_(None), Lot.expires_on >= on)


def expiry_for(*, perishable: bool, shelf_life_days: int | None, received_on: date, said: date | None) -> date | None:
    """The date a new lot gets: what was said, else the item's shelf life from the day it came in, else none."""
    if said is not None or not perishable or shelf_life_days is None:
        return said
    days_left = (LAST_DAY - received_on).days
    return received_on + timedelta(days=min(shelf_life_days, days_left))


def life_remaining_percent(*, received_on: date, expires_on: date | None, today: date) -> str | None:
    """How much of its whole life a lot has left, in whole percent; None when it does not expire."""
    if expires_on is None:
        return None
    whole, left = (expires_on - received_on).days + 1, (expires_on - today).days + 1
    return str(max(0, min(100, (200 * left + whole) // (2 * whole)))) if whole > 0 else "0"

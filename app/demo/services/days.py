"""Lives the demo workshop's days: from a Monday some ninety days ago until yesterday; today's work is left planned."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.services import staff as staffing
from app.demo.services import workshop
from app.demo.services.batches import Batches
from app.demo.services.buying import Buying
from app.demo.services.mishaps import Mishaps
from app.demo.services.selling import Selling
from app.demo.services.stage import set_stage
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock


@dataclass(frozen=True, slots=True)
class Lived:
    """What was made of it."""

    organization: OrganizationFacts
    days: int
    put_off: int
    lost_sales: int


def live(password: str) -> Lived:
    """Make the whole workshop; the owner signs in with `password`. Deterministic for one date but for ids and codes."""
    zone = workshop.facts()["organization"]["time_zone"]
    today = clock.local_date(clock.now(), zone)
    first_day = _first_monday(today)
    staff = staffing.move_in(password, clock.now() - timedelta(days=(today - first_day).days + 2))
    stage = set_stage(staff, first_day)
    buying, batches = Buying(staff, stage, first_day), Batches(staff, stage, first_day)
    selling, mishaps = Selling(staff, stage, first_day), Mishaps(staff, stage, first_day)
    days = (today - first_day).days
    for day in range(days):
        batches.morning(day)
        buying.morning(day)
        batches.work(day)
        selling.day(day)
        mishaps.evening(day)
    batches.leave_work(days)
    return Lived(staff.organization, days, batches.put_off, selling.lost)


def _first_monday(today: date) -> date:
    begin = today - timedelta(days=int(workshop.facts()["rhythm"]["days"]))
    return begin - timedelta(days=begin.weekday())

"""Lives the demo workshop's days: from a Monday some ninety days ago until yesterday; today's work is left planned."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.services import staff as staffing
from app.demo.services import workshop
from app.demo.services.batches import Batches
from app.demo.services.buying import Buying
from app.demo.services.mishaps import Mishaps
from app.demo.services.selling import Selling
from app.demo.services.staff import Staff
from app.demo.services.stage import set_stage
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock

_SHORT = 14


@dataclass(frozen=True, slots=True)
class Lived:
    """What was made of it."""

    organization: OrganizationFacts
    days: int
    put_off: int
    lost_sales: int


@dataclass(frozen=True, slots=True)
class Story:
    """So many days from the first one on, a Monday; the day after them is today."""

    first_day: date
    days: int


def live(password: str) -> Lived:
    """Make the whole workshop; the owner signs in with `password`. Deterministic for one date but for ids and codes."""
    told = _from_monday(workshop.facts()["organization"]["time_zone"], int(workshop.facts()["rhythm"]["days"]))
    staff = staffing.move_in(password, clock.now() - timedelta(days=told.days + 2))
    return play(staff, told)


def story(zone: str) -> Story:
    """A short one that ends today: two or three weeks."""
    return _from_monday(zone, _SHORT)


def play(staff: Staff, told: Story, lived: Callable[[int], None] = lambda _day: None) -> Lived:
    """Set the stage and live the days of the story; `lived` hears after each how many they are."""
    first_day = told.first_day
    stage = set_stage(staff, first_day)
    buying, batches = Buying(staff, stage, first_day), Batches(staff, stage, first_day)
    selling, mishaps = Selling(staff, stage, first_day), Mishaps(staff, stage, first_day)
    for day in range(told.days):
        batches.morning(day)
        buying.morning(day)
        batches.work(day)
        selling.day(day)
        mishaps.evening(day)
        lived(day + 1)
    batches.leave_work(told.days)
    return Lived(staff.organization, told.days, batches.put_off, selling.lost)


def _from_monday(zone: str, least: int) -> Story:
    today = clock.local_date(clock.now(), zone)
    begin = today - timedelta(days=least)
    first_day = begin - timedelta(days=begin.weekday())
    return Story(first_day, (today - first_day).days)

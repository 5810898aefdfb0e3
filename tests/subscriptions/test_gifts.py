"""Plans that are given: by a developer user alone, for a reason, until a day; in the organization's own log."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import AuditEvent, Organization
from app.identity.services import members
from app.identity.services.audit import By
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.platform import commands, tenancy
from app.platform.database import db
from app.subscriptions import tasks
from app.subscriptions.services import gifts
from tests import cast
from tests.cast import Browser
from tests.identity import letters
from tests.identity.visits import make_developer

REASON = "writes about us in the guild's paper"


@pytest.fixture
def developer(app: Flask) -> Actor:
    return make_developer(app)


@pytest.fixture
def house(app: Flask) -> OrganizationFacts:
    return cast.make_organization(tier="free")


def url(house: OrganizationFacts, more: str = "") -> str:
    return f"/developer/organizations/{house.id}/plan{more}"


def give(browser: Browser, house: OrganizationFacts, **said: str) -> cast.Reply:
    body = {"tier": "team", "reason": REASON, "last_day": "", "command_key": "k", **said}
    return browser.post(url(house), data=body)


def tier_of(app: Flask, house: OrganizationFacts) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Organization.tier).where(Organization.id == house.id)).one()


def log_of(app: Flask, house: OrganizationFacts) -> list[AuditEvent]:
    with app.app_context():
        tenancy.bind(house.id)
        return list(db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.sequence)))


def test_a_developer_gives_a_plan_and_the_log_says_who_and_why(
    app: Flask, developer: Actor, house: OrganizationFacts
) -> None:
    assert give(cast.signed_in(developer), house).status_code == 303
    assert tier_of(app, house) == "team"
    given = next(event for event in log_of(app, house) if event.action == "plan.comped")
    assert (given.person_id, given.reason, given.entry_point) == (developer.person_id, REASON, "web")
    page = cast.signed_in(cast.owner_of(house)).get(f"/o/{house.slug}/plans").text
    assert "Team, given to you." in page


def test_a_gift_is_taken_back(app: Flask, developer: Actor, house: OrganizationFacts) -> None:
    browser = cast.signed_in(developer)
    give(browser, house)
    assert "Take it back" in browser.get(url(house)).text
    done = browser.post(url(house, "/take-back"), data={"reason": REASON, "command_key": "k"})
    assert done.status_code == 303
    assert tier_of(app, house) == "free"
    assert "Take it back" not in browser.get(url(house)).text
    again = browser.post(url(house, "/take-back"), data={"reason": REASON, "command_key": "k2"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"reason": "why not"}, "10 to 1,000"),
        ({"reason": ""}, "Say why"),
        ({"tier": "gold"}, "Not a valid choice"),
        ({"last_day": "2001-01-01"}, "This day is over"),
        ({"last_day": "soon"}, ""),
    ],
)
def test_what_makes_no_sense_is_said_at_the_field(
    app: Flask, developer: Actor, house: OrganizationFacts, said: dict[str, str], word: str
) -> None:
    answer = give(cast.signed_in(developer), house, **said)
    assert answer.status_code == 422
    assert word in answer.text
    assert tier_of(app, house) == "free"


def test_nobody_else_finds_these_pages(app: Flask, house: OrganizationFacts) -> None:
    owner = cast.signed_in(cast.owner_of(house))
    for page in (url(house), "/developer/tiers"):
        assert owner.get(page).status_code == 404
        assert cast.anonymous().get(page).status_code in {302, 303}
    assert give(owner, house).status_code == 404
    assert tier_of(app, house) == "free"


def test_developers_see_every_tier_and_how_many_have_it(app: Flask, developer: Actor) -> None:
    page = cast.signed_in(developer).get("/developer/tiers").text
    for said in ("Free", "Solo", "Team", "Enterprise", "Exempt", "$490", "no limit"):
        assert said in page


def test_nobody_gives_a_plan_to_an_organization_of_their_own(app: Flask, developer: Actor) -> None:
    own = cast.make_organization(tier="free")
    with app.app_context(), commands.transaction():
        members.add(organization_id=own.id, person_id=developer.person_id, role="viewer")
    answer = give(cast.signed_in(developer), own)
    assert (answer.status_code, "a member" in answer.text) == (409, True)
    assert tier_of(app, own) == "free"
    assert "plan.comped" not in [event.action for event in log_of(app, own)]


class TestBesideWhatIsPaid:
    @pytest.mark.parametrize(
        ("status", "paid", "given", "stands"),
        [
            ("active", "team", "free", "team"),
            ("trialing", "enterprise", "solo", "enterprise"),
            ("past_due", "team", "solo", "team"),
            ("active", "team", "enterprise", "enterprise"),
            ("active", "enterprise", "exempt", "exempt"),
            ("active", "team", "a plan of yesterday", "team"),
            ("unpaid", "team", "solo", "solo"),
            ("canceled", "team", "free", "free"),
        ],
    )
    def test_the_larger_counts(self, app: Flask, status: str, paid: str, given: str, stands: str) -> None:
        house = cast.make_organization(tier="free")
        cast.pays(house, status=status, tier=paid, comped_tier=given)
        assert tier_of(app, house) == stands

    def test_where_what_is_paid_is_larger_no_page_speaks_of_a_gift(self, app: Flask, developer: Actor) -> None:
        house = cast.make_organization(tier="free")
        cast.pays(house, status="active", tier="enterprise", period="monthly")
        assert give(cast.signed_in(developer), house).status_code == 303
        owner = cast.signed_in(cast.owner_of(house))
        for page in ("plans", "settings/billing"):
            assert "given to you" not in owner.get(f"/o/{house.slug}/{page}").text.lower()

    def test_when_what_is_paid_ends_the_gift_is_still_there(self, app: Flask) -> None:
        house = cast.make_organization(tier="free")
        cast.pays(house, status="active", tier="team", comped_tier="solo")
        cast.pays(house, status="canceled")
        assert tier_of(app, house) == "solo"


def test_the_owners_are_told_by_mail_of_a_gift_and_of_its_end_and_why(
    app: Flask, developer: Actor, house: OrganizationFacts
) -> None:
    browser, email = cast.signed_in(developer), cast.email_of(cast.owner_of(house))
    maker = cast.email_of(cast.actor_of(house, "maker"))
    give(browser, house, last_day="2099-12-31")
    browser.post(url(house, "/take-back"), data={"reason": "the paper folded up", "command_key": "k"})
    given, back = letters.to(app, email)
    assert letters.to(app, maker) == []
    for said in ("Team", "Dec 31, 2099", REASON, f"/o/{house.slug}/plans"):
        assert said in given.text
    for said in ("Team", "Free", "the paper folded up", f"/o/{house.slug}/plans"):
        assert said in back.text
    for letter in (given, back):
        assert house.name in letter.subject


class TestItsEnd:
    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
    def test_it_lasts_through_the_last_day_where_the_organization_is(self, app: Flask, zone: str) -> None:
        house = cast.make_organization(tier="free", zone=zone)
        today = clock.local_date(clock.now(), zone)
        with app.app_context(), commands.transaction():
            gifts.give(By(house.id, "web"), tier="team", reason=REASON, last_day=today)
        assert not ended(app, house, clock.now())
        assert ended(app, house, clock.now() + timedelta(days=1, hours=1))
        assert tier_of(app, house) == "free"

    def test_every_night_what_is_over_ends_and_nothing_else(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        short, long, paid = (cast.make_organization(tier="free") for _ in range(3))
        cast.pays(paid, status="active", tier="solo")
        with app.app_context(), commands.transaction():
            day = clock.local_date(clock.now(), "UTC")
            gifts.give(By(short.id, "web"), tier="team", reason=REASON, last_day=day)
            gifts.give(By(long.id, "web"), tier="team", reason=REASON)
            gifts.give(By(paid.id, "web"), tier="enterprise", reason=REASON, last_day=day)
        later = clock.now() + timedelta(days=2)
        monkeypatch.setattr(clock, "now", lambda: later)
        with app.app_context():
            assert tasks.end_gifts() >= 2
            assert tasks.end_gifts() == 0
        assert [tier_of(app, house) for house in (short, long, paid)] == ["free", "team", "solo"]

    def test_a_gift_that_is_over_in_a_house_of_no_limits_does_not_touch_others(self, app: Flask) -> None:
        plain = cast.make_organization(tier="exempt")
        with app.app_context(), commands.transaction():
            assert not gifts.end_if_over(plain.id)
        assert tier_of(app, plain) == "exempt"

    def test_nothing_that_was_not_given_is_taken_back(self, app: Flask, house: OrganizationFacts) -> None:
        with app.app_context(), pytest.raises(Conflict), commands.transaction():
            gifts.take_back(By(house.id, "web"), reason=REASON)

    def test_a_plan_that_is_none_cannot_be_given(self, app: Flask, house: OrganizationFacts) -> None:
        with app.app_context(), pytest.raises(Invalid), commands.transaction():
            gifts.give(By(house.id, "web"), tier="gold", reason=REASON)


def ended(app: Flask, house: OrganizationFacts, at: datetime) -> bool:
    """What the night does when it is that time."""
    with pytest.MonkeyPatch.context() as patch, app.app_context(), commands.transaction():
        patch.setattr(clock, "now", lambda: at.astimezone(UTC))
        return gifts.end_if_over(house.id)

"""The workshop's own page: what it says of itself, two-factor for all, closing and opening again."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.identity.models import Authenticator, Organization
from app.identity.services import closing, members, organizations
from app.identity.services import settings as of_organization
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Forbidden, LimitReached, Unavailable
from app.platform.database import db
from tests import cast
from tests.identity.house import did, invited, noted, settings
from tests.insights.test_pages import counted
from tests.inventory.desk import Desk, words

PAGE, CLOSE = "/settings/workshop", "/settings/ownership/close"


@pytest.fixture
def desk(owner: Actor, organization: OrganizationFacts) -> Desk:
    return settings(owner, organization)


@pytest.fixture
def told() -> Iterator[list[Actor]]:
    """Who is told that a workshop was closed."""
    seen: list[Actor] = []
    before = list(closing._told)
    closing.register(seen.append)
    yield seen
    closing._told[:] = before


def kept(app: Flask, organization: OrganizationFacts) -> OrganizationFacts:
    with app.app_context():
        row = db.session.get(Organization, organization.id)
        assert row
        return organizations.facts(row)


def with_second_factor(app: Flask, actor: Actor) -> None:
    def add() -> None:
        at = clock.now()
        db.session.add(Authenticator(person_id=actor.person_id, secret=b"x", created_at=at, confirmed_at=at))

    did(app, add)


class TestWhatItSays:
    def test_name_zone_and_language_change_and_the_rest_stays(
        self, app: Flask, desk: Desk, owner: Actor, organization: OrganizationFacts
    ) -> None:
        desk.done(PAGE, name="Oat & Ash", time_zone="Europe/Lisbon", locale="pt")
        now = kept(app, organization)
        assert (now.name, now.time_zone, now.locale) == ("Oat & Ash", "Europe/Lisbon", "pt")
        assert (now.slug, now.currency) == (organization.slug, "USD")
        (event,) = noted(app, owner, "organization.changed")
        assert event.before["time_zone"] == "UTC"
        assert event.after == {"name": "Oat & Ash", "time_zone": "Europe/Lisbon", "locale": "pt"}

    def test_what_stays_the_same_is_no_event(self, app: Flask, desk: Desk, owner: Actor) -> None:
        desk.done(PAGE)
        assert noted(app, owner, "organization.changed") == []

    @pytest.mark.parametrize(
        ("field", "typed"),
        [("name", ""), ("name", "x" * 121), ("time_zone", "Mars/Olympus"), ("time_zone", ""), ("locale", "klingon")],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, app: Flask, desk: Desk, organization: OrganizationFacts, field: str, typed: str
    ) -> None:
        answer = desk.send(PAGE, {"name": "Another name", field: typed})
        assert answer.status_code == 422
        if field != "name":
            assert 'value="Another name"' in answer.text
        assert kept(app, organization) == organization

    def test_currency_tier_and_slug_typed_by_hand_change_nothing(
        self, app: Flask, desk: Desk, organization: OrganizationFacts
    ) -> None:
        desk.done(PAGE, name="Oats", currency="EUR", tier="exempt", slug="mine", closed_at="x", cost_method="average")
        now = kept(app, organization)
        assert (now.currency, now.tier, now.slug, now.closed) == ("USD", organization.tier, organization.slug, False)

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.OWNER}))
    def test_is_the_owners(self, organization: OrganizationFacts, role: Role) -> None:
        desk = settings(cast.actor_of(organization, role), organization)
        for path in (PAGE, CLOSE, "/settings/ownership"):
            assert desk.get(path).status_code == 403

    def test_is_not_there_for_strangers(self, stranger: Actor, organization: OrganizationFacts) -> None:
        assert settings(stranger, organization).get(PAGE).status_code == 404


class TestTwoFactorForAll:
    def test_needs_ones_own_first(self, app: Flask, desk: Desk, organization: OrganizationFacts) -> None:
        assert "once your own account has it" in desk.see(PAGE)
        answer = desk.send(f"{PAGE}/two-factor", require="yes")
        assert answer.status_code == 409
        assert not kept(app, organization).two_factor

    def test_lets_in_who_has_one_and_sends_the_others_to_set_one_up(
        self, app: Flask, desk: Desk, owner: Actor, viewer: Actor, organization: OrganizationFacts
    ) -> None:
        theirs = settings(viewer, organization)
        with_second_factor(app, owner)
        assert "Everybody needs two-factor now." in desk.done(f"{PAGE}/two-factor", require="yes")
        assert desk.get("/stock").status_code == 200
        assert theirs.get("/stock").status_code == 303
        desk.done(f"{PAGE}/two-factor")
        assert theirs.get("/stock").status_code == 200
        assert [event.action for event in noted(app, owner, "organization.")] == [
            "organization.two_factor_required",
            "organization.two_factor_not_required",
        ]


def test_a_lapsed_workshop_requires_two_factor_and_changes_nothing_else(app: Flask) -> None:
    team = cast.make_organization(tier="team")
    owner = cast.owner_of(team)
    with_second_factor(app, owner)
    cast.lapse(team)
    desk = settings(owner, team)
    assert "Save" not in words(desk.see(PAGE))
    desk.done(f"{PAGE}/two-factor", require="yes")
    assert kept(app, team).two_factor
    said = {"name": "Another", "time_zone": "UTC", "locale": "en"}
    assert desk.browser.post(desk.url(PAGE), data=said).status_code == 402


class TestClosing:
    def test_needs_the_name(self, app: Flask, desk: Desk, organization: OrganizationFacts, told: list[Actor]) -> None:
        answer = desk.send(CLOSE, name="something")
        assert answer.status_code == 422
        assert "to confirm" in answer.text
        assert not kept(app, organization).closed
        assert told == []

    def test_is_read_only_at_once_for_owners_alone(
        self, app: Flask, desk: Desk, owner: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        theirs, program = settings(maker, organization), cast.api(owner)
        desk.done(CLOSE, name=organization.name)
        assert desk.get("/stock").status_code == 200
        assert desk.get("/items/new").status_code == 402
        assert theirs.get("/stock").status_code == 404
        assert program.get("/me").status_code == 401
        assert "belong to no organization" in theirs.browser.get("/").text
        with pytest.raises(LimitReached):
            invited(app, settings_actor(app, owner, organization))

    def test_tells_what_must_know_after_the_commit_and_once(
        self, app: Flask, desk: Desk, owner: Actor, organization: OrganizationFacts, told: list[Actor]
    ) -> None:
        key = "a key"
        for _ in range(2):
            desk.send(CLOSE, name=organization.name, key=key)
        assert [actor.person_id for actor in told] == [owner.person_id]

    def test_what_fails_afterwards_is_said_and_undoes_nothing(
        self, app: Flask, desk: Desk, organization: OrganizationFacts, told: list[Actor]
    ) -> None:
        def fail(_actor: Actor) -> None:
            raise Unavailable("The plan could not be cancelled.")

        closing.register(fail)
        assert "The plan could not be cancelled." in desk.done(CLOSE, name=organization.name)
        assert kept(app, organization).closed

    def test_is_undone_by_an_owner(
        self, app: Flask, desk: Desk, owner: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        desk.done(CLOSE, name=organization.name)
        said = words(desk.see("/settings/ownership"))
        assert "This workshop is closed" in said
        desk.done("/settings/ownership/reopen")
        assert settings(maker, organization).get("/stock").status_code == 200
        assert desk.get("/items/new").status_code == 200
        assert [event.action for event in noted(app, owner, "organization.")] == [
            "organization.closed",
            "organization.reopened",
        ]

    def test_twice_is_refused(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        did(app, lambda: of_organization.close(owner, name=organization.name))
        with pytest.raises(Conflict):
            did(app, lambda: of_organization.close(owner, name=organization.name))
        did(app, lambda: of_organization.reopen(owner))
        with pytest.raises(Conflict):
            did(app, lambda: of_organization.reopen(owner))

    def test_is_not_for_others(self, app: Flask, maker: Actor, organization: OrganizationFacts) -> None:
        for work in (
            lambda: of_organization.close(maker, name=organization.name),
            lambda: of_organization.reopen(maker),
        ):
            with pytest.raises(Forbidden):
                did(app, work)


class TestTheWayThere:
    def test_stands_beside_the_others_for_who_may_open_a_page_of_it(
        self, desk: Desk, organization: OrganizationFacts
    ) -> None:
        assert f'href="/o/{organization.slug}{PAGE}"' in desk.see("/")
        auditor = settings(cast.actor_of(organization, "auditor"), organization)
        assert f'href="/o/{organization.slug}/settings/' in auditor.see("/")
        assert "/settings/" not in settings(cast.actor_of(organization, "viewer"), organization).see("/")

    def test_the_menu_leads_to_ones_other_workshops(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        desk = settings(owner, organization)
        assert "Your other workshops" not in desk.see("/stock")
        with counted(app) as alone:
            desk.see("/stock")
        other = cast.make_organization("Second Home")
        did(app, lambda: members.add(organization_id=other.id, person_id=owner.person_id, role="viewer"))
        with counted(app) as of_two:
            page = desk.see("/stock")
        assert f'href="/o/{other.slug}/"' in page
        assert "Your account" in page
        assert len(of_two) == len(alone) + 1
        closed = cast.owner_of(other)
        did(app, lambda: of_organization.close(closed, name=other.name))
        assert f'href="/o/{other.slug}/"' not in desk.see("/stock")


def settings_actor(app: Flask, actor: Actor, organization: OrganizationFacts) -> Actor:
    """The actor as the next request makes it."""
    from app.identity.services import access

    with app.app_context():
        entry = access.by_slug(actor.person_id, organization.slug)
        assert entry
        return entry.actor

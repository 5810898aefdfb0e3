"""Members: places and roles change by those who may; never one's own, nor the last owner's, nor beyond a seat."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Person
from app.identity.services import access, invitations, members, sessions
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError, Conflict, Forbidden, Invalid, LimitReached, NotFound
from app.kernel.permissions import Permission
from app.platform import links
from app.platform.database import db
from tests import cast
from tests.databases import on_postgresql_only
from tests.identity import house
from tests.identity.house import did, noted, role_made, role_of, settings, with_role
from tests.insights.test_pages import counted
from tests.inventory.desk import words

P = Permission


def change(app: Flask, by: Actor, who: Actor, role: str) -> None:
    did(app, lambda: members.change_role(by, person_id=who.person_id, role=role))


def end(app: Flask, by: Actor, who: Actor) -> None:
    did(app, lambda: members.deactivate(by, person_id=who.person_id))


def restore(app: Flask, by: Actor, who: Actor) -> None:
    did(app, lambda: members.restore(by, person_id=who.person_id))


@pytest.fixture
def deputy(app: Flask, owner: Actor, organization: OrganizationFacts) -> Actor:
    """Has an own role that manages people and makes, and does not see costs."""
    role = role_made(app, owner, P.MEMBERS_MANAGE, P.ROLES_MANAGE, P.BATCHES_MAKE, P.BATCHES_VIEW, P.CATALOG_VIEW,
                     P.INVENTORY_VIEW, P.RECIPES_VIEW)  # fmt: skip
    return with_role(app, organization, role)


class TestRoles:
    def test_counts_from_the_next_request_on(
        self, app: Flask, owner: Actor, viewer: Actor, organization: OrganizationFacts
    ) -> None:
        desk = settings(viewer, organization)
        assert desk.get("/items/new").status_code == 403
        change(app, owner, viewer, "maker")
        assert desk.get("/items/new").status_code == 200

    def test_is_written_down_with_what_was_before(self, app: Flask, owner: Actor, viewer: Actor) -> None:
        change(app, owner, viewer, "maker")
        (event,) = noted(app, owner, "members.role_changed")
        assert (event.before, event.after) == ({"role": "viewer"}, {"role": "maker"})
        assert (event.person_id, event.subject) == (owner.person_id, ("person", str(viewer.person_id)))

    def test_the_same_role_again_is_no_event(self, app: Flask, owner: Actor, viewer: Actor) -> None:
        change(app, owner, viewer, "viewer")
        assert noted(app, owner, "members.role_changed") == []

    @pytest.mark.parametrize("role", ["emperor", "", "Owner", "00000000-0000-7000-8000-000000000000"])
    def test_a_role_that_is_none_is_refused(self, app: Flask, owner: Actor, viewer: Actor, role: str) -> None:
        with pytest.raises(Invalid) as refusal:
            change(app, owner, viewer, role)
        assert list(refusal.value.errors) == ["role"]

    def test_anothers_own_role_is_none_here(self, app: Flask, owner: Actor, viewer: Actor, stranger: Actor) -> None:
        theirs = role_made(app, stranger, P.MEMBERS_MANAGE)
        with pytest.raises(Invalid):
            change(app, owner, viewer, theirs)
        assert role_of(app, owner.organization_id, viewer.person_id) == "viewer"

    @pytest.mark.parametrize("who", ["maker", "helper", "viewer"])
    def test_who_may_not_manage_people_changes_nobody(
        self, app: Flask, owner: Actor, who: str, request: pytest.FixtureRequest
    ) -> None:
        with pytest.raises(Forbidden):
            change(app, request.getfixturevalue(who), owner, "viewer")

    def test_a_strangers_hands_reach_nobody(self, app: Flask, stranger: Actor, viewer: Actor) -> None:
        with pytest.raises(NotFound):
            change(app, stranger, viewer, "owner")


class TestNobodyGivesMoreThanTheyHold:
    def test_less_is_given(self, app: Flask, deputy: Actor, viewer: Actor, owner: Actor) -> None:
        less = role_made(app, owner, P.BATCHES_VIEW)
        change(app, deputy, viewer, less)
        assert role_of(app, owner.organization_id, viewer.person_id) == less

    @pytest.mark.parametrize("role", ["maker", "manager", "owner", "auditor"])
    def test_more_is_not(self, app: Flask, deputy: Actor, viewer: Actor, role: str) -> None:
        with pytest.raises(Forbidden):
            change(app, deputy, viewer, role)

    @pytest.mark.parametrize("work", [end, lambda app, by, who: change(app, by, who, "viewer")])
    def test_nor_taken_away(self, app: Flask, deputy: Actor, maker: Actor, owner: Actor, work: object) -> None:
        for who in (maker, owner):
            with pytest.raises(Forbidden):
                work(app, deputy, who)  # type: ignore[operator]

    def test_nobody_changes_their_own_place(self, app: Flask, deputy: Actor, owner: Actor) -> None:
        for who in (deputy, owner):
            for work in (end, restore):
                with pytest.raises(Conflict) as refusal:
                    work(app, who, who)
                assert refusal.value.code == "own_place"
            with pytest.raises(Conflict):
                change(app, who, who, "viewer")

    def test_what_was_taken_away_meanwhile_does_not_count(
        self, app: Flask, deputy: Actor, owner: Actor, viewer: Actor, maker: Actor
    ) -> None:
        """The actor of a request that was under way still carries what the role granted before."""
        change(app, owner, deputy, "viewer")
        with pytest.raises(Forbidden):
            change(app, deputy, viewer, role_made(app, owner, P.BATCHES_MAKE))

    def test_the_form_offers_only_what_can_be_given(self, deputy: Actor, organization: OrganizationFacts) -> None:
        desk = settings(deputy, organization)
        page = desk.see("/settings/people/invite")
        assert 'value="viewer"' in page
        assert 'value="maker"' not in page
        assert 'value="owner"' not in page
        answer = desk.send("/settings/people/invite", email=house.new_email(), role="owner")
        assert answer.status_code == 422


class TestTheLastOwner:
    def test_stays(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        other = cast.actor_of(organization, "owner")
        end(app, owner, other)
        restore(app, owner, other)
        end(app, other, owner)
        assert role_of(app, organization.id, owner.person_id) is None

    def test_stays_when_the_other_ones_account_was_closed_meanwhile(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        other = cast.actor_of(organization, "owner")

        def close() -> None:
            account = sa.update(Person).where(Person.id == owner.person_id)
            db.session.execute(account.values(deactivated_at=clock.now()))

        did(app, close)
        for work in (end, lambda app, by, who: change(app, by, who, "viewer")):
            with pytest.raises(Conflict) as refusal:
                work(app, owner, other)
            assert refusal.value.code == "last_owner"

    @on_postgresql_only
    def test_stays_when_two_send_each_other_away_at_once(self, app: Flask) -> None:
        for _ in range(8):
            organization = cast.make_organization()
            one, two = cast.owner_of(organization), cast.actor_of(organization, "owner")
            house.at_once(
                app,
                [
                    partial(members.deactivate, one, person_id=two.person_id),
                    partial(members.change_role, two, person_id=one.person_id, role="viewer"),
                ],
            )
            roles = [role_of(app, organization.id, who.person_id) for who in (one, two)]
            assert roles.count("owner") == 1, roles


class TestTheEnd:
    def test_opens_nothing_here_and_everything_elsewhere(
        self, app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        other = cast.make_organization("Second Home")
        did(app, lambda: members.add(organization_id=other.id, person_id=maker.person_id, role="viewer"))
        here, there = settings(maker, organization), settings(maker, other)
        end(app, owner, maker)
        assert here.get("/stock").status_code == 404
        assert there.get("/stock").status_code == 200

    def test_ends_the_api_tokens_of_this_organization_for_good(self, app: Flask, owner: Actor, maker: Actor) -> None:
        program = cast.api(maker)
        assert program.get("/me").status_code == 200
        end(app, owner, maker)
        assert program.get("/me").status_code == 401
        restore(app, owner, maker)
        assert program.get("/me").status_code == 401
        assert noted(app, owner, "members.deactivated")[0].after == {"tokens_revoked": 1}

    def test_leaves_the_persons_session(self, app: Flask, owner: Actor, maker: Actor) -> None:
        secret = did(app, lambda: sessions.begin(maker.person_id))
        end(app, owner, maker)
        with app.app_context():
            assert sessions.find(secret) is not None

    def test_can_be_taken_back(self, app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts) -> None:
        end(app, owner, maker)
        with pytest.raises(NotFound):
            end(app, owner, maker)
        restore(app, owner, maker)
        with pytest.raises(Conflict):
            restore(app, owner, maker)
        with app.app_context():
            entry = access.by_slug(maker.person_id, organization.slug)
            assert entry is not None
            assert entry.actor.permissions == maker.permissions
        assert [event.action for event in noted(app, owner, "members.")] == ["members.deactivated", "members.restored"]

    def test_is_not_taken_back_with_a_role_that_is_archived(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        role = role_made(app, owner, P.INVENTORY_VIEW, name="Packer")
        packer = with_role(app, organization, role)
        end(app, owner, packer)
        desk = settings(owner, organization)
        desk.done(f"/settings/roles/{role}/archive")
        with pytest.raises(Conflict) as refusal:
            restore(app, owner, packer)
        assert refusal.value.code == "role_archived"


class TestSeats:
    def test_nobody_is_restored_beyond_the_plan(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        owner = cast.owner_of(team)
        leaver = cast.actor_of(team, "viewer")
        end(app, owner, leaver)
        for _ in range(9):
            cast.actor_of(team, "viewer")
        with pytest.raises(LimitReached):
            restore(app, owner, leaver)

    @on_postgresql_only
    def test_the_last_seat_is_given_once(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        owner = cast.owner_of(team)
        leavers = [cast.actor_of(team, "viewer") for _ in range(4)]
        for leaver in leavers:
            end(app, owner, leaver)
        for _ in range(8):
            cast.actor_of(team, "viewer")
        came = house.at_once(app, [partial(members.restore, owner, person_id=who.person_id) for who in leavers])
        assert sum(isinstance(each, LimitReached) for each in came) == 3
        assert not [each for each in came if isinstance(each, BatchTrackError) and not isinstance(each, LimitReached)]


class TestThePage:
    def test_lists_members_former_members_and_invitations(
        self, app: Flask, owner: Actor, maker: Actor, viewer: Actor, organization: OrganizationFacts
    ) -> None:
        end(app, owner, viewer)
        email = house.new_email()
        house.invited(app, owner, email=email, role="storekeeper")
        said = words(settings(owner, organization).see("/settings/people"))
        assert "Members 2" in said
        assert f"{cast.email_of(maker)} Maker" in said
        assert "Former members 1" in said
        assert f"{email} Storekeeper" in said

    def test_costs_as_many_statements_with_many_people(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        desk = settings(owner, organization)

        def asked() -> int:
            with counted(app) as seen:
                desk.see("/settings/people")
            return len(seen)

        house.invited(app, owner)
        few = asked()
        for _ in range(4):
            cast.actor_of(organization, "viewer")
            house.invited(app, owner)
        assert asked() == few

    @pytest.mark.parametrize("who", ["maker", "helper", "viewer", "manager"])
    def test_is_for_those_who_manage_people(
        self, app: Flask, organization: OrganizationFacts, who: str, owner: Actor, stranger: Actor
    ) -> None:
        actor = cast.actor_of(organization, {"helper": "storekeeper"}.get(who, who))
        assert settings(actor, organization).get("/settings/people").status_code == 403
        assert settings(stranger, organization).get("/settings/people").status_code == 404

    def test_shows_costs_nothing_of_other_organizations(
        self, owner: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        desk = settings(owner, organization)
        assert cast.email_of(stranger) not in desk.see("/settings/people")
        for path in ("", "/deactivate", "/restore"):
            answer = desk.send(f"/settings/people/{stranger.person_id}{path}", role="viewer")
            assert answer.status_code == 404

    def test_changes_ends_and_restores(
        self, app: Flask, owner: Actor, viewer: Actor, organization: OrganizationFacts
    ) -> None:
        desk, page = settings(owner, organization), f"/settings/people/{viewer.person_id}"
        assert "Maker from now on" in desk.done(page, role="maker")
        assert "can no longer enter" in desk.done(f"{page}/deactivate")
        assert role_of(app, organization.id, viewer.person_id) is None
        assert "is back" in desk.done(f"{page}/restore")
        assert role_of(app, organization.id, viewer.person_id) == "maker"

    def test_more_than_the_form_asks_for_changes_nothing(
        self, app: Flask, owner: Actor, viewer: Actor, organization: OrganizationFacts, stranger: Actor
    ) -> None:
        """Mass assignment: other fields of the rows, typed by hand."""
        said = {
            "role": "maker",
            "organization_id": str(stranger.organization_id),
            "person_id": str(owner.person_id),
            "deactivated_at": "2020-01-01",
        }
        settings(owner, organization).done(f"/settings/people/{viewer.person_id}", said)
        assert role_of(app, organization.id, viewer.person_id) == "maker"
        assert role_of(app, organization.id, owner.person_id) == "owner"
        assert role_of(app, stranger.organization_id, viewer.person_id) is None

    def test_asks_to_prove_again_who_one_is(
        self, app: Flask, owner: Actor, viewer: Actor, organization: OrganizationFacts
    ) -> None:
        desk, page = settings(owner, organization), f"/settings/people/{viewer.person_id}"
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            assert "/confirm" in desk.get("/settings/people").location
            assert "/confirm" in desk.send(f"{page}/deactivate").location
        assert role_of(app, organization.id, viewer.person_id) == "viewer"


class TestTakingAwayWhileThePlanLapsed:
    def test_lets_go_whoever_is_there_and_gives_nothing(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        gone, stays = (cast.actor_of(team, "maker") for _ in range(2))
        sent = house.invited(app, cast.owner_of(team))
        with app.app_context():
            invitation = links.read(invitations.PURPOSE, sent)
        cast.lapse(team)
        owner = cast.owner_of(team)
        desk = settings(owner, team)
        page = desk.see("/settings/people")
        assert "Invite somebody" not in page
        assert "End access" in desk.see(f"/settings/people/{gone.person_id}")
        desk.done(f"/settings/people/{gone.person_id}/deactivate")
        desk.done(f"/settings/people/invitations/{invitation}/withdraw")
        assert role_of(app, team.id, gone.person_id) is None
        assert house.open_page(sent).status_code == 410
        for path, said in (
            (f"/{gone.person_id}/restore", {}),
            (f"/{stays.person_id}", {"role": "viewer"}),
            ("/invite", {"email": house.new_email(), "role": "viewer"}),
        ):
            assert desk.browser.post(desk.url(f"/settings/people{path}"), data=said).status_code == 402

    def test_by_the_api_too(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        gone = cast.actor_of(team, "maker")
        program = cast.api(cast.owner_of(team))
        cast.lapse(team)
        assert program.get("/members").status_code == 200
        assert program.delete(f"/members/{gone.person_id}").status_code == 200
        assert program.patch(f"/members/{gone.person_id}", {"role": "viewer"}).status_code == 402
        assert role_of(app, team.id, gone.person_id) is None

    def test_is_for_those_who_manage_people_all_the_same(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        maker, viewer = cast.actor_of(team, "maker"), cast.actor_of(team, "viewer")
        cast.lapse(team)
        with pytest.raises(Forbidden):
            end(app, maker, viewer)


def test_of_a_former_member_nothing_of_today_is_shown(
    app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts
) -> None:
    did(app, lambda: sessions.begin(maker.person_id))
    program, desk = cast.api(owner), settings(owner, organization)
    path = f"/settings/people/{maker.person_id}"
    assert "Last seen" in desk.see(path)
    end(app, owner, maker)
    (row,) = [each for each in program.get("/members").json["data"] if each["id"] == str(maker.person_id)]
    assert row["second_factor"] is None
    page = desk.see(path)
    assert "Last seen" not in page
    assert "Two-factor" not in page

"""Developer users: strangers everywhere, until they say why; then for a while, and every step of it in the log."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Authenticator, Developer, DeveloperAccess, Organization
from app.identity.queries import audit as audit_queries
from app.identity.queries.audit import EventFilter, EventRow
from app.identity.services import developers, roles
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.kernel.permissions import Permission
from app.platform import commands, mail_writing, tenancy
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests import cast
from tests.identity.visits import REASON, enter, give_authenticator, make_developer
from tests.inventory.storeroom import Storeroom
from tests.sweeps.doors import Door, doors
from tests.sweeps.test_permissions import address, knock


@pytest.fixture
def developer(app: Flask) -> Actor:
    return make_developer(app)


@pytest.fixture
def visiting(developer: Actor, organization: OrganizationFacts) -> cast.Browser:
    """The developer's browser, inside the organization."""
    browser = cast.signed_in(developer)
    assert enter(browser, organization).status_code == 303
    return browser


def logged(app: Flask, owner: Actor) -> list[EventRow]:
    """The organization's log, oldest first."""
    with app.app_context():
        tenancy.bind(owner.organization_id)
        return list(reversed(audit_queries.page(owner, EventFilter(), limit=1000).rows))


def inside(app: Flask) -> list[Door]:
    return [door for door in doors(app) if door.path.startswith("/o/<slug>")]


class TestWithoutAReason:
    def test_a_developer_gets_what_a_stranger_gets_at_every_door(
        self, app: Flask, developer: Actor, stranger: Actor, organization: OrganizationFacts, owner: Actor
    ) -> None:
        theirs, anybodys = cast.signed_in(developer), cast.signed_in(stranger)
        assert len(inside(app)) > 30
        for door in inside(app):
            one = theirs.open(address(door, organization.slug), method=door.method)
            other = anybodys.open(address(door, organization.slug), method=door.method)
            assert (one.status_code, other.status_code) == (404, 404), door
            assert re.sub(r'content="[^"]+"', "", one.text) == re.sub(r'content="[^"]+"', "", other.text), door
        assert logged(app, owner) == []

    def test_the_api_gives_a_developer_nothing_of_it_even_while_visiting(
        self, app: Flask, developer: Actor, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        """A token speaks for a membership, and a visit is none."""
        token = cast.token_for(developer)
        item = cast.api(owner).post("/items", {"name": "Oats", "type": "ingredient", "unit": "g"}).json
        program = cast.Api(token, cast.Browser(app, use_cookies=False))
        assert program.get("/items").json["data"] == []
        assert program.get(f"/items/{item['id']}").status_code == 404
        assert program.get("/me").json["organization"]["id"] != str(organization.id)
        forged = token.replace(token.split("_")[1], str(organization.id))
        assert knock(door_of(app, "/api/v1/items"), cast.anonymous(), organization.slug, forged) == 401


class TestTheList:
    def test_it_is_there_for_developers_alone(self, developer: Actor, owner: Actor) -> None:
        assert cast.signed_in(owner).get("/developer/").status_code == 404
        assert cast.anonymous().get("/developer/").location.startswith("/sign-in")
        assert cast.signed_in(developer).get("/developer/").status_code == 200

    def test_the_first_page_leads_there(self, developer: Actor, owner: Actor) -> None:
        assert 'href="/developer/"' in cast.signed_in(developer).get("/").text
        assert cast.signed_in(owner).get("/").status_code == 302

    def test_without_a_second_factor_it_leads_to_setting_one_up(
        self, app: Flask, organization: OrganizationFacts
    ) -> None:
        browser = cast.signed_in(make_developer(app, second_factor=False))
        for answer in (browser.get("/developer/"), enter(browser, organization)):
            assert (answer.status_code, answer.location) == (303, "/account/security")
        with app.app_context():
            assert visits(organization) == []

    def test_it_names_organizations_and_finds_them(
        self, developer: Actor, organization: OrganizationFacts, maker: Actor
    ) -> None:
        other = cast.make_organization("Juniper & Rye", tier="solo")
        browser = cast.signed_in(developer)
        page = browser.get("/developer/", query_string={"q": organization.slug[-8:]}).text
        assert organization.slug in page
        assert other.slug not in page
        assert f"/developer/organizations/{organization.id}/enter" in page
        assert '<td role="cell" class="r" data-label="Members">2</td>' in page
        assert "No organization fits." in browser.get("/developer/?q=%25%25").text

    def test_it_goes_on_to_older_ones(self, developer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.identity.views.developer._PAGE", 1)
        browser = cast.signed_in(developer)
        newest = cast.make_organization("Newest")
        first = browser.get("/developer/").text
        further = re.search(r'href="(/developer/\?cursor=[^"&]+)', first)
        assert newest.slug in first
        assert further
        assert newest.slug not in browser.get(further[1]).text
        assert browser.get("/developer/?cursor=nonsense").status_code == 422


class TestEntering:
    @pytest.mark.parametrize("reason", ["", "a look", " short    ", "x" * 1001, "tickets\x00 4711 4711"])
    def test_it_asks_for_a_reason(
        self, app: Flask, developer: Actor, organization: OrganizationFacts, reason: str
    ) -> None:
        answer = enter(cast.signed_in(developer), organization, reason=reason)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        with app.app_context():
            assert visits(organization) == []

    @pytest.mark.parametrize("minutes", ["0", "16", "100000", "", "an hour"])
    def test_it_asks_for_a_time_that_is_offered(
        self, app: Flask, developer: Actor, organization: OrganizationFacts, minutes: str
    ) -> None:
        assert enter(cast.signed_in(developer), organization, minutes=minutes).status_code == 422
        with app.app_context():
            assert visits(organization) == []

    def test_it_asks_again_who_it_is(self, developer: Actor, organization: OrganizationFacts) -> None:
        browser = cast.signed_in(developer)
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            answer = enter(browser, organization)
        assert answer.status_code == 303
        assert answer.location.startswith("/account/confirm")

    def test_nobody_else_enters(self, app: Flask, stranger: Actor, organization: OrganizationFacts) -> None:
        assert enter(cast.signed_in(stranger), organization).status_code == 404
        with app.app_context():
            assert visits(organization) == []

    def test_a_place_that_never_was_is_not_found(self, developer: Actor) -> None:
        browser = cast.signed_in(developer)
        for said in ("00000000-0000-7000-8000-000000000000", "nonsense"):
            assert browser.get(f"/developer/organizations/{said}/enter").status_code == 404
            assert browser.post(f"/developer/organizations/{said}/leave").status_code == 404

    def test_a_closed_one_is_its_owner_s_alone(
        self, app: Flask, developer: Actor, organization: OrganizationFacts
    ) -> None:
        browser = cast.signed_in(developer)
        assert enter(browser, organization).status_code == 303
        with app.app_context(), commands.transaction():
            db.session.get_one(Organization, organization.id).closed_at = clock.now()
        assert browser.get(f"/o/{organization.slug}/").status_code == 404
        answer = enter(browser, organization)
        assert (answer.status_code, "closed this organization" in answer.text) == (409, True)

    def test_a_member_goes_in_as_one(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        with app.app_context(), commands.transaction():
            developers.add(owner.person_id)
            give_authenticator(owner)
        answer = enter(cast.signed_in(owner), organization)
        assert (answer.status_code, "go in as one" in answer.text) == (409, True)

    def test_the_owners_are_told_by_mail(
        self, app: Flask, developer: Actor, visiting: cast.Browser, owner: Actor
    ) -> None:
        with app.app_context():
            said = db.session.scalars(
                sa.select(OutgoingMail).where(OutgoingMail.recipient == cast.email_of(owner))
            ).one()
            assert said.template == "identity/mail/developer_entered"
            assert REASON in said.context
            assert developer.person_name in said.context
            letter = mail_writing.letter(said)
        assert letter.subject.startswith("A developer user entered Fern & Tallow")
        assert REASON in letter.text
        assert REASON in letter.html

    def test_once_in_every_page_says_so(
        self, developer: Actor, visiting: cast.Browser, organization: OrganizationFacts
    ) -> None:
        page = visiting.get(f"/o/{organization.slug}/").text
        assert f"{developer.person_name}, developer user," in page
        assert REASON in page
        assert f"/developer/organizations/{organization.id}/leave" in page


class TestVisiting:
    def test_every_step_is_in_the_log_before_it_is_answered(
        self, app: Flask, developer: Actor, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        visiting.get(f"/o/{organization.slug}/stock?q=oats")
        visiting.post(f"/o/{organization.slug}/items/new", data={})
        entered, *opened = logged(app, owner)
        assert (entered.action, entered.reason, entered.after["minutes"]) == ("developer.entered", REASON, 15)
        assert [(event.action, event.after) for event in opened] == [
            ("developer.opened", {"method": "GET", "path": f"/o/{organization.slug}/stock?q=oats"}),
            ("developer.opened", {"method": "POST", "path": f"/o/{organization.slug}/items/new"}),
        ]
        assert {event.person_id for event in opened} == {developer.person_id}
        assert len({event.developer_access_id for event in (entered, *opened)}) == 1
        assert entered.developer_access_id is not None

    def test_at_every_door_it_is_a_manager_who_takes_nothing_away(
        self, app: Flask, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        wrong = {}
        for door in inside(app):
            before = len(logged(app, owner))
            status = visiting.open(address(door, organization.slug), method=door.method).status_code
            may = door.permission in roles.VISITING
            if (status != 403) != may or status >= 500 or len(logged(app, owner)) != before + 1:
                wrong[str(door)] = status
        assert wrong == {}
        assert Permission.DATA_EXPORT not in roles.VISITING
        assert not roles.VISITING & roles.OWNERS_ALONE

    def test_what_it_changes_is_told_as_its_doing(
        self, app: Flask, developer: Actor, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        shop = Storeroom(cast.api(owner))
        oats = shop.item()
        shop.receive(oats, "5")
        lot = shop.lots(oats)[0]["fifo_code"]
        said = {"reason": "as the owner asked", "command_key": "a hold"}
        assert visiting.post(f"/o/{organization.slug}/lots/{lot}/hold", data=said).status_code == 303
        held = logged(app, owner)[-1]
        assert (held.action, held.person_id) == ("lots.held", developer.person_id)
        assert held.developer_access_id == logged(app, owner)[0].developer_access_id
        assert held.address == "127.0.0.1"

    def test_what_cannot_be_written_down_is_not_shown(
        self, app: Flask, visiting: cast.Browser, organization: OrganizationFacts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise Conflict("The log is full.")

        monkeypatch.setattr(developers, "note", fail)
        answer = visiting.get(f"/o/{organization.slug}/")
        assert answer.status_code == 409
        assert organization.name not in answer.text

    def test_it_ends_when_its_time_is_over(
        self, app: Flask, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        page = f"/o/{organization.slug}/"
        with clock.set_to(clock.now() + timedelta(minutes=14)):
            assert visiting.get(page).status_code == 200
        before = len(logged(app, owner))
        with clock.set_to(clock.now() + timedelta(minutes=15, seconds=1)):
            assert visiting.get(page).status_code == 404
        assert len(logged(app, owner)) == before

    def test_it_ends_by_leaving(
        self, app: Flask, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        left = visiting.post(f"/developer/organizations/{organization.id}/leave")
        assert (left.status_code, left.location) == (303, "/developer/")
        assert visiting.get(f"/o/{organization.slug}/").status_code == 404
        assert [event.action for event in logged(app, owner)] == ["developer.entered", "developer.left"]

    def test_entering_again_ends_the_first_visit(
        self, app: Flask, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        assert enter(visiting, organization, minutes=60).status_code == 303
        assert [event.action for event in logged(app, owner)] == [
            "developer.entered",
            "developer.left",
            "developer.entered",
        ]
        with app.app_context():
            assert [visited.ended_at is None for visited in visits(organization)] == [False, True]

    def test_another_developer_s_visit_opens_nothing(
        self, app: Flask, visiting: cast.Browser, organization: OrganizationFacts
    ) -> None:
        another = cast.signed_in(make_developer(app))
        assert another.get(f"/o/{organization.slug}/").status_code == 404

    def test_nor_does_it_open_another_organization(self, visiting: cast.Browser, stranger: Actor, app: Flask) -> None:
        with app.app_context():
            slug = db.session.get_one(Organization, stranger.organization_id).slug
        assert visiting.get(f"/o/{slug}/").status_code == 404

    def test_it_ends_with_the_second_factor_and_with_being_a_developer(
        self, app: Flask, developer: Actor, visiting: cast.Browser, organization: OrganizationFacts
    ) -> None:
        page = f"/o/{organization.slug}/"
        with app.app_context(), commands.transaction():
            db.session.execute(sa.delete(Authenticator).where(Authenticator.person_id == developer.person_id))
        assert visiting.get(page).status_code == 404
        with app.app_context(), commands.transaction():
            give_authenticator(developer)
        assert visiting.get(page).status_code == 200
        with app.app_context(), commands.transaction():
            db.session.execute(sa.delete(Developer).where(Developer.person_id == developer.person_id))
        assert visiting.get(page).status_code == 404


class TestTheCommandLine:
    def test_it_adds_lists_and_removes(self, app: Flask, owner: Actor) -> None:
        email = cast.email_of(owner)
        run = app.test_cli_runner().invoke
        assert run(args=["developer", "add", "--email", email]).exit_code == 0
        assert email in run(args=["developer", "list"]).output
        assert run(args=["developer", "add", "--email", email]).exit_code == 2
        assert run(args=["developer", "remove", "--email", email]).exit_code == 0
        assert email not in run(args=["developer", "list"]).output
        assert run(args=["developer", "remove", "--email", email]).exit_code == 2

    def test_who_has_no_account_is_no_developer(self, app: Flask) -> None:
        done = app.test_cli_runner().invoke(args=["developer", "add", "--email", "nobody@example.com"])
        assert (done.exit_code, "--email" in done.output) == (2, True)

    def test_both_leave_a_line_that_names_the_person_by_id(
        self, app: Flask, owner: Actor, caplog: pytest.LogCaptureFixture
    ) -> None:
        """There is no organization whose log could say it."""
        email = cast.email_of(owner)
        for word in ("add", "remove"):
            app.test_cli_runner().invoke(args=["developer", word, "--email", email])
        lines = [line.getMessage() for line in caplog.records if line.levelname == "WARNING"]
        assert lines == [
            f"developer user added: {owner.person_id}",
            f"developer user removed: {owner.person_id}",
        ]

    def test_removing_one_ends_what_is_open(
        self, app: Flask, developer: Actor, visiting: cast.Browser, organization: OrganizationFacts, owner: Actor
    ) -> None:
        email = cast.email_of(developer)
        assert app.test_cli_runner().invoke(args=["developer", "remove", "--email", email]).exit_code == 0
        assert visiting.get(f"/o/{organization.slug}/").status_code == 404
        last = logged(app, owner)[-1]
        assert (last.action, last.entry_point) == ("developer.left", "cli")


def visits(organization: OrganizationFacts) -> list[DeveloperAccess]:
    query = sa.select(DeveloperAccess).where(DeveloperAccess.organization_id == organization.id)
    return list(db.session.scalars(query.order_by(DeveloperAccess.created_at)))


def door_of(app: Flask, path: str) -> Door:
    return next(door for door in doors(app) if door.path == path and door.method == "GET")

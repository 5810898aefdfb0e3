"""Taking an invitation: with a new account or one's own, once, as nothing more than was offered."""

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Organization, Person
from app.identity.services import invitations, members
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError
from app.kernel.permissions import Permission
from app.platform import links
from app.platform.database import db
from tests import cast
from tests.databases import on_postgresql_only
from tests.identity import house
from tests.identity.house import accept, did, invited, join, mailing, noted, open_page, person_of, role_of, somebody
from tests.inventory.desk import words

__all__ = ["mailing"]


class TestJoiningWithoutAnAccount:
    def test_makes_person_and_member_and_leads_into_the_workshop(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        email, browser = house.new_email(), cast.anonymous()
        answer = join(invited(app, owner, email=email, role="maker"), browser)
        assert (answer.status_code, answer.location) == (303, f"/o/{organization.slug}/")
        assert browser.get(f"/o/{organization.slug}/items/new").status_code == 200
        person = person_of(app, email)
        assert person is not None
        assert person.name == "Ada Oat"
        assert role_of(app, organization.id, person.id) == "maker"
        joined = noted(app, owner, "members.joined")[-1]
        assert (joined.person_id, joined.after, joined.entry_point) == (person.id, {"role": "maker"}, "web")

    @pytest.mark.usefixtures("mailing")
    def test_proves_the_email_where_the_link_came_by_mail(self, app: Flask, owner: Actor) -> None:
        email = house.new_email()
        join(invited(app, owner, email=email))
        person = person_of(app, email)
        assert person is not None
        assert person.email_verified_at is not None

    def test_proves_nothing_where_somebody_handed_the_link_over(self, app: Flask, owner: Actor) -> None:
        email = house.new_email()
        join(invited(app, owner, email=email))
        person = person_of(app, email)
        assert person is not None
        assert person.email_verified_at is None

    @pytest.mark.parametrize(
        ("said", "why"),
        [
            ({"password": "short"}, "8 to 256"),
            ({"password": ""}, "Choose a password"),
            ({"password": "password1"}, "first that anybody tries"),
            ({"name": ""}, "Your name, please"),
            ({"name": "x" * 201}, "200"),
            ({"name": "a\0b"}, "cannot be kept"),
        ],
    )
    def test_says_what_is_wrong_and_the_link_stays_good(
        self, app: Flask, owner: Actor, said: dict[str, str], why: str
    ) -> None:
        link = invited(app, owner)
        answer = join(link, None, **said)
        assert answer.status_code == 422
        assert why in words(answer.text)
        if "name" not in said:
            assert 'value="Ada Oat"' in answer.text
        assert join(link).status_code == 303

    def test_typed_roles_emails_and_organizations_change_nothing(
        self, app: Flask, owner: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        email, other = house.new_email(), house.new_email()
        forged = {"role": "owner", "email": other, "organization_id": str(stranger.organization_id)}
        join(invited(app, owner, email=email, role="viewer"), None, **forged)
        person = person_of(app, email)
        assert person is not None
        assert role_of(app, organization.id, person.id) == "viewer"
        assert role_of(app, stranger.organization_id, person.id) is None
        assert person_of(app, other) is None

    def test_a_link_works_once(self, app: Flask, owner: Actor) -> None:
        link = invited(app, owner)
        assert join(link).status_code == 303
        for answer in (join(link), open_page(link)):
            assert answer.status_code == 410
            assert "was used" in answer.text

    @on_postgresql_only
    def test_once_in_a_race_too(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        email = house.new_email()
        link = invited(app, owner, email=email)
        came = house.at_once(
            app,
            [
                lambda: invitations.join(link, name="Ada", password_hash="x", address=None, browser=None, proven=True)
                for _ in range(6)
            ],
        )
        assert sum(not isinstance(each, BatchTrackError) for each in came) == 1
        assert len(noted(app, owner, "members.joined")) == 1

    def test_whoever_is_signed_in_makes_no_second_account(self, app: Flask, owner: Actor, stranger: Actor) -> None:
        email = house.new_email()
        link = invited(app, owner, email=email)
        assert join(link, cast.signed_in(stranger)).location == f"/invitation/{link}"
        assert person_of(app, email) is None


class TestAcceptingWithAnAccount:
    @pytest.mark.usefixtures("mailing")
    def test_asks_to_sign_in_and_comes_back(self, app: Flask, owner: Actor) -> None:
        _, email = somebody(app)
        link = invited(app, owner, email=email.upper())
        page = open_page(link)
        assert f'href="/sign-in?next=/invitation/{link}"' in page.text
        assert "password" not in page.text.lower()
        assert join(link).location == f"/invitation/{link}"

    def test_where_the_link_was_handed_over_it_does_not_tell_who_has_an_account(self, app: Flask, owner: Actor) -> None:
        _, known = somebody(app)
        pages = {email: house.said_alike(invited(app, owner, email=email)) for email in (known, house.new_email())}
        assert len({page.replace(email, "…") for email, page in pages.items()}) == 1
        assert all("Sign in" in page and "Password" in page for page in pages.values())

    def test_an_account_that_is_there_is_not_made_again(self, app: Flask, owner: Actor) -> None:
        _, email = somebody(app)
        link = invited(app, owner, email=email)
        assert join(link).status_code == 409
        assert "was used" not in open_page(link).text

    def test_is_one_button(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        person, email = somebody(app)
        link, browser = invited(app, owner, email=email, role="sales"), cast.signed_in(person)
        assert "Come in" in open_page(link, browser).text
        assert accept(link, browser).location == f"/o/{organization.slug}/"
        assert role_of(app, organization.id, person.person_id) == "sales"
        assert browser.get(f"/o/{organization.slug}/").status_code == 200

    def test_twice_does_no_harm(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        person, email = somebody(app)
        link, browser = invited(app, owner, email=email, role="sales"), cast.signed_in(person)
        accept(link, browser)
        did(app, lambda: members.change_role(owner, person_id=person.person_id, role="viewer"))
        assert accept(link, browser).location == f"/o/{organization.slug}/"
        assert open_page(link, browser).status_code == 302
        assert role_of(app, organization.id, person.person_id) == "viewer"
        assert len(noted(app, owner, "members.joined")) == 1

    def test_a_used_link_brings_nobody_back_who_was_sent_away(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        person, email = somebody(app)
        link, browser = invited(app, owner, email=email), cast.signed_in(person)
        accept(link, browser)
        did(app, lambda: members.deactivate(owner, person_id=person.person_id))
        accept(link, browser)
        assert role_of(app, organization.id, person.person_id) is None

    def test_a_former_member_comes_back_with_the_new_role(
        self, app: Flask, owner: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        did(app, lambda: members.deactivate(owner, person_id=maker.person_id))
        link = invited(app, owner, email=cast.email_of(maker), role="viewer")
        accept(link, cast.signed_in(maker))
        assert role_of(app, organization.id, maker.person_id) == "viewer"

    def test_somebody_else_is_told_so_and_gets_nothing(
        self, app: Flask, owner: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        link, browser = invited(app, owner), cast.signed_in(stranger)
        page = words(open_page(link, browser).text)
        assert f"You are signed in as {cast.email_of(stranger)} . This invitation is for somebody else." in page
        assert accept(link, browser).status_code == 409
        assert role_of(app, organization.id, stranger.person_id) is None
        assert browser.post(f"/invitation/{link}/sign-out").location == f"/invitation/{link}"
        assert "Your name" in open_page(link, browser).text

    def test_nobody_signed_in_is_asked_to(self, app: Flask, owner: Actor) -> None:
        link = invited(app, owner)
        assert accept(link, cast.anonymous()).location == f"/sign-in?next=/invitation/{link}"

    def test_a_plan_that_became_smaller_has_no_seat(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        owner = cast.owner_of(team)
        person, email = somebody(app)
        link = invited(app, owner, email=email)

        def shrink() -> None:
            db.session.execute(sa.update(Organization).where(Organization.id == team.id).values(tier="solo"))

        did(app, shrink)
        browser = cast.signed_in(person)
        answer = accept(link, browser)
        assert answer.status_code == 402
        assert role_of(app, team.id, person.person_id) is None
        assert open_page(link, browser).status_code == 200

    @on_postgresql_only
    def test_at_once_makes_one_member(self, app: Flask, owner: Actor) -> None:
        person, email = somebody(app)
        link = invited(app, owner, email=email)
        came = house.at_once(
            app,
            [lambda: invitations.accept(link, person_id=person.person_id, address=None, proven=True) for _ in range(6)],
        )
        assert not [each for each in came if isinstance(each, BatchTrackError)]
        assert len(noted(app, owner, "members.joined")) == 1


class TestWhatChangedSinceItWasOffered:
    @pytest.mark.parametrize("how", ["let go", "less", "closed"])
    def test_no_invitation_outlives_the_power_of_whoever_sent_it(
        self, app: Flask, owner: Actor, organization: OrganizationFacts, how: str
    ) -> None:
        deputy = cast.actor_of(organization, "owner")
        email = house.new_email()
        link = invited(app, deputy, email=email, role="owner")
        if how == "let go":
            did(app, lambda: members.deactivate(owner, person_id=deputy.person_id))
        elif how == "less":
            did(app, lambda: members.change_role(owner, person_id=deputy.person_id, role="manager"))
        else:
            account = sa.update(Person).where(Person.id == deputy.person_id).values(deactivated_at=clock.now())
            did(app, lambda: db.session.execute(account))
        answer = join(link)
        assert answer.status_code == 410
        assert "can no longer give this place" in answer.text
        assert person_of(app, email) is None

    def test_nor_more_than_they_may_still_give(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        deputy = cast.actor_of(organization, "owner")
        link = invited(app, deputy, role="maker")
        less = house.role_made(app, owner, Permission.MEMBERS_MANAGE, Permission.INVENTORY_VIEW)
        did(app, lambda: members.change_role(owner, person_id=deputy.person_id, role=less))
        assert join(link).status_code == 410

    def test_sent_again_by_another_it_is_theirs(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        deputy = cast.actor_of(organization, "owner")
        link = invited(app, deputy)
        did(app, lambda: members.deactivate(owner, person_id=deputy.person_id))
        with app.app_context():
            invitation_id = links.read(invitations.PURPOSE, link)
        assert invitation_id
        did(app, lambda: invitations.send_again(owner, invitation_id=invitation_id))
        assert join(link).status_code == 303

    def test_a_lapsed_workshop_takes_nobody_until_it_is_paid(self, app: Flask) -> None:
        team = cast.make_organization(tier="team")
        person, email = somebody(app)
        link, other = invited(app, cast.owner_of(team), email=email), invited(app, cast.owner_of(team))
        cast.lapse(team)
        for answer in (accept(link, cast.signed_in(person)), join(other)):
            assert answer.status_code == 410
            assert "has lapsed" in answer.text
        assert role_of(app, team.id, person.person_id) is None
        cast.pays(team, status="active", tier="team")
        assert accept(link, cast.signed_in(person)).status_code == 303

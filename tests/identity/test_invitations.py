"""Invitations: a place offered by mail, taken once, by whoever reads that mail. Nobody learns who has an account."""

import re
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Invitation
from app.identity.services import invitations
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Forbidden, Invalid, LimitReached
from app.kernel.permissions import Permission
from app.platform import links
from app.platform.database import db
from tests import cast
from tests.databases import on_postgresql_only
from tests.identity import house, letters
from tests.identity.house import (
    did,
    invited,
    join,
    mailing,
    noted,
    open_page,
    person_of,
    role_made,
    settings,
    somebody,
    with_role,
)
from tests.inventory.desk import words

__all__ = ["mailing"]

FUTURE = timedelta(days=7, seconds=1)


class TestInviting:
    def test_mails_a_link_and_writes_it_down(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        email = house.new_email()
        link = invited(app, owner, email=email, role="sales")
        (mail,) = letters.to(app, email)
        assert mail.subject == f"{owner.person_name} invites you to {organization.name}"
        assert "as Sales." in mail.text
        assert mail.link == f"{app.config['BASE_URL']}/invitation/{link}"
        assert mail.link in mail.text
        assert mail.link in mail.html
        (event,) = noted(app, owner, "members.invited")
        assert event.after == {"role": "sales"}
        assert event.subject[0] == "invitation"

    @pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "a b@c.example", "x" * 250 + "@c.example"])
    def test_needs_an_email(self, app: Flask, owner: Actor, email: str) -> None:
        with pytest.raises(Invalid) as refusal:
            did(app, lambda: invitations.invite(owner, email=email, role="maker"))
        assert list(refusal.value.errors) == ["email"]

    @pytest.mark.parametrize("role", ["emperor", "", "00000000-0000-7000-8000-000000000000"])
    def test_needs_a_role(self, app: Flask, owner: Actor, role: str) -> None:
        with pytest.raises(Invalid) as refusal:
            invited(app, owner, role=role)
        assert list(refusal.value.errors) == ["role"]

    def test_nobody_is_invited_to_a_role_of_another_organization(
        self, app: Flask, owner: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        theirs = role_made(app, stranger, Permission.MEMBERS_MANAGE)
        with pytest.raises(Invalid):
            invited(app, owner, role=theirs)
        answer = settings(owner, organization).send("/settings/people/invite", email=house.new_email(), role=theirs)
        assert answer.status_code == 422

    def test_nobody_invites_to_more_than_they_hold(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        deputy = with_role(app, organization, role_made(app, owner, Permission.MEMBERS_MANAGE))
        for role in ("owner", "manager", "viewer"):
            with pytest.raises(Forbidden):
                invited(app, deputy, role=role)
        owners = invited(app, owner, role="owner")
        with app.app_context():
            found = links.read(invitations.PURPOSE, owners)
            assert found
        for work in (invitations.withdraw, invitations.send_again):
            with pytest.raises(Forbidden):
                did(app, partial(work, deputy, invitation_id=found))

    def test_a_member_or_an_invited_email_is_not_invited_again(self, app: Flask, owner: Actor, maker: Actor) -> None:
        email = house.new_email()
        invited(app, owner, email=email)
        for known, code in ((cast.email_of(maker).upper(), "already_exists"), (email.upper(), "already_invited")):
            with pytest.raises(Conflict) as refusal:
                invited(app, owner, email=known)
            assert refusal.value.code == code

    @pytest.mark.usefixtures("mailing")
    def test_looks_the_same_whether_or_not_the_email_has_an_account(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        _, known = somebody(app)
        unknown = house.new_email()
        desk = settings(owner, organization)
        answers = [
            desk.send("/settings/people/invite", email=email, role="maker").status_code for email in (known, unknown)
        ]
        assert answers == [303, 303]
        rows = re.findall(r'<div class="row invited">.*?</form>.*?</form>', desk.see("/settings/people"), re.DOTALL)
        first, second = (re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", row) for row in rows)
        assert first.replace(unknown, "EMAIL") == second.replace(known, "EMAIL")
        with app.app_context():
            kept = [
                {name for name, value in vars(row).items() if value is not None and not name.startswith("_")}
                for row in db.session.scalars(
                    sa.select(Invitation).where(Invitation.organization_id == organization.id)
                )
            ]
        assert kept[0] == kept[1]

    def test_takes_a_seat_while_it_is_open(self, app: Flask) -> None:
        team = cast.owner_of(cast.make_organization(tier="team"))
        first = invited(app, team)
        for _ in range(8):
            invited(app, team)
        with pytest.raises(LimitReached):
            invited(app, team)
        with app.app_context():
            invitation_id = links.read(invitations.PURPOSE, first)
        assert invitation_id
        did(app, lambda: invitations.withdraw(team, invitation_id=invitation_id))
        invited(app, team)

    def test_the_page_says_that_the_plan_is_full(self, app: Flask) -> None:
        solo = cast.make_organization(tier="solo")
        answer = settings(cast.owner_of(solo), solo).send(
            "/settings/people/invite", email="ada@oat.example", role="maker"
        )
        assert answer.status_code == 402
        assert 'value="ada@oat.example"' in answer.text

    def test_nobodys_letterbox_is_filled(self, app: Flask, owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(invitations, "MAILS_A_DAY", 4)
        monkeypatch.setattr(invitations, "MAILS_A_DAY_EACH", 2)
        made = did(app, lambda: invitations.invite(owner, email=house.new_email(), role="maker").id)
        again = partial(invitations.send_again, owner, invitation_id=made)
        did(app, again)
        with pytest.raises(Conflict) as refusal:
            did(app, again)
        assert refusal.value.code == "enough_mail"
        invited(app, owner)
        invited(app, owner)
        with pytest.raises(Conflict):
            invited(app, owner)
        with clock.set_to(clock.now() + timedelta(days=1, seconds=1)):
            did(app, again)

    def test_nor_by_withdrawing_and_inviting_anew_or_from_several_workshops(
        self, app: Flask, owner: Actor, stranger: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(invitations, "MAILS_A_DAY_EACH", 2)
        monkeypatch.setattr(invitations, "MAILS_A_DAY_TO_ONE", 3)
        email = house.new_email()

        def once(by: Actor, typed: str) -> None:
            made = did(app, lambda: invitations.invite(by, email=typed, role="maker").id)
            did(app, lambda: invitations.withdraw(by, invitation_id=made))

        once(owner, email)
        once(owner, email.upper())
        with pytest.raises(Conflict) as refusal:
            once(owner, email)
        assert refusal.value.code == "enough_mail"
        once(stranger, email)
        with pytest.raises(Conflict):
            once(stranger, email)
        assert len(letters.to(app, email)) + len(letters.to(app, email.upper())) == 3
        once(owner, house.new_email())
        with clock.set_to(clock.now() + timedelta(days=1, seconds=1)):
            once(owner, email)

    @on_postgresql_only
    def test_the_last_seat_is_offered_once(self, app: Flask) -> None:
        team = cast.owner_of(cast.make_organization(tier="team"))
        for _ in range(7):
            invited(app, team)
        came = house.at_once(
            app, [lambda: invitations.invite(team, email=house.new_email(), role="maker").id for _ in range(6)]
        )
        assert sum(isinstance(each, LimitReached) for each in came) == 4


class TestTheLink:
    def test_says_who_invites_to_what_as_what(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        email = house.new_email()
        page = open_page(invited(app, owner, email=email, role="storekeeper"))
        assert page.status_code == 200
        said = words(page.text)
        assert f"Join {organization.name}." in said
        assert f"{owner.person_name} invites {email} to come in as Storekeeper ." in said

    def test_names_an_own_role(self, app: Flask, owner: Actor) -> None:
        role = role_made(app, owner, Permission.INVENTORY_VIEW, name="Night shift")
        assert "Night shift" in open_page(invited(app, owner, role=role)).text

    @pytest.mark.parametrize("link", ["x", "x" * 300, "IjAwIg.sig", "%00", "é"])
    def test_that_is_none_is_gone(self, app: Flask, link: str) -> None:
        for answer in (open_page(link), join(link)):
            assert answer.status_code == 410
            assert "not whole" in answer.text

    def test_of_another_purpose_opens_nothing(self, app: Flask, owner: Actor) -> None:
        link = invited(app, owner)
        with app.app_context():
            invitation_id = links.read(invitations.PURPOSE, link)
            assert invitation_id
            forged = links.text("reset_password", invitation_id)
        assert open_page(forged).status_code == 410

    def test_runs_out_after_seven_days(self, app: Flask, owner: Actor) -> None:
        email = house.new_email()
        link = invited(app, owner, email=email)
        with clock.set_to(clock.now() + FUTURE):
            for answer in (open_page(link), join(link)):
                assert answer.status_code == 410
                assert "has run out" in answer.text
        assert person_of(app, email) is None

    def test_is_gone_when_it_was_withdrawn(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        link = invited(app, owner)
        with app.app_context():
            invitation_id = links.read(invitations.PURPOSE, link)
        settings(owner, organization).done(f"/settings/people/invitations/{invitation_id}/withdraw")
        assert open_page(link).status_code == join(link).status_code == 410
        assert [event.action for event in noted(app, owner, "members.")] == [
            "members.invited",
            "members.invitation_withdrawn",
        ]

    def test_sent_again_is_good_for_seven_more_days(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        email = house.new_email()
        link = invited(app, owner, email=email)
        with app.app_context():
            invitation_id = links.read(invitations.PURPOSE, link)
        with clock.set_to(clock.now() + FUTURE):
            settings(owner, organization).done(f"/settings/people/invitations/{invitation_id}/again")
            assert open_page(link).status_code == 200
        assert [mail.link for mail in letters.to(app, email)] == [f"{app.config['BASE_URL']}/invitation/{link}"] * 2

    def test_opens_nothing_of_a_closed_workshop(
        self, app: Flask, owner: Actor, organization: OrganizationFacts
    ) -> None:
        from app.identity.services import settings as of_organization

        link = invited(app, owner)
        did(app, lambda: of_organization.close(owner, name=organization.name))
        assert join(link).status_code == 410


class TestWhereNoMailGoesOut:
    def test_the_page_shows_each_link(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        link = invited(app, owner)
        page = settings(owner, organization).see("/settings/people")
        assert f'value="{app.config["BASE_URL"]}/invitation/{link}"' in page

    @pytest.mark.usefixtures("mailing")
    def test_and_else_none(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        invited(app, owner)
        assert "/invitation/" not in settings(owner, organization).see("/settings/people").replace(
            "/settings/people/invitations/", ""
        )

    def test_nor_of_other_organizations(
        self, app: Flask, owner: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        link = invited(app, stranger)
        assert link not in settings(owner, organization).see("/settings/people")

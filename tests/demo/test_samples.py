"""The sample workshop: made beside one's own, a sign on every page, one at a time, and gone when it is wiped."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.demo import tasks
from app.demo.queries import samples as rows
from app.demo.services import days
from app.identity.models import AuditEvent, Membership, Organization
from app.identity.queries import audit
from app.identity.services.organizations import OrganizationFacts
from app.inventory.services import proof
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import Base, execute
from app.production.models import Batch
from tests import cast
from tests.cast import Browser


@pytest.fixture
def browser(owner: Actor) -> Browser:
    """The owner's."""
    return cast.signed_in(owner)


@pytest.fixture
def make(app: Flask, browser: Browser, organization: OrganizationFacts) -> Any:
    """Asks for the sample on its page, and lets the background work come by; gives its address."""

    def made() -> str:
        answer = browser.post(f"/o/{organization.slug}/sample/make", data={"command_key": clock.now().isoformat()})
        assert answer.status_code == 303, answer.text
        with app.app_context():
            tasks.fill()
        return str(sample_of(app, organization).slug)

    return made


def sample_of(app: Flask, organization: OrganizationFacts) -> Any:
    owner = cast.owner_of(organization)
    with app.app_context():
        return rows.of_person(owner.person_id)


def wiped(browser: Browser, organization: OrganizationFacts) -> Any:
    return browser.post(f"/o/{organization.slug}/sample/wipe", data={"command_key": clock.now().isoformat()})


def actions(app: Flask, organization: OrganizationFacts) -> list[str]:
    with app.app_context():
        tenancy.bind(organization.id)
        mine = sa.select(AuditEvent.action).where(AuditEvent.organization_id == organization.id)
        return list(execute(mine.order_by(AuditEvent.sequence)).scalars())


def test_it_is_filled_signed_and_wiped_without_a_trace(
    app: Flask, browser: Browser, organization: OrganizationFacts, make: Any
) -> None:
    slug = make()
    with app.app_context():
        sample = execute(sa.select(Organization.id, Organization.sample).where(Organization.slug == slug)).one()
        tenancy.bind(sample.id)
        assert sample.sample
        assert proof.prove(sample.id).ok
        assert int(execute(sa.select(sa.func.count()).select_from(Batch.__table__)).scalar_one()) >= 10

    for page in ("", "stock", "batches", "recipes"):
        shown = browser.get(f"/o/{slug}/{page}").text
        assert "Sample workshop" in shown
        assert f"/o/{organization.slug}/" in shown
    assert "Nothing here is real" not in browser.get(f"/o/{organization.slug}/stock").text

    answer = wiped(browser, organization)

    assert answer.location == f"/o/{organization.slug}/"
    assert "Nothing of it is left" in browser.get(answer.location).text
    assert browser.get(f"/o/{slug}/").status_code == 404
    with app.app_context():
        for table in (table for table in Base.metadata.sorted_tables if "organization_id" in table.columns):
            tenancy.bind(sample.id)
            left = sa.select(sa.func.count()).select_from(table).where(table.c.organization_id == sample.id)
            assert execute(left).scalar_one() == 0, table.name
        tenancy.bind(organization.id)
        assert audit.proof(organization.id).ok
    assert actions(app, organization)[-2:] == ["organization.sample_made", "organization.sample_wiped"]


def test_there_is_one_at_a_time_and_another_after_wiping(
    app: Flask, browser: Browser, organization: OrganizationFacts, owner: Actor, make: Any
) -> None:
    first = make()

    again = browser.post(f"/o/{organization.slug}/sample/make", data={"command_key": "again"})
    assert again.status_code == 409
    assert "You have a sample workshop already." in again.text

    wiped(browser, organization)
    assert make() == first  # the address is free again


def test_nobody_is_invited_to_it_and_it_has_no_tokens(
    app: Flask, browser: Browser, organization: OrganizationFacts, make: Any
) -> None:
    slug = make()

    for page in (
        "settings/people",
        "settings/people/invite",
        "settings/tokens",
        "settings/roles",
        "settings/ownership",
    ):
        assert browser.get(f"/o/{slug}/{page}").status_code == 403, page
    assert browser.post(f"/o/{slug}/sample/make", data={"command_key": "inside"}).status_code == 409
    assert browser.get(f"/o/{slug}/sample").location == f"/o/{organization.slug}/sample"
    with app.app_context():
        members = sa.select(sa.func.count()).select_from(Membership.__table__).join(Organization.__table__)
        assert execute(members.where(Organization.slug == slug)).scalar_one() == 1


def test_it_ends_by_itself_after_sixty_days(app: Flask, organization: OrganizationFacts, make: Any) -> None:
    make()
    with app.app_context():
        with clock.set_to(clock.now() + timedelta(days=59)):
            tasks.end()
        assert rows.of_person(cast.owner_of(organization).person_id) is not None

        with clock.set_to(clock.now() + timedelta(days=60, minutes=1)):
            tasks.end()

        assert rows.of_person(cast.owner_of(organization).person_id) is None
    assert actions(app, organization)[-1] == "organization.sample_wiped"


def test_what_fails_is_said_leaves_nothing_and_can_be_tried_again(
    app: Flask, browser: Browser, organization: OrganizationFacts, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(days, "play", _fails)
        make()

    page = browser.get(f"/o/{organization.slug}/sample")
    assert "could not be made" in page.text
    with app.app_context():
        assert execute(sa.select(sa.func.count()).select_from(Organization.__table__).where(Organization.sample)
                       .where(Organization.id.in_(_organizations_of(organization)))).scalar_one() == 0  # fmt: skip

    assert make()
    assert sample_of(app, organization).is_ready


def test_what_was_left_half_filled_is_filled_anew(
    app: Flask, organization: OrganizationFacts, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(days, "play", killed)
    with pytest.raises(KeyboardInterrupt):
        make()
    monkeypatch.undo()
    with app.app_context():
        assert tasks.fill() == 0  # somebody may be at it
        with clock.set_to(clock.now() + timedelta(minutes=3)):
            assert tasks.fill() == 1

    assert sample_of(app, organization).is_ready


def test_it_is_not_wiped_while_it_is_filled(
    app: Flask, browser: Browser, organization: OrganizationFacts, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any) -> Any:
        answer = wiped(browser, organization)
        assert answer.status_code == 409
        assert "still being filled" in answer.text
        return None

    monkeypatch.setattr(days, "play", busy)
    make()

    assert sample_of(app, organization).is_ready


def test_progress_is_shown_while_it_is_filled(
    app: Flask, browser: Browser, organization: OrganizationFacts, make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def slowly(_crew: Any, _story: Any, lived: Any) -> None:
        lived(3)
        seen.append(browser.get(f"/o/{organization.slug}/sample", headers={"HX-Request": "true"}).text)

    monkeypatch.setattr(days, "play", slowly)
    make()

    assert "Day 3 of" in seen[0]
    assert "<html" not in seen[0]


def test_a_maker_of_somebody_elses_workshop_makes_none(organization: OrganizationFacts, maker: Actor) -> None:
    theirs = cast.signed_in(maker)

    assert theirs.get(f"/o/{organization.slug}/sample").status_code == 403
    assert theirs.post(f"/o/{organization.slug}/sample/make", data={"command_key": "x"}).status_code == 403


def test_wiping_what_is_not_there_shows_the_page(browser: Browser, organization: OrganizationFacts) -> None:
    assert wiped(browser, organization).location == f"/o/{organization.slug}/sample"


def _fails(*_: Any) -> None:
    raise RuntimeError("the shelves fell down")


def _organizations_of(organization: OrganizationFacts) -> sa.Select[Any]:
    owner = cast.owner_of(organization)
    return sa.select(Membership.organization_id).where(Membership.person_id == owner.person_id)

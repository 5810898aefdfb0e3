"""The authority on sample workshops: one for each person, beside a real organization; asked for, filled, erased.

It is filled by background work in a few seconds, through the same services as everything else, and ends by itself.
"""

import logging
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from app.demo.models import SampleWorkshop
from app.demo.services import days, staff, workshop
from app.demo.services.staff import Staff
from app.identity.models import Organization
from app.identity.services import audit, erasing, organizations
from app.identity.services.audit import By, Subject
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound
from app.kernel.permissions import Permission
from app.platform import commands, tenancy
from app.platform.database import db

LASTS = timedelta(days=60)
FILL = "demo.fill_samples"
"""Name of the task that fills what was asked for."""

WAITING, FILLING, READY, FAILED = "waiting", "filling", "ready", "failed"

_GIVEN_UP = timedelta(minutes=2)  # nobody lives a single day for so long: whoever filled it is gone
_log = logging.getLogger(__name__)


class Gone(Exception):
    """The sample was erased while it was being filled."""


def ask(actor: Actor) -> None:
    """Ask for a sample beside the actor's own workshop; asked again after a failure, it is tried again.

    raises: Forbidden; Conflict `already_exists`, `wrong_state` inside a sample
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    if db.session.scalars(sa.select(Organization.sample).where(Organization.id == actor.organization_id)).one():
        raise Conflict("This is the sample.", code="wrong_state")
    row = _locked(actor.person_id)
    if row is None:
        row = SampleWorkshop(person_id=actor.person_id, days_lived=0)
        db.session.add(row)
    elif row.state != FAILED:
        raise Conflict("You have a sample workshop already.", code="already_exists")
    now = clock.now()
    row.beside_id, row.state, row.days = actor.organization_id, WAITING, days.story(actor.zone).days
    row.touched_at, row.ends_at = now, now + LASTS
    db.session.flush()


def wipe(actor: Actor) -> None:
    """Erase the actor's sample, whole. Another organization is bound afterwards, or none.

    raises: Forbidden, NotFound; Conflict `wrong_state` while it is being filled
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    row = _locked(actor.person_id)
    if row is None:
        raise NotFound("You have no sample workshop.")
    if row.state == FILLING and row.touched_at > clock.now() - _GIVEN_UP:
        raise Conflict("The sample is still being filled. Wipe it in a moment.", code="wrong_state")
    _erase(row, By(row.beside_id, actor.entry_point, person_id=actor.person_id, address=actor.address))


def end_old() -> int:
    """Erase the samples whose time is over; how many there were."""
    over = sa.select(SampleWorkshop.person_id).where(SampleWorkshop.ends_at <= clock.now())
    people = list(db.session.scalars(over.order_by(SampleWorkshop.person_id)))
    for person_id in people:
        commands.carry_out(lambda person_id=person_id: _end(person_id))  # type: ignore[misc]
    return len(people)


def fill_next() -> bool:
    """Fill the sample that waits longest, or that somebody left half filled; False when there is none."""
    person_id = commands.carry_out(_claim)
    if person_id is None:
        return False
    try:
        _fill(person_id)
    except Gone:
        _log.info("a sample was erased while it was filled")
    except Exception:  # noqa: BLE001 - whatever went wrong, nothing half made stays
        _log.exception("a sample could not be filled")
        commands.carry_out(lambda: _give_up(person_id))
    return True


def _fill(person_id: UUID) -> None:
    crew = _open(person_id)
    sample_id = crew.organization.id

    def lived(day: int) -> None:
        with commands.transaction():
            _note(person_id, sample_id, days_lived=day)

    days.play(crew, days.story(crew.organization.time_zone), lived)
    with commands.transaction():
        beside_id = _note(person_id, sample_id, state=READY)
        tenancy.bind(beside_id)
        by = By(beside_id, "task", person_id=person_id)
        audit.record(by, "organization.sample_made", Subject("organization", sample_id))


def _open(person_id: UUID) -> Staff:
    """The sample's organization, new and empty, with its one person."""
    with commands.transaction():
        row = _locked(person_id)
        if row is None:
            raise Gone
        own = db.session.get_one(Organization, row.beside_id)
        with clock.set_to(clock.now() - timedelta(days=row.days + 2)):
            organization = organizations.create(
                name=workshop.facts()["organization"]["name"],
                owner_id=person_id,
                time_zone=own.time_zone,
                currency=own.currency,
                locale=own.locale,
                craft=own.craft,
                sample=True,
            )
        row.organization_id = organization.id
    return staff.alone(person_id, organization)


def _note(person_id: UUID, sample_id: UUID, **said: object) -> UUID:
    """How far it is; gives the organization beside which it stands. raises: Gone"""
    mine = sa.update(SampleWorkshop).where(
        SampleWorkshop.person_id == person_id, SampleWorkshop.organization_id == sample_id
    )
    noted = mine.values(touched_at=clock.now(), **said).returning(SampleWorkshop.beside_id)
    beside_id = db.session.execute(noted.execution_options(synchronize_session=False)).scalar_one_or_none()
    if beside_id is None:
        raise Gone
    return UUID(str(beside_id))


def _claim() -> UUID | None:
    """Take the next one: from now on nobody else fills it. What was left half filled is erased first."""
    left = sa.and_(SampleWorkshop.state == FILLING, SampleWorkshop.touched_at < clock.now() - _GIVEN_UP)
    wanted = sa.select(SampleWorkshop).where(sa.or_(SampleWorkshop.state == WAITING, left))
    row = db.session.scalars(
        wanted.order_by(SampleWorkshop.touched_at).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    person_id = row.person_id
    _empty(row)
    mine = sa.update(SampleWorkshop).where(SampleWorkshop.person_id == person_id)
    db.session.execute(mine.values(state=FILLING, touched_at=clock.now(), days_lived=0))
    return UUID(str(person_id))


def _give_up(person_id: UUID) -> None:
    """It failed: nothing half filled stays, and it can be asked for again."""
    row = _locked(person_id)
    if row is None:
        return
    _empty(row)
    db.session.execute(sa.update(SampleWorkshop).where(SampleWorkshop.person_id == person_id).values(state=FAILED))


def _empty(row: SampleWorkshop) -> None:
    """Erase what was filled so far, and keep the row."""
    begun, row.organization_id = row.organization_id, None
    db.session.flush()
    if begun is not None:
        erasing.erase(begun)


def _end(person_id: UUID) -> None:
    row = _locked(person_id)
    if row is not None and row.ends_at <= clock.now():
        _erase(row, By(row.beside_id, "task"))


def _erase(row: SampleWorkshop, by: By) -> None:
    sample_id = row.organization_id
    if sample_id is None:
        db.session.delete(row)
        db.session.flush()
        return
    erasing.erase(sample_id)  # the row goes with it
    tenancy.bind(by.organization_id)
    audit.record(by, "organization.sample_wiped", Subject("organization", sample_id))


def _locked(person_id: UUID) -> SampleWorkshop | None:
    row = sa.select(SampleWorkshop).where(SampleWorkshop.person_id == person_id)
    return db.session.scalars(row.with_for_update().execution_options(populate_existing=True)).one_or_none()

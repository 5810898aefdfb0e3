"""What plans count: each area says at start how its own things are counted, put aside and brought back.

Batches are only counted: they happened. Everything else can be put aside when a plan becomes smaller. What was put
aside carries the moment of that as its own mark of being archived, so that what somebody archived, or brought back,
by hand is told from it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from app.platform.database import db
from app.subscriptions.services.tiers import Limit


class Tenant(Protocol):
    """Whose things: an Actor is one."""

    @property
    def organization_id(self) -> UUID:
        """Which organization."""

    @property
    def zone(self) -> str:
        """Its time zone: months are months there."""


@dataclass(frozen=True, slots=True)
class House:
    """A tenant when nobody acts: Stripe's word, the clock's."""

    organization_id: UUID
    zone: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a plan counts, as people choose among them. `stays`: it cannot be put aside."""

    id: UUID
    name: str
    detail: str = ""
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """A thing that was put aside, and when: the mark that it carries."""

    id: UUID
    since: datetime


class Shelf(Protocol):
    """How things of one kind are put aside and come back."""

    def active(self, tenant: Tenant) -> list[Thing]:
        """Those that are counted, those that should rather stay first."""

    def put_aside(self, tenant: Tenant, ids: Iterable[UUID], at: datetime) -> None:
        """Archive these, marked with this moment."""

    def still_aside(self, tenant: Tenant, asides: Iterable[Aside]) -> dict[UUID, str]:
        """Of these, the ones that nobody touched since, by name."""

    def bring_back(self, tenant: Tenant, aside: Aside) -> bool:
        """Make it active again; False when something else took its name meanwhile."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How one limit is counted.

    used:   gives the count as a scalar subquery, so that all limits are asked in one statement
    shelf:  None for what is only counted
    """

    limit: Limit
    used: Callable[[Tenant], "sa.ScalarSelect[int]"]
    shelf: Shelf | None = None


_known: dict[Limit, Counted] = {}


class NobodyCounts(LookupError):
    """No area said how this limit is counted: a bug in the wiring. Nothing more is let in."""


def register(counted: Counted) -> None:
    """Say how a limit is counted; an area does so in its `register`. The last word counts."""
    _known[counted.limit] = counted


def of(limit: Limit) -> Counted:
    """How this limit is counted.

    raises: NobodyCounts
    """
    if limit not in _known:
        raise NobodyCounts(str(limit))
    return _known[limit]


def every() -> list[Counted]:
    """All that is counted, in the order of their names."""
    return [_known[limit] for limit in sorted(_known)]


def shelves() -> dict[Limit, Shelf]:
    """Those that can be put aside."""
    return {counted.limit: counted.shelf for counted in every() if counted.shelf is not None}


def count(tenant: Tenant, limit: Limit) -> int:
    """How many there are now."""
    found: int = db.session.scalars(sa.select(of(limit).used(tenant))).one()
    return found


class Archivable:
    """The shelf of an owned table with `name`, `name_key`, `archived_at`, where live names are unique.

    counts:   which rows are counted, besides not being archived
    newest:   the column by which those stand that should rather stay
    detail:   a column whose text tells things of one name apart
    """

    def __init__(self, model: Any, *, newest: Any, detail: Any, counts: Any = None) -> None:
        self._model, self._newest, self._detail = model, newest, detail
        self._counts = sa.true() if counts is None else counts

    def used(self, tenant: Tenant) -> "sa.ScalarSelect[int]":
        """How many are live."""
        return sa.select(sa.func.count()).select_from(self._model).where(*self._live(tenant)).scalar_subquery()

    def active(self, tenant: Tenant) -> list[Thing]:
        """The newest first."""
        rows = db.session.execute(
            sa.select(self._model.id, self._model.name, self._detail)
            .where(*self._live(tenant))
            .order_by(self._newest.desc(), self._model.id.desc())
        )
        return [Thing(row[0], row[1], row[2] or "") for row in rows]

    def put_aside(self, tenant: Tenant, ids: Iterable[UUID], at: datetime) -> None:
        """Archive them, in the order of their ids: two at once wait for each other."""
        wanted = (*self._live(tenant), self._model.id.in_(sorted(ids)))
        db.session.execute(sa.select(self._model.id).where(*wanted).order_by(self._model.id).with_for_update())
        db.session.execute(sa.update(self._model).where(*wanted).values(archived_at=at))

    def still_aside(self, tenant: Tenant, asides: Iterable[Aside]) -> dict[UUID, str]:
        """Archived, and at that very moment."""
        since = {aside.id: aside.since for aside in asides}
        rows = db.session.execute(
            sa.select(self._model.id, self._model.name, self._model.archived_at).where(
                self._model.organization_id == tenant.organization_id, self._model.id.in_(sorted(since))
            )
        )
        return {row[0]: row[1] for row in rows if row[2] == since[row[0]]}

    def bring_back(self, tenant: Tenant, aside: Aside) -> bool:
        """Unless a live one has its name."""
        other = sa.orm.aliased(self._model)
        taken = sa.exists().where(
            other.organization_id == tenant.organization_id,
            other.archived_at.is_(None),
            other.name_key == self._model.name_key,
        )
        done: Any = db.session.execute(
            sa.update(self._model)
            .where(
                self._model.organization_id == tenant.organization_id,
                self._model.id == aside.id,
                self._model.archived_at == aside.since,
                ~taken,
            )
            .values(archived_at=None)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount)

    def _live(self, tenant: Tenant) -> tuple[Any, ...]:
        owned = self._model.organization_id == tenant.organization_id
        return (owned, self._model.archived_at.is_(None), self._counts)

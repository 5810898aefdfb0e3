"""A person's sample workshop: one statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.demo.models import SampleWorkshop
from app.demo.services import samples
from app.identity.models import Organization
from app.platform.database import execute


@dataclass(frozen=True, slots=True)
class Sample:
    """How it stands. `slug` is its own address, `beside` that of the workshop it was made from."""

    state: str
    days_lived: int
    days: int
    ends_at: datetime
    slug: str | None
    beside: str

    @property
    def is_ready(self) -> bool:
        """Whether it can be entered."""
        return self.state == samples.READY

    @property
    def is_under_way(self) -> bool:
        """Whether somebody works on it, or will."""
        return self.state in {samples.WAITING, samples.FILLING}

    @property
    def percent(self) -> int:
        """From 0 to 100, for a bar."""
        return self.days_lived * 100 // self.days


def of_person(person_id: UUID) -> Sample | None:
    """The one that the person has."""
    own = aliased(Organization)
    wanted = (
        sa.select(
            SampleWorkshop.state,
            SampleWorkshop.days_lived,
            SampleWorkshop.days,
            SampleWorkshop.ends_at,
            Organization.slug,
            own.slug.label("beside"),
        )
        .join(own, own.id == SampleWorkshop.beside_id)
        .outerjoin(Organization, Organization.id == SampleWorkshop.organization_id)
        .where(SampleWorkshop.person_id == person_id)
    )
    row = execute(wanted).one_or_none()
    return Sample(**row._mapping) if row else None

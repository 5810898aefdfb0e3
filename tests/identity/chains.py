"""An audit log as tests speak of it: written through the real service, each event in a transaction of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from app.identity.queries import audit as audit_queries
from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.identity.services.audit_proof import AuditProof
from app.kernel.actor import Actor
from app.platform import commands, tenancy

_T = TypeVar("_T")


@dataclass(frozen=True)
class Chain:
    """One organization's log. Needs an open application context."""

    actor: Actor

    def record(self, action: str = "members.role_changed", **said: Any) -> None:
        """One more event."""
        subject = said.pop("subject", Subject("person", self.actor.person_id))
        self.write(lambda: audit.record(said.pop("by", self.actor), action, subject, **said))

    def story(self) -> None:
        """One event with nothing left out, one by Stripe, one with as little as can be."""
        where = By(self.id, "web", self.actor.person_id, "192.0.2.7", UUID(int=5))
        self.record(by=where, before={"role": "maker"}, after={"role": "manager"}, reason="Ines asked — “ja” ✓")
        self.record("plan.changed", by=By(self.id, "stripe"), subject=Subject("plan"), after={"tier": "solo"})
        self.record("exports.audit", subject=Subject("organization", self.id))

    def write(self, work: Callable[[], _T]) -> _T:
        """In a transaction of its own."""
        with commands.transaction():
            tenancy.bind(self.id)
            return work()

    @property
    def id(self) -> UUID:
        """The organization."""
        return self.actor.organization_id

    def proof(self) -> AuditProof:
        """As it is now."""
        return audit_queries.proof(self.id)

    def lines(self) -> list[str]:
        """As it is exported now."""
        return list(audit_queries.exported(self.id))

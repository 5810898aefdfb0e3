"""Who acts, for which organization, with which permissions, through which entry point."""

from dataclasses import dataclass
from uuid import UUID

from app.kernel.errors import Forbidden, LimitReached
from app.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """Given to every service. Carries the facts of the organization that services need."""

    person_id: UUID
    person_name: str
    organization_id: UUID
    permissions: frozenset[Permission]
    entry_point: str  # web, api, cli, task, demo
    zone: str = "UTC"  # IANA name; business dates are days there
    currency: str = "USD"
    beyond_plan: frozenset[Permission] = frozenset()  # the role grants it, the organization's plan does not
    read_only: bool = False  # the plan lapsed, or the organization was closed
    address: str | None = None  # network address of the sender
    developer_access: UUID | None = None  # of a developer user's visit
    token_id: UUID | None = None  # the API token that asks

    def may(self, permission: Permission) -> bool:
        """Whether the actor holds `permission`."""
        return permission in self.permissions

    def require(self, permission: Permission, *, whatever_plan: bool = False) -> None:
        """First line of every command.

        whatever_plan: what is taken away here (access, a key) is never behind a plan: the role decides alone
        raises:        LimitReached where only the plan stands in the way, else Forbidden, naming the permission
        """
        if permission in self.beyond_plan:
            if whatever_plan:
                return
            raise LimitReached(
                "Everything can be read here, nothing written: the plan lapsed, or the organization was closed."
                if self.read_only
                else "Your plan does not include this.",
                drawer={
                    "modal_url": "plans/drawer",
                    "redirect_url": "plans",
                    "success_event": "plan.changed",
                },
                permission=str(permission),
            )
        if permission not in self.permissions:
            raise Forbidden("You may not do this here.", permission=str(permission))

"""The people of the demo workshop, and how they do things: each command at a set time, once, through `commands.run`."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from app.demo.services import workshop
from app.identity.services import access, members, organizations, people
from app.identity.services.organizations import OrganizationFacts
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import commands, tenancy
from app.platform.commands import Answer

OWNER_EMAIL = "maren@juniper-and-rye.example"
_DOMAIN = "juniper-and-rye.example"
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(slots=True)
class Staff:
    """Owner, maker and seller, in their organization."""

    organization: OrganizationFacts
    owner: Actor
    maker: Actor
    seller: Actor
    _done: int = field(default=0)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """An instant by the workshop's clock on the wall."""
        return datetime.combine(day, time(hour, minute), ZoneInfo(self.organization.time_zone))

    def do(
        self,
        actor: Actor,
        moment: datetime,
        command: Callable[Concatenate[Actor, _P], _T],
        *args: _P.args,
        **kwargs: _P.kwargs,
    ) -> _T:
        """Run `command(actor, ...)` at `moment`; gives what it gave."""
        given: list[_T] = []

        def run() -> Answer:
            given.append(command(actor, *args, **kwargs))
            return Answer(200, {"demo": self._done})

        self._done += 1
        tenancy.bind(actor.organization_id)
        with clock.set_to(moment):
            commands.run(actor, f"demo-{self._done:05d}", {"demo": self._done}, run)
        return given[-1]


def move_in(password: str, moment: datetime) -> Staff:
    """Make the organization and its three people, at `moment`. The others' passwords nobody knows."""
    said = workshop.facts()["organization"]
    with clock.set_to(moment), commands.transaction():
        ids = [
            people.create(
                email=f"{person['name'].split()[0].lower()}@{_DOMAIN}",
                name=person["name"],
                password_hash=people.hash_password(password if person["role"] == "owner" else secrets.token_hex()),
            ).id
            for person in said["people"]
        ]
        organization = organizations.create(
            name=said["name"], owner_id=ids[0], time_zone=said["time_zone"], currency=said["currency"]
        )
        for person_id, person in list(zip(ids, said["people"], strict=True))[1:]:
            members.add(organization_id=organization.id, person_id=person_id, role=person["role"])
    entries = [access.by_id(person_id, organization.id, entry_point="demo") for person_id in ids]
    owner, maker, seller = (entry.actor for entry in entries if entry)
    return Staff(organization, owner, maker, seller)


def alone(person_id: UUID, organization: OrganizationFacts) -> Staff:
    """One person who does everything herself.

    raises: LookupError when she has gone
    """
    entry = access.by_id(person_id, organization.id, entry_point="demo")
    if entry is None:
        raise LookupError("the person has gone")
    return Staff(organization, entry.actor, entry.actor, entry.actor)

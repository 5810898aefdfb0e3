"""Organizations: made whole with their owner, never with a zone or a currency that is none."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.identity.services import access, members, organizations
from app.identity.services.organizations import OrganizationFacts
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.permissions import Permission
from app.platform import commands, tenancy


def make(owner_id: UUID, **said: Any) -> OrganizationFacts:
    with commands.transaction():
        return organizations.create(owner_id=owner_id, **{"name": f"Soap {ids.code()}", **said})


def test_the_owner_gets_in_and_may_everything(owner: Actor, database: Flask) -> None:
    made = make(owner.person_id, time_zone="Europe/Lisbon", currency="eur", locale="pt-PT")
    assert tenancy.bound() == made.id
    entry = access.by_slug(owner.person_id, made.slug)
    assert entry is not None
    assert entry.actor.permissions == frozenset(Permission)
    assert (entry.actor.zone, entry.actor.currency) == ("Europe/Lisbon", "EUR")
    assert entry.organization == made
    assert made.locale == "pt_PT"


def test_slugs_are_made_from_names_and_told_apart(owner: Actor, database: Flask) -> None:
    name = f"Crème & Ço {ids.code()}"
    first, second, third = (make(owner.person_id, name=name).slug for _ in range(3))
    assert first.startswith("creme-co-")
    assert (second, third) == (f"{first}-2", f"{first}-3")


@pytest.mark.parametrize("name", ["石鹸工房", "🕯️", "!!!"])
def test_a_name_without_latin_letters_gets_a_slug_too(owner: Actor, database: Flask, name: str) -> None:
    assert make(owner.person_id, name=name).slug.startswith("workshop")


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", {"name": ""}),
        ("name", {"name": " " * 5}),
        ("name", {"name": "x" * 121}),
        ("name", {"name": "a\x00b"}),
        ("timezone", {"time_zone": "Mars/Olympus"}),
        ("timezone", {"time_zone": ""}),
        ("timezone", {"time_zone": "../../etc/passwd"}),
        ("currency", {"currency": "ZZZ"}),
        ("currency", {"currency": ""}),
        ("locale", {"locale": "klingon"}),
        ("locale", {"locale": ""}),
    ],
)
def test_what_cannot_be_is_named(owner: Actor, database: Flask, field: str, said: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        make(owner.person_id, **said)
    assert list(refusal.value.errors) == [field]


class TestMembers:
    def test_a_role_that_is_none_is_refused(self, owner: Actor, database: Flask) -> None:
        made = make(owner.person_id)
        with pytest.raises(Invalid) as refusal, commands.transaction():
            members.add(organization_id=made.id, person_id=owner.person_id, role="emperor")
        assert list(refusal.value.errors) == ["role"]

    def test_nobody_is_a_member_twice(self, owner: Actor, database: Flask) -> None:
        made = make(owner.person_id)
        with pytest.raises(Conflict), commands.transaction():
            members.add(organization_id=made.id, person_id=owner.person_id, role="maker")

    def test_who_left_can_come_back_with_another_role(
        self, organization: OrganizationFacts, owner: Actor, maker: Actor, database: Flask
    ) -> None:
        with commands.transaction():
            members.deactivate(owner, person_id=maker.person_id)
        assert access.by_slug(maker.person_id, organization.slug) is None
        with commands.transaction():
            members.add(organization_id=organization.id, person_id=maker.person_id, role="viewer")
        entry = access.by_slug(maker.person_id, organization.slug)
        assert entry is not None
        assert Permission.INVENTORY_RECEIVE not in entry.actor.permissions

    def test_a_stranger_cannot_be_sent_away(
        self, organization: OrganizationFacts, owner: Actor, stranger: Actor, database: Flask
    ) -> None:
        with pytest.raises(NotFound), commands.transaction():
            members.deactivate(owner, person_id=stranger.person_id)

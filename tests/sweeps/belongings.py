"""One organization's things, one of each kind that a route can name, all carrying its canary; and what never was.

A reference is written in the forms that the contract allows: an id, and where there is one a code, label or name.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from app.identity.services import invitations, own_roles
from app.identity.services.organizations import OrganizationFacts
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import codes, tenancy
from app.platform.database import Base, db
from app.production.services import notes, ticks, timers
from tests import cast
from tests.inventory.storeroom import Body, ok
from tests.recipes.workshop import Workshop, of

Forms = Mapping[str, tuple[str, ...]]
"""Kind to references to one thing of that kind."""


@dataclass
class Belongings:
    """An organization whose every text holds `canary`."""

    facts: OrganizationFacts
    owner: Actor
    shop: Workshop
    canary: str
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, kind: str) -> str:
        """The id of its thing of this kind."""
        return self.kinds[kind][0]


def furnish(canary: str) -> Belongings:
    """A new organization with one of everything, made as in life."""
    facts = cast.make_organization(f"House {canary}")
    owner = cast.owner_of(facts)
    its = Belongings(facts, owner, Workshop(cast.api(owner)), canary)
    item, lot, posting = _stock(its)
    recipe, planned, doing, done = _making(its, item)
    token = ok(its.shop.api.post("/tokens", {"name": canary}), 201)
    role, invitation = _house(its)
    timer = _bench(its, doing)
    its.kinds = {
        "item": (item["id"], item["code"]),
        "lot": (lot["id"], lot["fifo_code"]),
        "base": (_base(its, item)["id"],),
        "made": (recipe["output"]["item"]["id"],),
        "organization": (str(facts.id),),
        "person": (str(owner.person_id),),
        "invitation": (invitation,),
        "member": (str(cast.actor_of(facts, "viewer").person_id),),
        "role": (role,),
        "posting": (posting["id"],),
        "movement": (posting["movements"][0]["id"],),
        "recipe": (recipe["id"],),
        "recipe or name": (recipe["id"], recipe["name"]),
        "batch": (planned["id"], planned["label"]),
        "batch in progress": (doing["id"], doing["label"]),
        "batch completed": (done["id"], done["label"]),
        "timer": (timer,),
        "token": (token["id"],),
        "slug": (facts.slug,),
        "code": tuple(codes.token(owner.organization_id, UUID(thing["id"])) for thing in (planned, lot, item)),
        "need": (f"{item['id']}:800",),
        "unit": (f"box{canary}",),
        "number": ("1",),
    }
    return its


def _stock(its: Belongings) -> tuple[Body, Body, Body]:
    item = its.shop.item(f"Oats {its.canary}", "g", code=f"oats-{its.canary}", category=its.canary)
    own = its.shop.api.put(f"/items/{item['id']}/units/box{its.canary}", {"quantity": "5", "unit": "g"})
    assert own.status_code == 200, own.text
    posting = its.shop.receive(
        item,
        "500",
        fifo_code=f"LOT-{its.canary}",
        supplier=f"Mill {its.canary}",
        supplier_lot=its.canary,
        note=its.canary,
    )
    lot = its.shop.lots(item)[0]
    its.shop.issue(item, "3", reason=its.canary, to=its.canary)
    return item, lot, posting


def _making(its: Belongings, item: Body) -> tuple[Body, Body, Body, Body]:
    recipe = its.shop.recipe(
        f"Bar {its.canary}", (f"Bar of {its.canary}", "4", "each"), of(item, "10", note=its.canary)
    )
    planned, doing, done = (its.shop.plan(recipe, note=its.canary) for _ in range(3))
    its.shop.do(doing, "start")
    its.shop.do(done, "start")
    its.shop.do(done, "finish")
    return recipe, planned, doing, done


def _bench(its: Belongings, doing: Body) -> str:
    """A line weighed, a note written, a timer that was heard."""

    def work() -> str:
        tenancy.bind(its.facts.id)
        batch_id = UUID(doing["id"])
        ticks.tick(its.owner, batch_id, line=1)
        notes.write(its.owner, batch_id, text=its.canary)
        timer_id = timers.start(its.owner, batch_id, name=its.canary, minutes=20)
        timers.stop(its.owner, batch_id, timer_id)  # one that runs makes every answer another one
        return str(timer_id)

    return cast._written(work)


def _house(its: Belongings) -> tuple[str, str]:
    """A role of its own, and an open invitation."""
    may = (Permission.INVENTORY_VIEW,)

    def make() -> tuple[str, str]:
        role = own_roles.create(its.owner, name=f"Role {its.canary}", permissions=may)
        invitation = invitations.invite(its.owner, email=f"{its.canary}@oats.example", role="viewer")
        return str(role.id), str(invitation.id)

    return cast._written(make)


def _base(its: Belongings, item: Body) -> Body:
    """A recipe that another can use."""
    return its.shop.recipe(f"Base {its.canary}", (f"Base of {its.canary}", "9", "g"), of(item, "9"))


def ghosts(like: Belongings) -> dict[str, tuple[str, ...]]:
    """References of the same forms to things that never were."""
    batch = (str(ids.uuid7()), f"BAR9-2026-{ids.code(4)}")
    return {
        "item": (str(ids.uuid7()), f"oats-{ids.code(len(like.canary))}"),
        "lot": (str(ids.uuid7()), f"LOT-{ids.code(len(like.canary))}"),
        "organization": (str(ids.uuid7()),),
        "person": (str(ids.uuid7()),),
        **{kind: (str(ids.uuid7()),) for kind in ("invitation", "member", "role", "timer")},
        "posting": (str(ids.uuid7()),),
        "movement": (str(ids.uuid7()),),
        "recipe": (str(ids.uuid7()),),
        "recipe or name": (str(ids.uuid7()), f"Bar {ids.code(len(like.canary))}"),
        "batch": batch,
        "batch in progress": batch,
        "batch completed": batch,
        "token": (str(ids.uuid7()),),
        "slug": (f"house-{ids.code().lower()}",),
        "code": tuple(codes.token(ids.uuid7(), ids.uuid7()) for _ in like.kinds["code"]),
        "need": (f"{ids.uuid7()}:800",),
    }


def digest(app: Flask, organization_id: UUID) -> str:
    """Of every row that the organization owns, in every table that has an owner."""
    seen = hashlib.sha256()
    with app.app_context():
        tenancy.bind(organization_id)
        for table in owned_tables():
            query = sa.select(table).where(table.c.organization_id == organization_id)
            rows = sorted(repr(tuple(row)) for row in db.session.connection().execute(query))
            seen.update(f"{table.name}:{rows}".encode())
        db.session.rollback()
    return seen.hexdigest()


def owned_tables() -> Iterable[sa.Table]:
    """By name. What changes by being asked for at all is left out: when a token was last used."""
    tables = (table for table in Base.metadata.sorted_tables if "organization_id" in table.c)
    return [table for table in tables if table.name != "api_tokens"]

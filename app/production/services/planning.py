"""Plans a batch: a version of a recipe at a scale, its materials written down once, a label of its own.

What was planned on a version stays on it, whatever becomes of the recipe later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.kernel import clock, ids, numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.numbers import MICRO
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import execute
from app.production.models import Batch, BatchLine
from app.production.services import numbering, records, states
from app.recipes.services import explosion, references
from app.recipes.services.explosion import Needed
from app.recipes.services.materials import Material
from app.recipes.services.structure import Version
from app.subscriptions.services import gates
from app.subscriptions.services.counted import Tenant
from app.subscriptions.services.tiers import Limit


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants to make. `recipe` is an id or a name; `version` None: the one in force."""

    recipe: str
    version: int | None = None
    scale: Decimal = Decimal(1)
    planned_for: date | None = None
    note: str | None = None


class Archived(Conflict):
    """Nothing new is made from an archived recipe."""

    code = "recipe_archived"


def plan(actor: Actor, said: Plan) -> UUID:
    """Write a batch down as planned; gives its id.

    raises: NotFound; Invalid, MissingDensity and the like where a need cannot be known; Archived; LimitReached
    """
    actor.require(Permission.BATCHES_PLAN)
    gates.check(actor, Limit.BATCHES_A_MONTH)
    version_id = _version(actor, said)
    versions, known = explosion.read(actor, version_id)
    version, scale = versions[version_id], Fraction(said.scale)
    needs = explosion.strict(versions, version_id, scale, known)
    should_give = expected(version, scale, known)
    if version.archived_at is not None:
        raise Archived(phrase("%(name)s is archived: nothing new is made from it.", name=version.name))
    batch_id = _write(actor, said, version, should_give)
    _write_lines(actor, batch_id, needs)
    return batch_id


def _version(actor: Actor, said: Plan) -> UUID:
    recipe = references.find(actor, said.recipe, field="recipe")
    if said.version is None:
        return references.current(recipe, field="recipe")
    return references.version(actor, recipe.id, said.version, field="version")


def expected(version: Version, scale: Fraction, known: Mapping[UUID, Material]) -> int:
    """What a batch of this version should give, in millionths of its output's stock unit.

    raises: Invalid on `version` for a draft, on `scale` for what is too small or too large to keep
    """
    made = version.output
    if version.published_at is None or made is None:
        raise Invalid.field("version", "That version is a draft.", code="not_published")
    amount = known[made.item_id].convert(Fraction(made.quantity, MICRO) * scale, made.unit)
    micro = numbers.to_micro(amount)
    if not 0 < micro <= numbers.TYPED_LIMIT:
        raise Invalid.field("scale", "At this scale the output is too small or too large to keep.")
    return micro


def _write(actor: Actor, said: Plan, version: Version, should_give: int) -> UUID:
    label = numbering.next_label(actor, version.prefix, version.number)
    batch_id = ids.uuid7()
    row = {
        "organization_id": actor.organization_id,
        "id": batch_id,
        "label": label,
        "label_key": label.lower(),
        "status": states.PLANNED,
        "recipe_id": version.recipe_id,
        "version_id": version.id,
        "scale": numbers.to_micro(said.scale),
        "planned_for": said.planned_for,
        "note": said.note,
        "created_at": clock.now(),
        "created_by": actor.person_id,
        "expected_quantity": should_give,
        "output_item_id": version.output and version.output.item_id,
    }
    execute(sa.insert(Batch), row)
    return batch_id


def _write_lines(actor: Actor, batch_id: UUID, needs: tuple[Needed, ...]) -> None:
    rows = [
        {
            "organization_id": actor.organization_id,
            "id": ids.uuid7(),
            "batch_id": batch_id,
            "line": number,
            "item_id": needed.material.id,
            "needed": needed.quantity,
            "unit": needed.material.unit,
            "skipped": False,
        }
        for number, needed in enumerate(needs, start=1)
    ]
    execute(sa.insert(BatchLine), rows)


def this_month(tenant: Tenant) -> "sa.ScalarSelect[int]":
    """How many batches were planned in the present calendar month of the organization's time zone."""
    first = clock.local_date(clock.now(), tenant.zone).replace(day=1)
    since = datetime.combine(first, time(), ZoneInfo(tenant.zone))
    planned = sa.select(sa.func.count()).where(
        Batch.organization_id == tenant.organization_id, Batch.created_at >= since
    )
    return planned.scalar_subquery()


def make_less(actor: Actor, batch_id: UUID, made: Fraction) -> None:
    """Plan the batch anew at the scale that gives `made` of its output, in the output's stock unit.

    raises: NotFound, WrongState, Invalid on `scale`; MissingDensity and the like where a need cannot be known
    """
    actor.require(Permission.BATCHES_PLAN)
    header = records.lock(actor, batch_id, dry_run=False)
    states.require(header.label, header.status, states.PLANNED)
    scale = round(header.scale * made * MICRO / header.expected)
    versions, known = explosion.read(actor, header.version_id)
    needs = explosion.strict(versions, header.version_id, Fraction(scale, MICRO), known)
    should_give = expected(versions[header.version_id], Fraction(scale, MICRO), known)
    asked = {"o": actor.organization_id, "batch": batch_id}
    execute(_RESCALE, {**asked, "makings": scale, "should_give": should_give})
    execute(_NEED, [{**asked, "item": need.material.id, "n": need.quantity, "u": need.material.unit} for need in needs])


_RESCALE = (
    sa.update(Batch)
    .where(Batch.organization_id == sa.bindparam("o"), Batch.id == sa.bindparam("batch"))
    .values(scale=sa.bindparam("makings"), expected_quantity=sa.bindparam("should_give"))
)
_NEED = (
    sa.update(BatchLine)
    .where(BatchLine.organization_id == sa.bindparam("o"), BatchLine.batch_id == sa.bindparam("batch"))
    .where(BatchLine.item_id == sa.bindparam("item"))
    .values(needed=sa.bindparam("n"), unit=sa.bindparam("u"))
)

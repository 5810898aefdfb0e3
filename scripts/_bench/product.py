"""The product's side: the same commands that API and pages run, without the web in front."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.inventory import schemas
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Issue
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.numbers import Quantity
from app.platform import commands
from app.platform.commands import Answer
from app.production import schemas as batches
from app.production.services import finishing, making, planning
from app.production.services.finishing import Finish
from app.production.services.planning import Plan
from app.recipes.services import structure, versions
from app.recipes.services.saying import SaidLine, SaidOutput
from app.recipes.services.versions import Making
from scripts._bench import stage


def use(actor: Actor, item_id: UUID, quantity: int) -> Answer:
    """`POST /items/{item}/issues`, behind the edge: key, body hash, posting, stored answer."""
    body = {"method": "POST", "path": f"/api/v1/items/{item_id}/issues", "body": {"quantity": str(quantity)}}
    said = Issue(item_id, Quantity(stage.quantity_of(quantity)), "use")
    return commands.run(actor, str(ids.uuid7()), body, lambda: _answer(adjustment.issue(actor, said)))


def _answer(posted: Any) -> Answer:
    return Answer(201, schemas.posting(posted))


def make_recipe(actor: Actor, materials: Sequence[UUID], quantity: int, made: UUID) -> UUID:
    """A published recipe that takes `quantity` of each material; its id."""
    amount = Quantity(stage.quantity_of(quantity))
    lines = tuple(SaidLine(amount, item=str(item_id)) for item_id in materials)
    said = Making(SaidOutput(Quantity(Decimal(8)), item=str(made)), lines, None)
    version_id = stage.in_command(actor, lambda: versions.create(actor, name=f"Bench {ids.code()}", making=said))
    found = stage.in_command(actor, lambda: structure.read(actor, [version_id])[version_id].recipe_id)
    return UUID(str(found))


def plan(actor: Actor, recipe_id: UUID) -> UUID:
    """A planned batch; its id."""
    planned: UUID = stage.in_command(actor, lambda: planning.plan(actor, Plan(str(recipe_id))))
    return planned


def start(actor: Actor, batch_id: UUID) -> Answer:
    """`POST /batches/{batch}/start`, behind the edge."""
    body = {"method": "POST", "path": f"/api/v1/batches/{batch_id}/start", "body": {}}
    return commands.run(
        actor, str(ids.uuid7()), body, lambda: Answer(200, batches.batch(making.start(actor, batch_id)))
    )


def finish(actor: Actor, batch_id: UUID) -> Answer:
    """`POST /batches/{batch}/finish`, behind the edge."""
    body = {"method": "POST", "path": f"/api/v1/batches/{batch_id}/finish", "body": {}}
    return commands.run(
        actor, str(ids.uuid7()), body, lambda: Answer(200, batches.batch(finishing.finish(actor, batch_id, Finish())))
    )

"""The product's side: the same commands that API and pages run, without the web in front."""

from typing import Any
from uuid import UUID

from app.inventory import schemas
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Issue, Need, Output, Source
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.numbers import Quantity
from app.platform import commands
from app.platform.commands import Answer
from scripts._bench import stage


def use(actor: Actor, item_id: UUID, quantity: int) -> Answer:
    """`POST /items/{item}/issues`, behind the edge: key, body hash, posting, stored answer."""
    body = {"method": "POST", "path": f"/api/v1/items/{item_id}/issues", "body": {"quantity": str(quantity)}}
    said = Issue(item_id, Quantity(stage.quantity_of(quantity)), "use")
    return commands.run(actor, str(ids.uuid7()), body, lambda: _answer(adjustment.issue(actor, said)))


def _answer(posted: Any) -> Answer:
    return Answer(201, schemas.posting(posted))


def start(actor: Actor, needs: dict[UUID, int], batch: tuple[UUID, str]) -> int:
    """Consume what a batch needs; what it cost."""
    said = [Need(item_id, quantity) for item_id, quantity in needs.items()]
    cost: list[int] = []

    def consume() -> Answer:
        posted = adjustment.consume(actor, needs=said, source=Source("batch", *batch))
        cost.append(-posted.total_cost)
        return _answer(posted)

    commands.run(actor, str(ids.uuid7()), {"path": f"/api/v1/batches/{batch[1]}/start"}, consume)
    return cost[-1]


def finish(actor: Actor, item_id: UUID, quantity: int, cost: int, batch: tuple[UUID, str]) -> Answer:
    """Put in what a batch made."""
    made = Output(item_id, quantity, cost, batch[1])
    source = Source("batch", *batch)
    body = {"path": f"/api/v1/batches/{batch[1]}/finish"}
    return commands.run(actor, str(ids.uuid7()), body, lambda: _answer(adjustment.produce(actor, made, source=source)))

"""Types of the fields that name an item, a lot or a movement: each knows who looks it up."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from app.catalog.services import items
from app.inventory.queries import lots, postings
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.references import Refers
from app.platform.schemas import Reference


def _lots(actor: Actor, said: Mapping[str, str]) -> None:
    missing: dict[str, list[str]] = {}
    for field, reference in said.items():
        try:
            lots.find(actor, reference, field=field)
        except NotFound as error:
            missing |= error.errors
    if missing:
        raise NotFound("That lot does not exist.", errors=missing)


ItemReference: TypeAlias = Annotated[Reference, Refers(items.find_each)]
"""Id or code."""

LotReference: TypeAlias = Annotated[Reference, Refers(_lots)]
"""Id or lot code."""

MovementReference: TypeAlias = Annotated[Reference, Refers(postings.find_movements)]
"""Id."""

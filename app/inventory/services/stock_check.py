"""The authority on "is there enough?": a dry run of FIFO for a list of needs. Never changes or reserves anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.inventory.services import fifo
from app.inventory.services.adjustment import ledger, production
from app.inventory.services.adjustment.draft import today
from app.inventory.services.adjustment.posted import ItemFacts
from app.inventory.services.adjustment.production import Need
from app.inventory.services.adjustment.shortages import Shortage
from app.inventory.services.fifo import Draw, Plan
from app.kernel.actor import Actor
from app.kernel.permissions import Permission

__all__ = ["CheckLine", "Need", "Shortage", "StockCheck", "check", "check_each"]


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One item of a check. `available` None: not tracked, never short."""

    item: ItemFacts
    needed: int
    available: int | None
    consumed: int
    shortfall: int
    total_cost: int
    draws: tuple[Draw, ...]

    @property
    def satisfied(self) -> bool:
        """Whether all of it is there."""
        return self.shortfall == 0


@dataclass(frozen=True, slots=True)
class StockCheck:
    """The answer: what would be taken, and all that is missing at once."""

    lines: tuple[CheckLine, ...]
    shortages: tuple[Shortage, ...]

    @property
    def can_produce(self) -> bool:
        """Whether nothing is missing."""
        return not self.shortages

    @property
    def total_cost(self) -> int:
        """What the consumed amounts cost."""
        return sum(line.total_cost for line in self.lines)


def check(actor: Actor, needs: Sequence[Need]) -> StockCheck:
    """Plan every need exactly as the ledger would now.

    needs:  millionths of stock units; zero allowed; an item on two lines is one need
    raises: NotFound for an item that is not there
    """
    actor.require(Permission.INVENTORY_VIEW)
    wanted = production.together(needs)
    if not wanted:
        return StockCheck((), ())
    on = today(actor)
    items = ledger.lock_items(actor, wanted, dry_run=True)
    plans = production.plan_all(actor, items, wanted, on=on)
    short = production.shortages(actor, items, wanted, plans, needs=needs, on=on)
    available = production.available(actor, items, on=on)
    lines = tuple(
        _line(items[item_id], quantity, plans.get(item_id), available.get(item_id))
        for item_id, quantity in wanted.items()
    )
    return StockCheck(lines, tuple(short))


def check_each(actor: Actor, lists: Sequence[Sequence[Need]]) -> list[tuple[CheckLine, ...]]:
    """The lines of several checks, each as if it were the only one, in three statements however many there are.

    raises: NotFound for an item that is not there
    """
    actor.require(Permission.INVENTORY_VIEW)
    wanted = [production.together(needs) for needs in lists]
    on = today(actor)
    items = ledger.lock_items(actor, {item_id for each in wanted for item_id in each}, dry_run=True)
    available = production.available(actor, items, on=on)
    tracked = [{item_id: needed for item_id, needed in each.items() if item_id in available} for each in wanted]
    plans = fifo.choose_each(actor, tracked, on=on)
    return [
        tuple(
            _line(items[item_id], needed, plan.get(item_id), available.get(item_id)) for item_id, needed in each.items()
        )
        for each, plan in zip(wanted, plans, strict=True)
    ]


def _line(item: ItemFacts, needed: int, plan: Plan | None, available: int | None) -> CheckLine:
    if plan is None:
        return CheckLine(item, needed, None, consumed=needed, shortfall=0, total_cost=0, draws=())
    return CheckLine(
        item,
        needed,
        available,
        consumed=plan.quantity,
        shortfall=plan.shortfall,
        total_cost=plan.cost,
        draws=plan.draws,
    )

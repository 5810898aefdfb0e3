"""Making: the day's recipes, put off a day when something is short; packed when done, then left to cure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from app.demo.services import calendar, rhythm, shelves, workshop
from app.demo.services.calendar import Due
from app.demo.services.staff import Staff
from app.demo.services.stage import Stage
from app.demo.services.workshop import Facts
from app.inventory.services import adjustment, stock_check
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.numbers import Quantity
from app.production.services import finishing, making, planning
from app.production.services.finishing import Finish, SaidLoss, SaidOutput
from app.production.services.making import SaidExtra
from app.production.services.planning import Plan
from app.recipes.services import costing, explosion

_BLEND, _BLEND_SOAP, _BLEND_LOW = "blend-juniper-forest", "soap-juniper-rye", 90_000_000
_LONGEST_WAIT = 7
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(slots=True)
class Batches:
    """What is made, what waits, and what cures."""

    staff: Staff
    stage: Stage
    first_day: date
    waiting: list[tuple[Due, int]] = field(default_factory=list)
    curing: dict[int, list[UUID]] = field(default_factory=dict)
    put_off: int = 0
    _recipes: dict[str, Facts] = field(
        default_factory=lambda: {said["code"]: said for said in workshop.recipes() + workshop.assemblies()}
    )

    def morning(self, day: int) -> None:
        """What has cured may be used."""
        for lot_id in self.curing.pop(day, []):
            self.staff.do(self.staff.owner, self._at(day, 7), adjustment.release, lot_id=lot_id, reason="Cured.")

    def work(self, day: int) -> None:
        """Make what is due; what lacks something is tried again tomorrow, for a week."""
        todo = self.waiting + [(due, 0) for due in calendar.due(day)]
        self.waiting = []
        for due, waited in todo:
            if due.code == _BLEND_SOAP:
                self._blend_if_low(day)
            if self._is_enough(day, due):
                self._make(day, due)
            elif waited < _LONGEST_WAIT:
                self.put_off += 1
                self.waiting.append((due, waited + 1))

    def leave_work(self, day: int) -> None:
        """Leave today's work open: the first that can be made is on the bench, the rest is planned, tomorrow's too."""
        todo = [due for due, _ in self.waiting] + calendar.due(day) + calendar.due(day + 1)
        started = False
        for due in todo or [Due(_BLEND)]:
            batch_id = self._plan_now(due)
            if not started and self._is_enough_now(due):
                self.staff.do(self._maker, clock.now(), making.start, batch_id)
                started = True

    def _blend_if_low(self, day: int) -> None:
        if shelves.on_hand(self.staff)[self.stage.items[_BLEND]] < _BLEND_LOW and self._is_enough(day, Due(_BLEND)):
            self._make(day, Due(_BLEND))

    def _is_enough(self, day: int, due: Due) -> bool:
        with clock.set_to(self._at(day, 9)):
            return self._is_enough_now(due)

    def _is_enough_now(self, due: Due) -> bool:
        needed = explosion.of_version(self._maker, self.stage.versions[due.code], Fraction(due.scale))
        return stock_check.check(self._maker, costing.needs(needed) + self._packing_needs(due)).can_produce

    def _packing_needs(self, due: Due) -> list[adjustment.Need]:
        said = self._recipes[due.code]
        units = int(Fraction(said["output"]["quantity"])) * due.scale
        return [
            adjustment.Need(self.stage.items[line["item"]], int(line["quantity"]) * units * 1_000_000)
            for line in said.get("packaging_per_unit", ())
        ]

    def _make(self, day: int, due: Due) -> None:
        said = self._recipes[due.code]
        batch_id = self._plan(day, due)
        self._do(day, 9, making.start, batch_id)
        if self._is_total_loss(day, said):
            self._do(day, 14, finishing.fail, batch_id, reason="Seized in the pot; thrown away.")
            return
        planned = int(Fraction(said["output"]["quantity"])) * due.scale
        made = planned - self._lost(day, said, planned)
        self._pack(day, batch_id, said, made)
        self._finish(day, batch_id, said, planned, made)

    def _plan(self, day: int, due: Due) -> UUID:
        plan = self._said(due, self.first_day + timedelta(days=day))
        return self._do(day, 9, planning.plan, plan)

    def _plan_now(self, due: Due) -> UUID:
        plan = self._said(due, clock.local_date(clock.now(), self.staff.organization.time_zone))
        return self.staff.do(self._maker, clock.now(), planning.plan, plan)

    def _said(self, due: Due, day: date) -> Plan:
        return Plan(recipe=self._recipes[due.code]["name"], scale=Decimal(due.scale), planned_for=day)

    def _is_total_loss(self, day: int, said: Facts) -> bool:
        rule = workshop.facts()["rhythm"]["batches"]["actual_yield"]
        if said["kind"] not in rule["total_loss_applies_to"]:
            return False
        return rhythm.chance(day, f"total|{said['code']}") < Fraction(rule["total_loss_probability"])

    def _lost(self, day: int, said: Facts, planned: int) -> int:
        percent = Fraction(said.get("expected_loss_percent", "0"))
        return round(planned * percent / 100 * 2 * rhythm.chance(day, said["code"]))

    def _pack(self, day: int, batch_id: UUID, said: Facts, made: int) -> None:
        extras = [
            SaidExtra(line["item"], Quantity(Decimal(line["quantity"]) * made), "Packing")
            for line in said.get("packaging_per_unit", ())
        ]
        if extras:
            self._do(day, 15, making.take_extras, batch_id, extras)

    def _finish(self, day: int, batch_id: UUID, said: Facts, planned: int, made: int) -> None:
        lost = planned - made
        done = Finish(
            outputs=[SaidOutput(Quantity(Decimal(made)))],
            loss=SaidLoss(Quantity(Decimal(lost)), "trimmings") if lost else None,
        )
        self._do(day, 15, finishing.finish, batch_id, done)
        cure = int(said.get("cure_days") or 0)
        for lot in shelves.lots_of_batch(self._maker, batch_id) if cure else ():
            lot_id = lot.id
            self.staff.do(self.staff.owner, self._at(day, 16), adjustment.hold, lot_id=lot_id, reason="Curing.")
            self.curing.setdefault(day + cure, []).append(lot_id)

    @property
    def _maker(self) -> Actor:
        return self.staff.maker

    def _at(self, day: int, hour: int) -> datetime:
        return self.staff.at(self.first_day + timedelta(days=day), hour)

    def _do(
        self, day: int, hour: int, command: Callable[Concatenate[Actor, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        return self.staff.do(self._maker, self._at(day, hour), command, *args, **kwargs)

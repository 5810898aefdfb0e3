"""What else happens: testers and samples, breakage and spoilage, stocktakes, a recall, a slip of the pen."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from app.demo.services import rhythm, shelves, workshop
from app.demo.services.staff import Staff
from app.demo.services.stage import Stage
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Count, Issue, Receipt
from app.kernel import clock, numbers
from app.kernel.numbers import Money, Quantity

_RECALL_DAYS = 7
_COUNT_EVERY, _COUNTED_AT_ONCE, _LARGEST_DIFFERENCE = 30, 5, Fraction(15, 1000)


@dataclass(slots=True)
class Mishaps:
    """The rest of the rhythm."""

    staff: Staff
    stage: Stage
    first_day: date
    recalled: dict[int, tuple[UUID, UUID]] = field(default_factory=dict)  # (item, lot) by the day it is destroyed

    def evening(self, day: int) -> None:
        """Waste, gifts, counts and incidents of one day."""
        for rule in workshop.facts()["rhythm"]["waste"]:
            if "every_days" in rule and day and day % int(rule["every_days"]) == 0:
                self._give_or_lose(day, rule)
            elif rule["kind"] == "expired":
                self._clear_expired(day, rule["item"])
        if day and day % _COUNT_EVERY == 0:
            self._stocktake(day)
        for incident in workshop.facts()["rhythm"]["incidents"]:
            if incident["day"] == day:
                self._incident(day, incident)
        if day in self.recalled:
            self._destroy(day, *self.recalled.pop(day))

    def _give_or_lose(self, day: int, rule: dict[str, Any]) -> None:
        item_id = self.stage.items[rule["item"]]
        amount = Decimal(rule.get("quantity") or rule["units"])
        with clock.set_to(self.staff.at(self._date(day), 18)):
            enough = shelves.usable(self.staff.maker, item_id) >= numbers.to_micro(amount)
        if enough:
            self._issue(day, Issue(item_id, Quantity(amount), rule["kind"], reason=rule.get("reason")))

    def _clear_expired(self, day: int, code: str) -> None:
        item_id = self.stage.items[code]
        stale = shelves.expired_quantity(self.staff.maker, item_id, self._date(day))
        if stale:
            self._issue(day, Issue(item_id, Quantity(numbers.from_micro(stale)), "expired", reason="Past its date"))

    def _issue(self, day: int, said: Issue) -> None:
        moment = self.staff.at(self._date(day), 18)
        self.staff.do(self.staff.maker, moment, adjustment.issue, said)

    def _stocktake(self, day: int) -> None:
        stock = shelves.on_hand(self.staff)
        tracked = [material for material in workshop.materials().values() if material.tracked]
        drawn = sorted(tracked, key=lambda material: rhythm.chance(day, f"count|{material.code}"))
        for material in drawn[:_COUNTED_AT_ONCE]:
            item_id = self.stage.items[material.code]
            differs = _LARGEST_DIFFERENCE * (2 * rhythm.chance(day, f"differs|{material.code}") - 1)
            counted = round(Fraction(stock[item_id], numbers.MICRO) * (1 + differs))
            said = Count(item_id, Quantity(Decimal(counted)), f"Stocktake of {self._date(day):%B %-d}")
            moment = self.staff.at(self._date(day), 19)
            self.staff.do(self.staff.owner, moment, adjustment.count, said)

    def _incident(self, day: int, incident: dict[str, Any]) -> None:
        if incident["kind"] == "supplier_recall":
            lots = shelves.open_lots(self.staff.owner, self.stage.items[incident["item"]])
            if lots:
                moment = self.staff.at(self._date(day), 19)
                self.staff.do(self.staff.owner, moment, adjustment.hold, lot_id=lots[0].id, reason=incident["note"])
                self.recalled[day + _RECALL_DAYS] = (lots[0].item_id, lots[0].id)
        elif incident["kind"] == "mistake":
            self._slip(day, incident)

    def _destroy(self, day: int, item_id: UUID, lot_id: UUID) -> None:
        """The recalled lot is thrown away, all that is left of it."""
        left = [lot.remaining_quantity for lot in shelves.open_lots(self.staff.owner, item_id) if lot.id == lot_id]
        if left:
            amount = Quantity(numbers.from_micro(left[0]))
            self._issue(day, Issue(item_id, amount, "quality_fail", lot_id=lot_id, reason="Recalled by the supplier"))

    def _slip(self, day: int, incident: dict[str, Any]) -> None:
        """Ten times too much entered, and undone two hours later."""
        wrong, right = (Decimal(part.split()[0]) for part in incident["entered"].split(" in place of "))
        owner, material = self.staff.owner, workshop.materials()[incident["item"]]
        price = Money(numbers.from_micro(numbers.to_micro(material.pack_price)))
        supplier = workshop.suppliers()[material.supplier]["name"]

        def receipt(amount: Decimal) -> Receipt:
            return Receipt(
                self.stage.items[material.code],
                Quantity(amount, material.pack_unit),
                total_cost=price,
                supplier=supplier,
                supplier_lot=f"{material.supplier.upper()}-{self._date(day):%y%m}-350",
            )

        entered = self.staff.do(owner, self.staff.at(self._date(day), 18), adjustment.receive, receipt(wrong))
        undone_at = self.staff.at(self._date(day), 18 + int(incident["undone_after_hours"]))
        if entered.id is not None:
            self.staff.do(owner, undone_at, adjustment.reverse, posting_id=entered.id, reason="Typed 350 for 35")
        self.staff.do(owner, undone_at, adjustment.receive, receipt(right))

    def _date(self, day: int) -> date:
        return self.first_day + timedelta(days=day)

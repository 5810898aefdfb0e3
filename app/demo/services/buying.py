"""Buying: every morning what runs low is ordered, and what is due arrives."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from app.demo.services import rhythm, shelves, workshop
from app.demo.services.staff import Staff
from app.demo.services.stage import Stage, decimal, in_stock_unit, supplier_lot
from app.demo.services.workshop import Material
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Receipt
from app.kernel import numbers
from app.kernel.numbers import Money, Quantity

_SUNDAY = 6
_DRIFT_DAYS = 30


@dataclass(slots=True)
class Buying:
    """Orders on their way: (day of arrival, material, day of entry)."""

    staff: Staff
    stage: Stage
    first_day: date
    orders: list[tuple[int, Material, int]] = field(default_factory=list)
    _received: int = 0

    def morning(self, day: int) -> None:
        """Order what is low; receive what is due."""
        stock = shelves.on_hand(self.staff)
        for material in workshop.materials().values():
            if material.tracked and material.order_packs and self._is_low(material, stock):
                arrives = self._arrival(material, day)
                self.orders.append((arrives, material, arrives + self._days_late(material, arrives)))
        for order in [order for order in self.orders if order[2] <= day]:
            self.orders.remove(order)
            self._receive(order[1], arrived=order[0], entered=day)

    def _is_low(self, material: Material, stock: dict[UUID, int]) -> bool:
        coming = sum(ordered.order_packs for _, ordered, _ in self.orders if ordered.code == material.code)
        pack = material.pack_quantity * in_stock_unit(material)
        held = Fraction(stock[self.stage.items[material.code]], numbers.MICRO) + coming * pack
        return held <= material.reorder_at * pack

    def _arrival(self, material: Material, day: int) -> int:
        arrives = day + int(workshop.suppliers()[material.supplier]["lead_time_days"])
        return arrives + 1 if arrives % (_SUNDAY + 1) == _SUNDAY else arrives

    def _days_late(self, material: Material, arrives: int) -> int:
        """The incident of the delivery note that was found days later."""
        for incident in workshop.facts()["rhythm"]["incidents"]:
            if incident["kind"] == "late_receipt" and incident["item"] == material.code and arrives >= incident["day"]:
                return int(incident["entered_days_late"]) if arrives < incident["day"] + _DRIFT_DAYS else 0
        return 0

    def _receive(self, material: Material, *, arrived: int, entered: int) -> None:
        self._received += 1
        day = self.first_day + timedelta(days=arrived)
        packs = Fraction(material.order_packs)
        if rhythm.chance(arrived, f"short|{material.code}") < Fraction(self._rule["short_delivery_probability"]):
            packs = packs * (100 - int(self._rule["short_delivery_percent"])) / 100
        amount = decimal(packs * material.pack_quantity)
        if material.unit == "each":
            amount = amount.to_integral_value()
        price = packs * material.pack_price * self._price_factor(material, arrived)
        said = Receipt(
            item_id=self.stage.items[material.code],
            quantity=Quantity(amount, material.pack_unit),
            total_cost=Money(decimal(round(price * 100) / Fraction(100))),
            received_on=day,
            supplier=workshop.suppliers()[material.supplier]["name"],
            supplier_lot=supplier_lot(material, day, self._received),
            note=None if arrived == entered else "The delivery note was found three days later.",
        )
        moment = self.staff.at(self.first_day + timedelta(days=entered), 8)
        self.staff.do(self.staff.owner, moment, adjustment.receive, said)

    @property
    def _rule(self) -> dict[str, str]:
        rule: dict[str, str] = workshop.facts()["rhythm"]["purchases"]
        return rule

    def _price_factor(self, material: Material, day: int) -> Fraction:
        drift = Fraction(self._rule["price_drift_percent_per_30_days"]) / 100 * day / _DRIFT_DAYS
        noise = (
            Fraction(self._rule["price_noise_percent"]) / 100 * (2 * rhythm.chance(day, f"price|{material.code}") - 1)
        )
        return (1 + drift) * (1 + noise)

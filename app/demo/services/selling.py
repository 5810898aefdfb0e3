"""Selling: online every day, at the Saturday market, to shops every second week. Never more than there is."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.demo.services import calendar, rhythm, shelves, workshop
from app.demo.services.staff import Staff
from app.demo.services.stage import Stage
from app.inventory.services import adjustment
from app.inventory.services.adjustment import Issue
from app.kernel import clock, numbers
from app.kernel.numbers import Quantity

_LAST_WEEKS = 28


@dataclass(slots=True)
class Selling:
    """The seller's days; `lost` counts what was asked for and not there."""

    staff: Staff
    stage: Stage
    first_day: date
    lost: int = 0

    def day(self, day: int) -> None:
        """Everything that is sold on one day."""
        self._online(day)
        if calendar.weekday(day) == self._rule["market"]["weekday"]:
            self._market(day)
        if calendar.falls(self._rule["wholesale"], day):
            self._wholesale(day)

    @property
    def _rule(self) -> dict[str, Any]:
        rule: dict[str, Any] = workshop.facts()["rhythm"]["sales"]
        return rule

    def _online(self, day: int) -> None:
        factor = Fraction(self._rule["online"]["weekday_factor"][calendar.weekday(day)])
        if day in self._rule["promotion"]["days"]:
            factor *= Fraction(self._rule["promotion"]["online_factor"])
        for product in workshop.products():
            mean = Fraction(product["weekly_online"]) / 7 * factor
            self._sell(day, 17, product, rhythm.count(day, mean, product["sku"]), "Online orders")

    def _market(self, day: int) -> None:
        weather = self._rule["market"]["weather"]
        rains = rhythm.chance(day, "rain") < Fraction(weather["rain_probability"])
        factor = Fraction(weather["rain_factor"]) if rains else Fraction(1)
        if day >= int(workshop.facts()["rhythm"]["days"]) - _LAST_WEEKS:
            factor *= Fraction(self._rule["market"]["last_four_weeks_factor"])
        for product in workshop.products():
            mean = Fraction(product["per_market"]) * factor
            self._sell(day, 14, product, rhythm.count(day, mean, f"{product['sku']}m"), "Saturday market")

    def _wholesale(self, day: int) -> None:
        customers = self._rule["wholesale"]["customers"]
        customer = customers[day // 14 % len(customers)].removesuffix(" (invented)")
        for product in workshop.products():
            self._sell(day, 11, product, int(product["per_wholesale_order"]), customer)

    def _sell(self, day: int, hour: int, product: dict[str, Any], packs: int, to: str) -> None:
        """Sell what is there of it, whole packs only."""
        size, item_id = int(product["item_quantity"]), self.stage.items[product["item"]]
        if packs <= 0:
            return
        moment = self.staff.at(self.first_day + timedelta(days=day), hour)
        with clock.set_to(moment):
            there = shelves.usable(self.staff.seller, item_id) // (size * numbers.MICRO)
        self.lost += max(0, packs - there)
        sold = min(packs, there)
        if sold:
            said = Issue(item_id, Quantity(Decimal(sold * size)), "sale", to=to, note=product["sku"])
            self.staff.do(self.staff.seller, moment, adjustment.issue, said)

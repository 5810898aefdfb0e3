"""What subscriptions and invoices do as time goes by and cards pay or do not: the part of Stripe that we rely on."""

import copy
from typing import Any

from tests.fake_stripe.books import Books, Refused, Thing, listed

DAY = 24 * 3600
_DAYS = {"month": 30, "year": 365}
_RUNNING = {"active", "past_due", "trialing", "unpaid"}


class Engine:
    """Moves the books."""

    def __init__(self, books: Books) -> None:
        self.books = books

    def begin(self, customer: str, price: Thing, *, metadata: Thing, trial_days: int) -> Thing:
        """A new subscription, its first invoice paid; its events told."""
        now, books = self.books.now(), self.books
        trial_end = now + trial_days * DAY if trial_days else None
        subscription = books.add(
            "subscription",
            books.new_id("sub"),
            customer=customer,
            status="trialing" if trial_end else "active",
            metadata=metadata,
            currency=price["currency"],
            billing_mode={"type": "flexible"},
            cancel_at=None,
            cancel_at_period_end=False,
            canceled_at=None,
            cancellation_details={"comment": None, "feedback": None, "reason": None},
            collection_method="charge_automatically",
            ended_at=None,
            latest_invoice=None,
            pause_collection=None,
            start_date=now,
            trial_start=now if trial_end else None,
            trial_end=trial_end,
        )
        item = {
            "id": books.new_id("si"),
            "object": "subscription_item",
            "created": now,
            "current_period_start": now,
            "current_period_end": trial_end or now + _period(price),
            "metadata": {},
            "price": price,
            "quantity": 1,
            "subscription": subscription["id"],
        }
        subscription["items"] = listed([item], f"/v1/subscription_items?subscription={subscription['id']}")
        books.event("customer.subscription.created", subscription)
        amount = 0 if trial_end else price["unit_amount"]
        words = f"Trial period for {price['nickname']}" if trial_end else f"1 × {price['nickname']}"
        self._settle(self._invoice(subscription, [self._line(subscription, amount, words)], "subscription_create"))
        return subscription

    def update(self, subscription: Thing, said: Thing) -> None:
        """Stripe's update: plan, cancellation, metadata."""
        if subscription["status"] == "canceled" and set(said) - {"metadata", "cancellation_details", "expand"}:
            raise Refused(400, "A canceled subscription can only update its cancellation_details and metadata.")
        if "cancel_at" in said and "cancel_at_period_end" in said:
            raise Refused(400, "You may only specify one of these parameters: cancel_at, cancel_at_period_end.")
        before = _without_items(subscription)
        subscription["metadata"].update(said.get("metadata") or {})
        if "cancel_at_period_end" in said:
            self._leave(subscription, said["cancel_at_period_end"] == "true")
        if said.get("cancel_at") == "":
            self._leave(subscription, leaves=False)
        if said.get("items"):
            self._swap(subscription, said["items"][0], said.get("proration_behavior", "create_prorations"))
        self.books.event("customer.subscription.updated", subscription, before)

    def leave_in_portal(self, subscription: Thing) -> None:
        """As the portal cancels: with the day alone, as it does in the flexible mode."""
        before = _without_items(subscription)
        self._leave(subscription, leaves=True)
        subscription["cancel_at_period_end"] = False
        self.books.event("customer.subscription.updated", subscription, before)

    def stay_in_portal(self, subscription: Thing) -> None:
        """As the portal takes a cancellation back."""
        before = _without_items(subscription)
        self._leave(subscription, leaves=False)
        self.books.event("customer.subscription.updated", subscription, before)

    def end(self, subscription: Thing, reason: str = "cancellation_requested") -> None:
        """Cancel now."""
        if subscription["status"] == "canceled":
            raise Refused(404, f"No such subscription: '{subscription['id']}'", code="resource_missing", param="id")
        now = self.books.now()
        subscription.update(status="canceled", ended_at=now, canceled_at=subscription["canceled_at"] or now)
        subscription["cancellation_details"]["reason"] = reason
        self.books.event("customer.subscription.deleted", subscription)

    def preview(self, subscription: Thing, said: Thing) -> Thing:
        """The invoice that a change would bring; nothing changes."""
        kept, books = copy.deepcopy(subscription), self.books
        waiting = copy.deepcopy(books.waiting)
        try:
            now = self._change_price(subscription, said["items"][0], said.get("proration_behavior", ""))
            lines = books.waiting.pop(subscription["id"], [])
            item = _item(subscription)
            lines.append(self._line(subscription, item["price"]["unit_amount"], f"1 × {item['price']['nickname']}"))
            invoice = _draft(subscription, lines, "upcoming", books.now())
            invoice["next_payment_attempt"] = books.now() if now else item["current_period_end"]
            return invoice
        finally:
            subscription.clear()
            subscription.update(kept)
            books.waiting = waiting

    def pass_time(self, seconds: int) -> None:
        """Let so much time pass, and do what is due."""
        self.books.ahead += seconds
        for subscription in reversed(self.books.all("subscription")):
            while subscription["status"] in _RUNNING and _due(subscription) <= self.books.now():
                self.turn(subscription)

    def renew(self, subscription: Thing) -> None:
        """Let time pass to the end of its period."""
        self.pass_time(max(_due(subscription) - self.books.now(), 0))

    def pay(self, customer: str) -> None:
        """The card is good again, and what is open is paid."""
        self.books.declined.discard(customer)
        for invoice in reversed(self.books.all("invoice", customer=customer, status="open")):
            self._settle(invoice)

    def give_up(self, subscription: Thing, then: str) -> None:
        """The last try to take the payment failed: `then` is unpaid or canceled, as the account is set."""
        if then == "canceled":
            self.end(subscription, "payment_failed")
            return
        before = _without_items(subscription)
        subscription["status"] = "unpaid"
        self.books.event("customer.subscription.updated", subscription, before)

    def turn(self, subscription: Thing) -> None:
        """The end of a period."""
        if subscription["cancel_at"] is not None and subscription["cancel_at"] <= self.books.now():
            self.end(subscription)
            return
        before, item = _without_items(subscription), _item(subscription)
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] += _period(item["price"])
        if subscription["status"] == "trialing":
            subscription["status"] = "active"
        self.books.event("customer.subscription.updated", subscription, before)
        if subscription["status"] == "unpaid":  # Stripe tries no more
            return
        lines = self.books.waiting.pop(subscription["id"], [])
        lines.append(self._line(subscription, item["price"]["unit_amount"], f"1 × {item['price']['nickname']}"))
        self._settle(self._invoice(subscription, lines, "subscription_cycle"))

    def _invoice(self, subscription: Thing, lines: list[Thing], reason: str) -> Thing:
        said = _draft(subscription, lines, reason, self.books.now())
        invoice = self.books.add("invoice", self.books.new_id("in"), **said)
        subscription["latest_invoice"] = invoice["id"]
        return invoice

    def _settle(self, invoice: Thing) -> None:
        """Try to take the payment."""
        subscription = self.books.find("subscription", invoice["parent"]["subscription_details"]["subscription"])
        before = _without_items(subscription)
        invoice["attempt_count"] += 1
        if invoice["amount_due"] > 0 and invoice["customer"] in self.books.declined:
            subscription["status"] = "past_due"
            self.books.event("invoice.payment_failed", invoice)
        else:
            invoice.update(status="paid", amount_paid=invoice["amount_due"], amount_remaining=0)
            if subscription["status"] in {"past_due", "unpaid"} and not self._owes(subscription):
                subscription["status"] = "active"
            self.books.event("invoice.paid", invoice)
        if subscription["status"] != before["status"]:
            self.books.event("customer.subscription.updated", subscription, before)

    def _owes(self, subscription: Thing) -> bool:
        return bool(self.books.all("invoice", customer=subscription["customer"], status="open"))

    def _leave(self, subscription: Thing, leaves: bool) -> None:
        end = _item(subscription)["current_period_end"]
        now = self.books.now()
        subscription.update(cancel_at=end if leaves else None, cancel_at_period_end=leaves)
        subscription["canceled_at"] = now if leaves else None
        subscription["cancellation_details"]["reason"] = "cancellation_requested" if leaves else None

    def _swap(self, subscription: Thing, said: Thing, proration: str) -> None:
        if self._change_price(subscription, said, proration):
            lines = self.books.waiting.pop(subscription["id"], [])
            price = _item(subscription)["price"]
            lines.append(self._line(subscription, price["unit_amount"], f"1 × {price['nickname']}"))
            self._settle(self._invoice(subscription, lines, "subscription_update"))

    def _change_price(self, subscription: Thing, said: Thing, proration: str) -> bool:
        """Put in the new price and write the prorations; whether it has to be paid at once: another interval."""
        item = _item(subscription)
        if said.get("id") != item["id"]:
            raise Refused(404, f"No such subscription_item: '{said.get('id')}'", code="resource_missing", param="items")
        old, new = item["price"], self.books.find("price", said["price"], param="items[0][price]")
        now, start, end = self.books.now(), item["current_period_start"], item["current_period_end"]
        item["price"] = new
        other: bool = old["recurring"] != new["recurring"] and subscription["status"] != "trialing"
        if other:
            item.update(current_period_start=now, current_period_end=now + _period(new))
        if proration == "none" or subscription["status"] == "trialing":
            return other
        left = (end - now, end - start)
        lines = self.books.waiting.setdefault(subscription["id"], [])
        lines.append(self._line(subscription, -_part(old, *left), f"Unused time on {old['nickname']}", prorated=True))
        if not other:
            lines.append(
                self._line(subscription, _part(new, *left), f"Remaining time on {new['nickname']}", prorated=True)
            )
        return other

    def _line(self, subscription: Thing, amount: int, words: str, *, prorated: bool = False) -> Thing:
        item = _item(subscription)
        return {
            "id": self.books.new_id("il"),
            "object": "line_item",
            "amount": amount,
            "currency": subscription["currency"],
            "description": words,
            "parent": {
                "type": "subscription_item_details",
                "subscription_item_details": {
                    "proration": prorated,
                    "subscription": subscription["id"],
                    "subscription_item": item["id"],
                },
            },
            "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
            "quantity": 1,
        }


def _draft(subscription: Thing, lines: list[Thing], reason: str, now: int) -> Thing:
    total = sum(line["amount"] for line in lines)
    return {
        "amount_due": max(total, 0),
        "amount_paid": 0,
        "amount_remaining": max(total, 0),
        "attempt_count": 0,
        "billing_reason": reason,
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "lines": listed(lines, "/v1/invoices/lines", len(lines)),
        "next_payment_attempt": None,
        "parent": {
            "type": "subscription_details",
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
        },
        "period_end": now,
        "period_start": now,
        "status": "open",
        "total": total,
    }


def _item(subscription: Thing) -> Thing:
    found: Thing = subscription["items"]["data"][0]
    return found


def _due(subscription: Thing) -> int:
    return int(_item(subscription)["current_period_end"])


def _period(price: Thing) -> int:
    return _DAYS[price["recurring"]["interval"]] * DAY


def _part(price: Thing, left: int, whole: int) -> int:
    amount: int = price["unit_amount"]
    return round(amount * max(left, 0) / whole)


def _without_items(subscription: Thing) -> dict[str, Any]:
    return copy.deepcopy({name: value for name, value in subscription.items() if name != "items"})

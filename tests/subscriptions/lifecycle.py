"""A subscription's life in five steps, the six events that tell of it, and what must stand in the books after each."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fake_stripe.books import Thing
from tests.subscriptions.till import Row, Till

STEP_OF = {
    "checkout.session.completed": 0,
    "customer.subscription.created": 0,
    "customer.subscription.updated": 1,
    "invoice.paid": 2,
    "invoice.payment_failed": 3,
    "customer.subscription.deleted": 4,
}
"""The six, and the step of the life after which each is there to be told."""


@dataclass
class Life:
    """One organization whose subscription lives step by step. `lived`: how many steps."""

    till: Till
    subscription: Thing
    lived: int
    first: int
    """How many events Stripe had told before it began."""

    @classmethod
    def begun(cls, till: Till) -> "Life":
        """Bought a moment ago."""
        first = len(till.stripe.events)
        return cls(till, till.buy("solo"), 1, first)

    @classmethod
    def begun_at_stripe(cls, till: Till) -> "Life":
        """Bought a moment ago, without a browser: the books know no customer yet."""
        first, books = len(till.stripe.events), till.stripe.books
        named = {"organization_id": str(till.house.id)}
        customer = books.add("customer", books.new_id("cus"), metadata=named)
        said = {"metadata": named, "trial_period_days": "14"}
        session = books.add(
            "checkout.session",
            books.new_id("cs_test"),
            customer=customer["id"],
            client_reference_id=str(till.house.id),
            line_items=[{"price": till.price("solo")["id"]}],
            subscription_data=said,
            status="open",
            success_url="",
        )
        till.stripe.pages.complete(session)
        return cls(till, books.find("subscription", session["subscription"]), 1, first)

    def live_to(self, step: int) -> None:
        """Live on until this step is done; never back."""
        steps: tuple[Callable[[], None], ...] = (self._change, self._renew, self._fail, self._end)
        while self.lived <= step:
            steps[self.lived - 1]()
            self.lived += 1

    def event(self, kind: str) -> Thing:
        """The event of this type, of this subscription: the one of its step."""
        mine = [each for each in self.till.stripe.events[self.first :] if self._is_mine(each) and each["type"] == kind]
        return mine[1] if kind == "invoice.paid" else mine[0]  # the first paid the first period

    def now(self) -> Row:
        """What Stripe would have the books say at this moment."""
        item, said = self.subscription["items"]["data"][0], self.subscription
        over = said["status"] == "canceled"
        return Row(
            status=said["status"],
            tier="solo" if self.lived == 1 else "team",
            period="monthly",
            period_ends_at=item["current_period_end"],
            cancels_at=said["ended_at"] if over else None,
            trial_used=True,
            then_free=False,
            plan="solo" if self.lived == 1 else "team",
            read_only=over,
        )

    def _change(self) -> None:
        item = self.subscription["items"]["data"][0]
        items = [{"id": item["id"], "price": self.till.price("team")["id"]}]
        self.till.stripe.engine.update(self.subscription, {"items": items})

    def _renew(self) -> None:
        self._turn()

    def _fail(self) -> None:
        self.till.stripe.books.declined.add(self.subscription["customer"])
        self._turn()

    def _end(self) -> None:
        self.till.stripe.engine.end(self.subscription)

    def _turn(self) -> None:
        """The end of this subscription's period, and of nobody else's."""
        self.till.stripe.engine.turn(self.subscription)

    def _is_mine(self, event: Thing) -> bool:
        return bool(event["data"]["object"].get("customer") == self.subscription["customer"])

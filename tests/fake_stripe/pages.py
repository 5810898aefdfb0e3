"""The fake's pages for browsers: Checkout, the customer portal; and `/_test/`: its clock and its cards."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs

from tests.fake_stripe.books import Books, Refused, Thing
from tests.fake_stripe.engine import DAY, Engine

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><title>{title}</title></head>
<body style="font: 16px/1.5 sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem">
<p><b>Stripe, not the real one</b></p><h1>{title}</h1>{body}</body></html>"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, or where to go."""

    status: int
    html: str = ""
    location: str = ""


class Pages:
    """What people see at Stripe."""

    def __init__(self, books: Books, engine: Engine) -> None:
        self._books, self._engine = books, engine

    def show(self, method: str, path: str, body: str) -> Shown:
        """Answer a browser. raises: Refused"""
        parts = path.strip("/").split("/")
        said = {name: values[-1] for name, values in parse_qs(body).items()}
        if parts[:2] == ["c", "pay"]:
            return self._checkout(parts[2], said if method == "POST" else None)
        if parts[:2] == ["p", "session"]:
            return self._portal(parts[2], said if method == "POST" else None)
        if parts[:1] == ["_test"] and method == "POST":
            return self._control(parts[1], said)
        raise Refused(404, "There is no such page.")

    def complete(self, session: Thing) -> str:
        """The customer pays; gives where the browser goes then."""
        if session["status"] != "open":
            raise Refused(400, "This page has expired.")
        price = self._books.find("price", session["line_items"][0]["price"])
        data = session.get("subscription_data") or {}
        days = int(data.get("trial_period_days", 0))
        self._books.declined.discard(session["customer"])
        made = self._engine.begin(
            session["customer"], price, metadata=dict(data.get("metadata") or {}), trial_days=days
        )
        paid = "no_payment_required" if days else "paid"
        session.update(status="complete", payment_status=paid, subscription=made["id"], url=None)
        self._books.event("checkout.session.completed", session)
        back: str = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        return back

    def _checkout(self, session_id: str, said: dict[str, str] | None) -> Shown:
        session = self._books.find("checkout.session", session_id)
        if session["status"] != "open":
            return _page("This page has expired", "<p>Begin again where you came from.</p>", 410)
        trouble = ""
        if said is not None:
            if said.get("card") != "declined":
                return Shown(303, location=self.complete(session))
            trouble = '<p role="alert">Your card was declined.</p>'
        price = self._books.find("price", session["line_items"][0]["price"])
        days = (session.get("subscription_data") or {}).get("trial_period_days")
        trial = f"<p>{escape(str(days))} days free, then:</p>" if days else ""
        amount = f"<p>{escape(price['nickname'])}: {price['unit_amount'] / 100:.2f} {escape(price['currency'])}</p>"
        buttons = _form(card="good", label="Pay") + _form(card="declined", label="Pay with a card that fails")
        away = f'<p><a href="{escape(session.get("cancel_url") or "")}">Back</a></p>'
        return _page("Pay", trouble + trial + amount + buttons + away)

    def _portal(self, session_id: str, said: dict[str, str] | None) -> Shown:
        session = self._books.find("billing_portal.session", session_id)
        customer, here = session["customer"], f"/p/session/{session_id}"
        running = [each for each in self._books.all("subscription", customer=customer) if each["status"] != "canceled"]
        if said is not None:
            self._in_portal(customer, running, said.get("act", ""))
            return Shown(303, location=here)
        lines = "".join(
            f"<li>{escape(each['items']['data'][0]['price']['nickname'])}: {each['status']}</li>" for each in running
        )
        acts = (
            ("cancel", "Cancel the plan"),
            ("resume", "Do not cancel"),
            ("pay", "Pay now"),
            ("break", "Break the card"),
        )
        buttons = "".join(_form(act=act, label=label) for act, label in acts)
        back = f'<p><a href="{escape(session.get("return_url") or "")}">Return</a></p>'
        return _page("Your plan", f"<ul>{lines}</ul>{buttons}{back}")

    def _in_portal(self, customer: str, running: list[Thing], act: str) -> None:
        if act == "pay":
            self._engine.pay(customer)
        elif act == "break":
            self._books.declined.add(customer)
        for subscription in running if act in {"cancel", "resume"} else []:
            move = self._engine.leave_in_portal if act == "cancel" else self._engine.stay_in_portal
            move(subscription)

    def _control(self, what: str, said: dict[str, str]) -> Shown:
        acts: dict[str, Callable[[], object]] = {
            "advance": lambda: self._engine.pass_time(int(said.get("days", 0)) * DAY),
            "decline": lambda: self._books.declined.add(said["customer"]),
            "give_up": lambda: self._engine.give_up(self._of(said), said.get("then", "unpaid")),
            "pay": lambda: self._engine.pay(said["customer"]),
            "renew": lambda: self._engine.renew(self._of(said)),
            "trial_will_end": lambda: self._books.event("customer.subscription.trial_will_end", self._of(said)),
        }
        if what not in acts:
            raise Refused(404, f"The fake cannot {what}.")
        acts[what]()
        return Shown(200, html="done")

    def _of(self, said: dict[str, str]) -> Thing:
        return self._books.find("subscription", said["subscription"])


def _page(title: str, body: str, status: int = 200) -> Shown:
    return Shown(status, html=_PAGE.format(title=escape(title), body=body))


def _form(*, label: str, **said: str) -> str:
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in said.items())
    return f'<form method="post">{fields}<p><button>{escape(label)}</button></p></form>'

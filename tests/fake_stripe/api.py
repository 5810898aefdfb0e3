"""The fake's API: keys, idempotency, what each call takes and gives. Parameters that the API does not know are refused.

Which it knows is read from the official library's own types, so that the fake never takes what Stripe would not.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from stripe import params as known
from stripe.params import billing_portal, checkout

from tests.fake_stripe import encoding
from tests.fake_stripe.books import Books, Refused, Thing, listed
from tests.fake_stripe.engine import Engine

SECRET_KEY = "sk_test_of_the_fake"


@dataclass(frozen=True, slots=True)
class Said:
    """A call: its parameters and what stands in its path."""

    params: Thing
    id: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer."""

    status: int
    body: bytes
    headers: Mapping[str, str]


Call = Callable[[Said], Thing]


class Api:
    """Everything below /v1/. `public` is the address at which browsers find the fake's pages."""

    def __init__(self, books: Books, engine: Engine, *, key: str = SECRET_KEY) -> None:
        self.books, self.engine, self.public = books, engine, "http://stripe.invalid"
        self.lock, self._key = threading.RLock(), key
        self._answered: dict[str, tuple[tuple[str, str, str], Reply]] = {}
        self.calls: list[tuple[str, str, Thing]] = []
        """Every call that was let in: method, path and parameters."""
        self.broken = False
        """Answer everything with 500, as Stripe does on a bad day."""

    def request(self, method: str, path: str, headers: Mapping[str, str], body: str) -> Reply:
        """Answer one request. `path` with its query."""
        with self.lock:
            try:
                self._let_in(headers)
                return self._once(method, path, headers.get("Idempotency-Key"), body)
            except Refused as refused:
                return _reply(refused.status, refused.body)

    def _let_in(self, headers: Mapping[str, str]) -> None:
        if self.broken:
            raise Refused(500, "Something went wrong at Stripe.", kind="api_error")
        if headers.get("Authorization") != f"Bearer {self._key}":
            raise Refused(401, "Invalid API Key provided: sk_****", kind="authentication_error")

    def _once(self, method: str, path: str, key: str | None, body: str) -> Reply:
        if method != "POST" or key is None:
            return self._do(method, path, body)
        asked = (method, path, body)
        if key not in self._answered:
            self._answered[key] = (asked, self._do(method, path, body))
            return self._answered[key][1]
        before, reply = self._answered[key]
        if before != asked:
            words = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Refused(400, words, kind="idempotency_error")
        return Reply(reply.status, reply.body, {**reply.headers, "Idempotent-Replayed": "true"})

    def _do(self, method: str, path: str, body: str) -> Reply:
        place, _, query = path.partition("?")
        params = encoding.decode(body if method == "POST" else query)
        for (verb, pattern), (types, call) in self._routes().items():
            hit = re.fullmatch(pattern, place)
            if verb == method and hit:
                self.calls.append((method, place, params))
                try:
                    _check(params, types)
                    return _reply(200, call(Said(params, *hit.groups())))
                except Refused as refused:
                    return _reply(refused.status, refused.body)
        raise Refused(404, f"Unrecognized request URL ({method}: {place}).")

    def _routes(self) -> dict[tuple[str, str], tuple[Any, Call]]:
        one = r"/([^/]+)"
        return {
            ("POST", "/v1/products"): (known.ProductCreateParams, self._make_product),
            ("GET", f"/v1/products{one}"): (known.ProductRetrieveParams, self._get("product")),
            ("POST", "/v1/prices"): (known.PriceCreateParams, self._make_price),
            ("GET", "/v1/prices"): (known.PriceListParams, self._list_prices),
            ("POST", "/v1/customers"): (known.CustomerCreateParams, self._make_customer),
            ("GET", f"/v1/customers{one}"): (known.CustomerRetrieveParams, self._get("customer")),
            ("POST", "/v1/checkout/sessions"): (checkout.SessionCreateParams, self._make_session),
            ("GET", "/v1/checkout/sessions"): (checkout.SessionListParams, self._list_sessions),
            ("GET", f"/v1/checkout/sessions{one}"): (checkout.SessionRetrieveParams, self._get("checkout.session")),
            ("POST", f"/v1/checkout/sessions{one}/expire"): (checkout.SessionExpireParams, self._expire),
            ("GET", "/v1/subscriptions"): (known.SubscriptionListParams, self._list_subscriptions),
            ("GET", f"/v1/subscriptions{one}"): (known.SubscriptionRetrieveParams, self._get("subscription")),
            ("POST", f"/v1/subscriptions{one}"): (known.SubscriptionUpdateParams, self._update),
            ("DELETE", f"/v1/subscriptions{one}"): (known.SubscriptionCancelParams, self._cancel),
            ("POST", "/v1/invoices/create_preview"): (known.InvoiceCreatePreviewParams, self._preview),
            ("GET", f"/v1/invoices{one}"): (known.InvoiceRetrieveParams, self._get("invoice")),
            ("GET", "/v1/billing_portal/configurations"): (
                billing_portal.ConfigurationListParams,
                lambda said: listed(
                    self.books.all("billing_portal.configuration"), "/v1/billing_portal/configurations"
                ),
            ),
            ("POST", "/v1/billing_portal/configurations"): (
                billing_portal.ConfigurationCreateParams,
                lambda said: self.books.add(
                    "billing_portal.configuration", self.books.new_id("bpc"), active=True, **said.params
                ),
            ),
            ("POST", "/v1/billing_portal/sessions"): (billing_portal.SessionCreateParams, self._open_portal),
        }

    def _get(self, kind: str) -> Call:
        return lambda said: self.books.find(kind, said.id)

    def _make_product(self, said: Said) -> Thing:
        made = {"active": True, **said.params}
        return self.books.add("product", made.pop("id", None) or self.books.new_id("prod"), **made)

    def _make_price(self, said: Said) -> Thing:
        asked = dict(said.params)
        _need(asked, "currency", "product", "unit_amount")
        product = self.books.find("product", asked["product"], param="product")
        key = asked.get("lookup_key")
        for other in self.books.all("price", lookup_key=key) if key else []:
            if asked.get("transfer_lookup_key") != "true":
                raise Refused(400, f"A price already uses the lookup key {key}.", param="lookup_key")
            other["lookup_key"] = None
        asked.pop("transfer_lookup_key", None)
        asked["unit_amount"] = int(asked["unit_amount"])
        asked["recurring"] = {"interval_count": 1, "usage_type": "licensed", **asked.get("recurring", {})}
        words = f"{product.get('name', product['id'])} (each {asked['recurring'].get('interval')})"
        return self.books.add("price", self.books.new_id("price"), **{"active": True, "nickname": words, **asked})

    def _list_prices(self, said: Said) -> Thing:
        keys = said.params.get("lookup_keys")
        found = [each for each in self.books.all("price") if keys is None or each.get("lookup_key") in keys]
        return listed(found, "/v1/prices", _limit(said))

    def _make_customer(self, said: Said) -> Thing:
        return self.books.add("customer", self.books.new_id("cus"), **{"metadata": {}, **said.params})

    def _make_session(self, said: Said) -> Thing:
        asked = said.params
        _need(asked, "mode", "line_items", "success_url")
        self.books.find("customer", asked.get("customer", ""), param="customer")
        self.books.find("price", asked["line_items"][0]["price"], param="line_items[0][price]")
        session_id = self.books.new_id("cs_test")
        url = f"{self.public}/c/pay/{session_id}"
        asked = {"client_reference_id": None, "metadata": {}, "subscription": None, **asked}
        return self.books.add("checkout.session", session_id, status="open", payment_status="unpaid", url=url, **asked)

    def _list_sessions(self, said: Said) -> Thing:
        wanted = {name: said.params.get(name) for name in ("customer", "status")}
        return listed(self.books.all("checkout.session", **wanted), "/v1/checkout/sessions", _limit(said))

    def _expire(self, said: Said) -> Thing:
        session = self.books.find("checkout.session", said.id)
        if session["status"] != "open":
            raise Refused(400, f"This Session is not open: {session['status']}.")
        session.update(status="expired", url=None)
        return session

    def _list_subscriptions(self, said: Said) -> Thing:
        status = said.params.get("status")
        found = self.books.all("subscription", customer=said.params.get("customer"))
        if status is None:
            found = [each for each in found if each["status"] != "canceled"]
        elif status != "all":
            found = [each for each in found if each["status"] == status]
        return listed(found, "/v1/subscriptions", _limit(said))

    def _update(self, said: Said) -> Thing:
        subscription = self.books.find("subscription", said.id)
        self.engine.update(subscription, said.params)
        return subscription

    def _cancel(self, said: Said) -> Thing:
        subscription = self.books.find("subscription", said.id)
        self.engine.end(subscription)
        return subscription

    def _preview(self, said: Said) -> Thing:
        subscription = self.books.find("subscription", said.params.get("subscription", ""), param="subscription")
        details = said.params.get("subscription_details") or {}
        return {"object": "invoice", **self.engine.preview(subscription, details)}

    def _open_portal(self, said: Said) -> Thing:
        self.books.find("customer", said.params.get("customer", ""), param="customer")
        session_id = self.books.new_id("bps")
        url = f"{self.public}/p/session/{session_id}"
        return self.books.add("billing_portal.session", session_id, url=url, **said.params)


def _check(params: Thing, types: Any) -> None:
    unknown = sorted(set(params) - set(types.__annotations__))
    if unknown:
        raise Refused(400, f"Received unknown parameter: {unknown[0]}", code="parameter_unknown", param=unknown[0])


def _need(params: Thing, *names: str) -> None:
    for name in names:
        if not params.get(name):
            raise Refused(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def _limit(said: Said) -> int:
    limit = int(said.params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise Refused(400, "Invalid limit.", param="limit")
    return limit


def _reply(status: int, body: Thing) -> Reply:
    headers = {"Content-Type": "application/json", "Request-Id": "req_of_the_fake"}
    return Reply(status, json.dumps(body).encode(), headers)

"""Whatever the order in which Stripe's events come, how often, how many at once, and what breaks in between: the books
say what Stripe says now."""

import hashlib
import hmac
import itertools
import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.platform.database import db
from app.platform.models import OutgoingMail
from app.subscriptions.services import billing_mail, payers, plans, stripe_sync
from tests import cast
from tests.fake_stripe import hooks
from tests.fake_stripe.books import Thing
from tests.fake_stripe.server import FakeStripe
from tests.subscriptions.lifecycle import STEP_OF, Life
from tests.subscriptions.till import Till, over_http

ORDERS = list(itertools.permutations(STEP_OF))
MOST_OFTEN, AT_ONCE = 5, 8
PARTS = 8
"""Into which the orders are dealt, so that workers share them."""


def test_there_are_720_orders_of_six_events() -> None:
    assert len(ORDERS) == 720


@pytest.mark.usefixtures("unhurried_disk")
class TestOrder:
    @pytest.mark.heavy
    @pytest.mark.parametrize("part", range(PARTS))
    def test_every_order_and_repetition_leaves_the_books_as_stripe_has_them(
        self, app: Flask, stripe: FakeStripe, part: int
    ) -> None:
        """Without the web in between, which costs as much again: the orders below come through it."""
        chance = chance_of(part)
        for order in ORDERS[part::PARTS]:
            life = Life.begun_at_stripe(Till(app, stripe))
            life.live_to(max(STEP_OF.values()))
            deliveries = [kind for kind in order for _ in range(_often(chance))]
            for kind in deliveries:
                life.till.hear(life.event(kind))
            assert life.till.row() == life.now(), order
            assert life.now().status == "canceled"
            assert life.now().read_only

    def test_while_stripe_moves_on_the_books_follow_after_every_delivery(self, app: Flask, stripe: FakeStripe) -> None:
        chance = chance_of(27)
        for order in chance.sample(ORDERS, 30):
            life = Life.begun_at_stripe(Till(app, stripe))
            for kind in order:
                life.live_to(max(STEP_OF[kind], chance.randrange(life.lived)))
                for _ in range(_often(chance)):
                    assert life.till.post(life.event(kind)) == 200
                assert life.till.row() == life.now(), (order, kind)
            assert life.lived == max(STEP_OF.values()) + 1

    def test_over_real_http_too(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        with over_http(app, monkeypatch) as stripe:
            for order in chance_of(1).sample(ORDERS, 12):
                life = Life.begun(Till(app, stripe))
                for kind in order:
                    life.live_to(STEP_OF[kind])
                    assert life.till.post(life.event(kind)) == 200
                assert life.till.row() == life.now(), order


class TestAtOnce:
    @pytest.mark.parametrize("seed", range(6))
    def test_eight_at_once_while_stripe_moves_on(self, app: Flask, stripe: FakeStripe, seed: int) -> None:
        chance, life = chance_of(seed), Life.begun(Till(app, stripe))
        posted: list[tuple[Thing, Future[int]]] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for step in range(max(STEP_OF.values()) + 1):
                with stripe.api.lock:  # Stripe answers with the state before or after, never with half of it
                    life.live_to(step)
                so_far = [life.event(kind) for kind in STEP_OF if STEP_OF[kind] <= step]
                bag = chance.choices(so_far, k=AT_ONCE) + [
                    life.event(kind) for kind in STEP_OF if STEP_OF[kind] == step
                ]
                chance.shuffle(bag)
                posted += [(event, pool.submit(life.till.post, event)) for event in bag]
        answers = [(event, answer.result()) for event, answer in posted]
        assert {status for _, status in answers} <= {200, 503}
        for event, status in answers:
            if status != 200:  # as Stripe does
                assert life.till.post(event) == 200
        assert life.till.row() == life.now()
        assert life.till.handled() >= {event["id"] for event, _ in answers}

    def test_one_event_forty_times_eight_at_once_is_handled_once(self, app: Flask, stripe: FakeStripe) -> None:
        life = Life.begun(Till(app, stripe))
        life.live_to(3)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(life.till.post, [life.event("invoice.payment_failed")] * (MOST_OFTEN * AT_ONCE)))
        assert set(answers) <= {200, 503}
        assert 200 in answers
        assert life.till.row() == life.now()
        with app.app_context():
            sent = sa.select(sa.func.count()).where(OutgoingMail.recipient == cast.email_of(life.till.owner))
            assert db.session.scalar(sent) == 1

    def test_the_last_word_is_stripes_when_it_changes_between_asking_and_writing(
        self, app: Flask, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        life = Life.begun(Till(app, stripe))
        created, asked = life.event("customer.subscription.created"), threading.Event()
        ask, late = stripe_sync._at_stripe, threading.Event()

        def ask_and_dawdle(customer: str | None) -> Any:
            state = ask(customer)
            if threading.current_thread().name == "dawdler" and not late.is_set():
                asked.set()
                late.wait(10)
            return state

        monkeypatch.setattr(stripe_sync, "_at_stripe", ask_and_dawdle)
        dawdler = threading.Thread(target=life.till.post, args=(created,), name="dawdler")
        dawdler.start()
        asked.wait(10)  # it has the state of the first step in its hand
        life.live_to(max(STEP_OF.values()))
        assert life.till.post(life.event("customer.subscription.deleted")) == 200
        late.set()
        dawdler.join()
        assert life.till.row() == life.now()
        assert life.now().status == "canceled"


class TestCrash:
    @pytest.mark.parametrize(("where", "what"), [(plans, "settle"), (billing_mail, "tell"), (stripe_sync, "_remember")])
    def test_in_the_middle_of_a_handler_stores_nothing_and_the_next_delivery_is_right(
        self, till: Till, monkeypatch: pytest.MonkeyPatch, where: Any, what: str
    ) -> None:
        life = Life.begun(till)
        before, event = till.row(), life.event("customer.subscription.created")
        whole = getattr(where, what)

        def break_after(*said: Any, **more: Any) -> None:
            whole(*said, **more)
            raise RuntimeError("the power went out")

        with monkeypatch.context() as broken:
            broken.setattr(where, what, break_after)
            assert till.post(event) == 500
        assert till.row() == before
        assert event["id"] not in till.handled()

        assert till.post(event) == 200
        assert till.row() == life.now()

    def test_stripe_that_does_not_answer_is_asked_again_later(self, till: Till) -> None:
        life = Life.begun(till)
        before, event = till.row(), life.event("customer.subscription.created")
        till.stripe.api.broken = True
        assert till.post(event) == 503
        assert (till.row(), event["id"] in till.handled()) == (before, False)

        till.stripe.api.broken = False
        assert till.post(event) == 200
        assert till.row() == life.now()


class TestSignature:
    def test_a_forged_one_changes_nothing(self, till: Till) -> None:
        life = Life.begun(till)
        before, event = till.row(), life.event("customer.subscription.created")
        true = hooks.sign(event)
        assert till.post(event, secret="whsec_of_somebody_else") == 400
        assert till.send(hooks.Post(true.body + b" ", true.signature)) == 400
        assert till.send(hooks.Post(true.body, true.signature.replace("v1=", "v2="))) == 400
        assert (till.row(), event["id"] in till.handled()) == (before, False)

    @pytest.mark.parametrize("said", ["", "t=,v1=", "t=1", "v1=abc", "t=abc,v1=abc", "t=1,v1=é", ",,,", "t" * 5000])
    def test_one_that_makes_no_sense_is_refused(self, till: Till, said: str) -> None:
        life = Life.begun(till)
        post = hooks.sign(life.event("customer.subscription.created"))
        assert till.send(hooks.Post(post.body, said)) == 400

    def test_one_of_six_minutes_ago_is_too_old_and_one_of_four_is_not(self, till: Till) -> None:
        life = Life.begun(till)
        before, event = till.row(), life.event("customer.subscription.created")
        assert till.post(event, age=360) == 400
        assert (till.row(), event["id"] in till.handled()) == (before, False)
        assert till.post(event, age=240) == 200
        assert till.row() == life.now()

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b'{"id": 1, "type": 2, "data": 3}'])
    def test_what_is_signed_and_no_event_is_refused(self, till: Till, body: bytes) -> None:
        at = hooks.sign({}).signature.partition(",")[0].removeprefix("t=")
        digest = hmac.new(hooks.SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        assert till.send(hooks.Post(body, f"t={at},v1={digest}")) == 400

    def test_more_than_an_event_can_be_is_not_read(self, till: Till) -> None:
        assert till.send(hooks.Post(b"x" * 300_000, "t=1,v1=a")) == 413


class TestNotOurs:
    def test_an_event_of_another_type_is_remembered_and_changes_nothing(self, till: Till) -> None:
        life = Life.begun(till)
        before = till.row()
        till.stripe.books.event("customer.subscription.pending_update_applied", life.subscription)
        event = till.stripe.events[-1]
        assert till.post(event) == 200
        assert till.row() == before
        assert event["id"] in till.handled()

    def test_a_customer_of_nobody_here_is_remembered(self, till: Till) -> None:
        stripe = till.stripe
        customer = stripe.books.add("customer", stripe.books.new_id("cus"))
        stripe.engine.begin(customer["id"], till.price("solo"), metadata={}, trial_days=0)
        for event in stripe.events:
            assert till.post(event) == 200
            assert event["id"] in till.handled()

    def test_a_subscription_that_names_us_but_another_customer_changes_nothing(self, till: Till) -> None:
        life = Life.begun(till)
        till.deliver()
        stripe = till.stripe
        other = stripe.books.add("customer", stripe.books.new_id("cus"))
        said = {"organization_id": str(till.house.id)}
        stripe.engine.begin(other["id"], till.price("enterprise"), metadata=said, trial_days=0)
        till.deliver()
        assert till.row() == life.now()

    @pytest.mark.parametrize("named", [False, True])
    def test_a_customer_belongs_to_the_organization_that_the_customer_names_and_to_no_other(
        self, till: Till, named: bool
    ) -> None:
        """Whoever sends a browser to Stripe by a link of their own can make a session say anything."""
        other = cast.make_organization("Somebody Else's", tier="free")
        session = till.begin("solo")
        said = {"organization_id": str(other.id)} if named else {}
        session.update(client_reference_id=str(other.id), metadata=said, subscription_data={"metadata": said})
        till.stripe.pages.complete(session)
        till.deliver()
        with till.app.app_context():
            assert payers.find(other.id).customer is None
            assert payers.find(other.id).tier == "free"
        assert (till.row().tier, till.row().plan) == ("solo", "solo")

    def test_a_customer_without_a_name_of_ours_is_nobodys_whatever_the_session_says(self, till: Till) -> None:
        stripe, said = till.stripe, {"organization_id": str(till.house.id)}
        customer = stripe.books.add("customer", stripe.books.new_id("cus"), metadata={})
        stripe.engine.begin(customer["id"], till.price("enterprise"), metadata=said, trial_days=0)
        till.deliver()
        with till.app.app_context():
            assert (payers.find(till.house.id).customer, payers.find(till.house.id).tier) == (None, "free")

    def test_what_the_event_itself_says_is_not_believed(self, till: Till) -> None:
        life = Life.begun(till)
        event = life.event("customer.subscription.created")
        told = event["data"]["object"]
        told["status"], told["items"]["data"][0]["price"] = "canceled", till.price("enterprise")
        assert till.post(event) == 200
        assert till.row() == life.now()


def chance_of(seed: int) -> random.Random:
    """The same dice each time."""
    return random.Random(seed)  # noqa: S311 - a test's choice, not a secret


def _often(chance: random.Random) -> int:
    """How often an event comes: mostly once or twice, at times five times."""
    return chance.choice([1, 1, 1, 1, 2, 2, 3, 4, MOST_OFTEN])

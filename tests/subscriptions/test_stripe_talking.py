"""How the application talks with Stripe: with and without a key, on a bad day, at the command line, at night."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Organization
from app.kernel import clock
from app.platform import commands, tenancy
from app.platform.database import db
from app.subscriptions import tasks
from app.subscriptions.models import StripeEvent
from app.subscriptions.services import payers, stripe_api
from app.subscriptions.services.stripe_state import State, UnknownPrice, read
from tests import cast
from tests.subscriptions.stories import actions, begun, bought
from tests.subscriptions.till import Till


class TestOff:
    def test_without_a_key_the_page_says_so_and_everything_else_works(self, app: Flask) -> None:
        house = cast.make_organization(tier="exempt")
        browser = cast.signed_in(cast.owner_of(house))
        page = browser.get(f"/o/{house.slug}/settings/billing")
        assert (page.status_code, "Billing is off on this installation" in page.text) == (200, True)
        assert browser.get(f"/o/{house.slug}/items").status_code in {200, 404}
        for path in ("choose?tier=team&period=monthly", "cancel", "done"):
            assert browser.get(f"/o/{house.slug}/settings/billing/{path}").status_code in {200, 303}
        for path in ("choose", "resume", "portal"):
            typed = {"command_key": "a key", "tier": "team", "period": "monthly"}
            assert browser.post(f"/o/{house.slug}/settings/billing/{path}", data=typed).status_code == 409
        assert app.test_client().post("/webhooks/stripe", data=b"{}").status_code == 404
        with app.app_context():
            assert tasks.reconcile_all() == 0


class TestTalking:
    def test_never_inside_a_transaction(self, till: Till) -> None:
        with till.app.app_context():
            tenancy.bind(till.house.id)
            db.session.execute(sa.select(sa.literal(1)))
            with pytest.raises(stripe_api.InsideTransaction):
                stripe_api.ask(lambda at: at.v1.subscriptions.list())

    def test_no_secret_is_logged_when_the_key_is_wrong(
        self, till: Till, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caplog.set_level("DEBUG")
        with monkeypatch.context() as here:  # else it is undone after the till is, and billing stays on for all others
            here.setitem(till.app.config, "STRIPE_SECRET_KEY", "sk_live_very_secret")
            answer = till.press("/choose", tier="solo", period="monthly")
        assert answer.status_code == 503
        assert "AuthenticationError" in caplog.text
        assert "sk_live" not in caplog.text + answer.text

    def test_a_bad_day_of_stripes_is_said_and_tried_again_later(self, till: Till) -> None:
        till.stripe.api.broken = True
        answer = till.press("/choose", tier="solo", period="monthly", key="one")
        assert (answer.status_code, "Stripe does not answer" in answer.text) == (503, True)
        till.stripe.api.broken = False
        assert till.press("/choose", tier="solo", period="monthly", key="one").status_code == 200

    def test_set_up_makes_all_once_and_a_new_price_takes_the_key_over(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        runner, books = till.app.test_cli_runner(), till.stripe.books
        assert runner.invoke(args=["billing", "set-up"]).output == "Everything is there.\n"
        assert len(books.all("price")) == 6

        old = till.price("solo")
        old["unit_amount"] = 1500  # as if the plan had cost less when it was set up
        assert "batchtrack_solo_monthly" in runner.invoke(args=["billing", "set-up"]).output
        assert till.price("solo")["unit_amount"] == 1900
        assert (old["lookup_key"], old["metadata"]["tier"]) == (None, "solo")

    def test_who_pays_an_old_price_keeps_the_plan(self, till: Till) -> None:
        subscription = bought(till)
        subscription["items"]["data"][0]["price"] = {
            **till.price("solo"),
            "id": "price_old",
            "lookup_key": None,
            "metadata": {"tier": "solo", "period": "monthly"},
        }
        assert read([subscription]).tier == "solo"

    def test_a_price_of_which_nobody_knows_the_plan_is_loud(self, till: Till) -> None:
        subscription = bought(till)
        subscription["items"]["data"][0]["price"] = {"id": "price_by_hand", "metadata": {}, "lookup_key": None}
        with pytest.raises(UnknownPrice):
            read([subscription])

    def test_sync_at_the_command_line_asks_now(self, till: Till) -> None:
        till.buy("team")
        said = till.app.test_cli_runner().invoke(args=["billing", "sync", "--org", till.house.slug]).output
        assert "Team, trialing" in said

    def test_the_night_finds_what_no_event_told(self, till: Till, caplog: pytest.LogCaptureFixture) -> None:
        subscription = bought(till)
        till.stripe.engine.end(subscription)  # and the event is lost
        with till.app.app_context():
            assert payers.find(till.house.id).status == "active"
            assert tasks.reconcile(str(till.house.id)) is True
            assert tasks.reconcile(str(till.house.id)) is False
        assert till.row().read_only
        assert "not as Stripe says" in caplog.text

    def test_the_night_ends_what_a_closed_organization_still_pays_for(self, till: Till) -> None:
        subscription = bought(till)
        with till.app.app_context(), commands.transaction():
            db.session.execute(
                sa.update(Organization).where(Organization.id == till.house.id).values(closed_at=clock.now())
            )  # and the process died before it asked Stripe
        with till.app.app_context():
            tasks.reconcile(str(till.house.id))
            tasks.reconcile(str(till.house.id))
        assert (subscription["status"], till.row().status) == ("canceled", "canceled")
        assert actions(till).count("billing.cancelled") == 1

    def test_events_are_forgotten_when_stripe_can_no_longer_send_them_again(self, till: Till) -> None:
        old, young = (f"evt_{till.house.id}_{days}" for days in (181, 179))
        with till.app.app_context(), commands.transaction():
            for event_id, days in ((old, 181), (young, 179)):
                at = clock.now() - timedelta(days=days)
                db.session.add(StripeEvent(id=event_id, type="invoice.paid", handled_at=at))
        with till.app.app_context():
            assert tasks.forget_events() == 1
        assert till.handled() & {old, young} == {young}


class TestState:
    def test_of_several_the_newest_in_force_counts(self, till: Till) -> None:
        old, new, over = till.buy("solo"), *(begun(till, tier) for tier in ("team", "enterprise"))
        new["created"] += 10
        over["created"] += 20
        till.stripe.engine.end(over)
        assert read([over, old, new]).tier == "team"

    def test_one_that_ran_out_unpaid_is_none_and_one_never_paid_counts_last(self, till: Till) -> None:
        first = till.buy()
        assert read([{**first, "status": "incomplete_expired"}]) == State()
        tried = {**first, "id": "sub_z", "status": "incomplete", "created": first["created"] + 9}
        assert read([tried, {**first, "status": "canceled"}]).status == "canceled"

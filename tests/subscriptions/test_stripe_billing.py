"""What an owner does about the plan, from the pages of billing to the books, with Stripe in between."""

import json
from typing import Any

import pytest

from app.identity.services.roles import Role
from app.subscriptions.services import billing, checkout, stripe_sync
from tests import cast
from tests.fake_stripe.engine import DAY
from tests.subscriptions.stories import actions, bought, changes, mails, owing
from tests.subscriptions.till import Till


class TestBuying:
    def test_the_owner_is_sent_to_stripe_and_has_the_plan_when_she_comes_back(self, till: Till) -> None:
        session = till.begin("team", "yearly")
        assert session["client_reference_id"] == str(till.house.id)
        back = till.stripe.pages.complete(session)
        answer = till.browser.get(back.removeprefix(till.app.config["BASE_URL"]))
        assert answer.status_code == 303
        row = till.row()
        assert (row.status, row.tier, row.period, row.plan) == ("trialing", "team", "yearly", "team")
        assert "billing.checkout_started" in actions(till)

    def test_the_first_time_is_tried_for_fourteen_days_and_no_other(self, till: Till) -> None:
        first = till.buy()
        assert first["trial_end"] - first["trial_start"] == 14 * DAY
        till.deliver()
        till.stripe.engine.end(first)
        till.deliver()

        second = till.buy()
        assert second["status"] == "active"
        assert second["trial_end"] is None

    def test_a_button_pressed_twice_begins_once(self, till: Till) -> None:
        urls = {till.press("/choose", tier="solo", period="monthly", key="the same").headers["Refresh"] for _ in "12"}
        assert len(urls) == 1
        assert len(till.stripe.books.all("checkout.session")) == 1
        assert actions(till).count("billing.checkout_started") == 1

    def test_what_was_begun_in_another_window_ends_so_that_nobody_pays_twice(self, till: Till) -> None:
        first, second = till.begin("solo"), till.begin("team")
        assert (first["status"], second["status"]) == ("expired", "open")

    def test_who_paid_a_moment_ago_is_not_sold_a_second_plan(self, till: Till) -> None:
        till.buy()  # and Stripe has told nothing yet
        answer = till.press("/choose", tier="team", period="monthly")
        assert answer.status_code == 409
        assert "in force already" in answer.text

    def test_the_customer_is_made_once(self, till: Till) -> None:
        till.begin("solo")
        till.begin("team")
        assert len(till.stripe.books.all("customer")) == 1

    def test_every_post_to_stripe_carries_a_key(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        keys: list[str | None] = []
        whole = till.stripe.api.request

        def listening(method: str, path: str, headers: Any, body: str) -> Any:
            keys.extend([headers.get("Idempotency-Key")] if method == "POST" else [])
            return whole(method, path, headers, body)

        monkeypatch.setattr(till.stripe.api, "request", listening)
        till.buy()
        till.deliver()
        till.press("/choose", tier="team", period="monthly")
        till.press("/portal")
        assert len(keys) >= 4
        assert all(key and len(key) == 64 for key in keys)

    @pytest.mark.parametrize(
        ("tier", "period"), [("gold", "monthly"), ("free", "x"), ("team", "weekly"), ("exempt", "")]
    )
    def test_what_is_not_sold_cannot_be_bought(self, till: Till, tier: str, period: str) -> None:
        asked = till.browser.get(f"{till.url}/choose", query_string={"tier": tier, "period": period})
        assert asked.status_code == (303 if tier == "free" else 422)
        assert till.press("/choose", tier=tier, period=period).status_code == 422
        assert till.stripe.books.all("checkout.session") == []

    def test_an_organization_that_has_everything_buys_nothing(self, till: Till) -> None:
        till.house = cast.make_organization("No Limits", tier="exempt")
        till.url = f"/o/{till.house.slug}/settings/billing"
        assert till.press("/choose", tier="solo", period="monthly").status_code == 409
        with till.app.app_context():
            stripe_sync.sync(till.house.id)
        assert till.row().plan == "exempt"

    def test_nobody_but_the_owner_gets_there(self, till: Till) -> None:
        for role in (Role.MANAGER, Role.AUDITOR, Role.VIEWER):
            browser = cast.signed_in(cast.actor_of(till.house, role))
            assert browser.get(till.url).status_code == 403

    def test_two_that_begin_at_the_same_moment_leave_one_open(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        end_others = checkout._end_others
        overtaken: list[str] = []

        def end_and_be_overtaken(customer: str, mark: str) -> None:
            end_others(customer, mark)
            if not overtaken:
                overtaken.append("by the other window, which sees nothing to end")
                assert till.press("/choose", tier="team", period="monthly", key="other").status_code == 200

        with monkeypatch.context() as racing:
            racing.setattr(checkout, "_end_others", end_and_be_overtaken)
            answer = till.press("/choose", tier="solo", period="monthly", key="one")
        (left,) = till.stripe.books.all("checkout.session", status="open")
        assert len(till.stripe.books.all("checkout.session")) == 2
        assert (answer.status_code == 200) is (left["url"] in answer.headers.get("Refresh", ""))

    def test_whose_session_was_ended_by_a_newer_one_is_told(self, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
        create, books = till.stripe.api.request, till.stripe.books

        def create_and_be_overtaken(method: str, path: str, *more: Any) -> Any:
            reply = create(method, path, *more)
            if (method, path) == ("POST", "/v1/checkout/sessions"):
                mine = books.all("checkout.session", status="open")[0]
                newer = books.new_id("cs_test")
                books.add("checkout.session", newer, customer=mine["customer"], status="open")["created"] += 5
            return reply

        with monkeypatch.context() as racing:
            racing.setattr(till.stripe.api, "request", create_and_be_overtaken)
            answer = till.press("/choose", tier="solo", period="monthly", key="one")
        assert (answer.status_code, "another window" in answer.text) == (409, True)
        assert len(books.all("checkout.session", status="open")) == 1


class TestLog:
    """What Stripe tells is in the organization's log, once for each real change."""

    def test_status_plan_period_and_trial_each_before_and_after(self, till: Till) -> None:
        subscription = till.buy("solo")
        till.deliver()
        ((before, after),) = changes(till, "billing.changed")
        assert before == {"period": None, "status": None, "tier": None, "trial_ends_at": None}
        assert (after["status"], after["tier"], after["period"]) == ("trialing", "solo", "monthly")
        assert after["trial_ends_at"].startswith("20")

        till.stripe.engine.renew(subscription)
        till.deliver()
        till.deliver()
        till.stripe.engine.renew(subscription)  # another month is no change
        till.deliver()
        assert changes(till, "billing.changed")[1:] == [({"status": "trialing"}, {"status": "active"})]

        till.press("/choose", tier="solo", period="yearly")
        till.deliver()
        assert changes(till, "billing.changed")[2:] == [({"period": "monthly"}, {"period": "yearly"})]

    def test_a_payment_that_failed(self, till: Till) -> None:
        owing(till)
        assert changes(till, "billing.changed")[-1] == ({"status": "active"}, {"status": "past_due"})

    def test_a_cancellation_in_stripes_portal_and_its_taking_back(self, till: Till) -> None:
        subscription = bought(till)
        till.stripe.engine.leave_in_portal(subscription)
        till.deliver()
        till.stripe.engine.stay_in_portal(subscription)
        till.deliver()
        gone, back = changes(till, "billing.changed")[-2:]
        assert gone == ({"cancels_at": None}, {"cancels_at": back[0]["cancels_at"]})
        assert back[1] == {"cancels_at": None}
        assert gone[1]["cancels_at"].endswith("Z")

    def test_the_opening_of_the_portal_once(self, till: Till) -> None:
        bought(till)
        for _ in "12":
            assert till.press("/portal", key="the same").status_code == 200
        assert actions(till).count("billing.portal_opened") == 1


class TestChanging:
    def test_a_larger_plan_comes_at_once_and_what_was_paid_counts(self, till: Till) -> None:
        subscription = bought(till)
        till.stripe.engine.pass_time(15 * DAY)
        page = till.browser.get(f"{till.url}/choose?tier=team&period=monthly").text
        assert "−$9.50" in page  # half a month of Solo, 19 a month
        assert "$24.50" in page  # half a month of Team, 49 a month

        assert till.press("/choose", tier="team", period="monthly").status_code == 303
        update = [params for method, path, params in till.stripe.api.calls if path.endswith(subscription["id"])][-1]
        assert update["proration_behavior"] == "create_prorations"
        assert till.row().plan == "team"
        assert [line["amount"] for line in till.stripe.books.waiting[subscription["id"]]] == [-950, 2450]
        assert "billing.plan_changed" in actions(till)

    def test_looking_at_a_change_changes_nothing(self, till: Till) -> None:
        bought(till)
        before = json.dumps(till.stripe.books.all("subscription"))
        till.browser.get(f"{till.url}/choose?tier=team&period=yearly")
        assert json.dumps(till.stripe.books.all("subscription")) == before

    def test_choosing_a_plan_takes_a_cancellation_back(self, till: Till) -> None:
        subscription = bought(till)
        till.press("/cancel", then="read")
        till.press("/choose", tier="team", period="monthly")
        assert subscription["cancel_at_period_end"] is False
        assert till.row().cancels_at is None

    def test_with_a_payment_due_nothing_is_changed(self, till: Till) -> None:
        owing(till)
        answer = till.press("/choose", tier="team", period="monthly")
        assert answer.status_code == 409
        assert "pay it first" in answer.text
        assert till.row().plan == "solo"

    def test_a_smaller_plan_asks_first_what_stays(self, till: Till) -> None:
        bought(till, "team")
        for _ in range(2):
            cast.actor_of(till.house, Role.MAKER)
        answer = till.browser.get(f"{till.url}/choose?tier=solo&period=monthly")
        assert (answer.status_code, "/plans/solo/keep" in answer.location) == (303, True)
        assert till.press("/choose", tier="solo", period="monthly").status_code == 303
        assert till.row().plan == "team"


class TestEnding:
    def test_cancelled_it_runs_to_the_end_and_then_only_reads(self, till: Till) -> None:
        subscription = bought(till)
        till.press("/cancel", then="read")
        row = till.row()
        assert (row.cancels_at, row.plan, row.read_only) == (row.period_ends_at, "solo", False)

        till.stripe.engine.renew(subscription)
        till.deliver()
        row = till.row()
        assert (row.status, row.plan, row.read_only) == ("canceled", "solo", True)
        assert till.browser.get(till.url).status_code == 200

    def test_cancelled_for_free_it_goes_on_with_free(self, till: Till) -> None:
        subscription = bought(till)
        till.press("/cancel", then="free")
        assert till.row().then_free
        till.stripe.engine.renew(subscription)
        till.deliver()
        row = till.row()
        assert (row.status, row.plan, row.read_only) == ("canceled", "free", False)
        assert "billing.cancelled" in actions(till)

    def test_taken_back_it_goes_on(self, till: Till) -> None:
        subscription = bought(till)
        till.press("/cancel", then="free")
        till.press("/resume")
        row = till.row()
        assert (row.cancels_at, row.then_free, subscription["cancel_at"]) == (None, False, None)
        assert "billing.resumed" in actions(till)

    def test_cancelled_in_stripes_portal_it_can_be_taken_back_here(self, till: Till) -> None:
        subscription = bought(till)
        till.stripe.engine.leave_in_portal(subscription)
        till.deliver()
        assert till.row().cancels_at == till.row().period_ends_at
        till.press("/resume")
        assert (subscription["cancel_at"], till.row().cancels_at) == (None, None)

    def test_pressed_twice_it_is_cancelled_once(self, till: Till) -> None:
        bought(till)
        for _ in "12":
            till.press("/cancel", then="read", key="the same")
        assert actions(till).count("billing.cancelled") == 1

    def test_a_closed_organization_pays_no_more(self, till: Till) -> None:
        subscription = bought(till)
        with till.app.app_context():
            billing.end_now(till.owner)
            billing.end_now(till.owner)
        assert subscription["status"] == "canceled"
        assert till.row().status == "canceled"


class TestOwing:
    def test_ended_while_it_is_owed_for_it_ends_at_once(self, till: Till) -> None:
        subscription = owing(till)
        assert till.press("/cancel", then="free").status_code == 303
        row = till.row()
        assert (subscription["status"], row.plan, row.read_only) == ("canceled", "free", False)

    def test_past_due_asks_for_payment_and_nothing_stops(self, till: Till) -> None:
        owing(till)
        row = till.row()
        assert (row.status, row.plan, row.read_only) == ("past_due", "solo", False)
        assert "Pay now" in till.browser.get(till.url).text

    def test_unpaid_it_lapses_and_paying_opens_it_again(self, till: Till) -> None:
        subscription = owing(till)
        till.stripe.engine.give_up(subscription, "unpaid")
        till.deliver()
        row = till.row()
        assert (row.status, row.plan, row.read_only) == ("unpaid", "solo", True)
        page = till.browser.get(till.url)
        assert (page.status_code, "Lapsed" in page.text, "Pay now" in page.text) == (200, True, True)
        assert till.press("/portal").headers["Refresh"].startswith("0; url=http")

        till.stripe.engine.pay(subscription["customer"])
        till.deliver()
        row = till.row()
        assert (row.status, row.plan, row.read_only) == ("active", "solo", False)

    def test_lapsed_the_owner_can_go_on_with_free(self, till: Till) -> None:
        subscription = owing(till)
        till.stripe.engine.give_up(subscription, "unpaid")
        till.deliver()
        assert till.press("/cancel", then="free").status_code == 303
        row = till.row()
        assert (subscription["status"], row.plan, row.read_only) == ("canceled", "free", False)

    def test_lapsed_a_plan_can_be_bought_again(self, till: Till) -> None:
        subscription = owing(till)
        till.stripe.engine.give_up(subscription, "canceled")
        till.deliver()
        assert till.row().read_only
        till.buy("team")
        till.deliver()
        row = till.row()
        assert (row.status, row.plan, row.read_only) == ("active", "team", False)

    def test_lapsed_a_smaller_plan_asks_first_what_stays(self, till: Till) -> None:
        subscription = bought(till, "team")
        cast.actor_of(till.house, Role.MAKER)
        till.stripe.engine.end(subscription)
        till.deliver()
        for answer in (
            till.browser.get(f"{till.url}/choose?tier=solo&period=monthly"),
            till.press("/choose", tier="solo", period="monthly"),
        ):
            assert (answer.status_code, "/plans/solo/keep" in answer.location) == (303, True)
        assert till.browser.post(f"/o/{till.house.slug}/plans/solo/keep", data={"command_key": "k"}).status_code == 303
        assert till.press("/choose", tier="solo", period="monthly", key="then").status_code == 200

    def test_a_failed_payment_is_told_to_the_owner_once(self, till: Till) -> None:
        owing(till)
        till.deliver()
        assert mails(till) == ["subscriptions/mail/payment_failed"]

    def test_one_that_was_paid_meanwhile_is_not_told(self, till: Till) -> None:
        subscription = bought(till)
        till.stripe.books.declined.add(subscription["customer"])
        till.stripe.engine.renew(subscription)
        till.stripe.engine.pay(subscription["customer"])
        till.deliver()
        assert mails(till) == []

    def test_the_end_of_a_trial_is_told(self, till: Till) -> None:
        subscription = till.buy()
        till.stripe.books.event("customer.subscription.trial_will_end", subscription)
        till.deliver()
        assert mails(till) == ["subscriptions/mail/trial_will_end"]

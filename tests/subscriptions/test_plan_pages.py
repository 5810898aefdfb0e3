"""The pages of plans: what each costs, what is used, the drawer that a full plan opens, what pages say unasked."""

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.subscriptions.services import tiers
from tests import cast
from tests.cast import Browser
from tests.production.test_statements import counted as statements
from tests.recipes.workshop import Workshop


def free(tier: str = "free") -> tuple[OrganizationFacts, Actor, Browser]:
    organization = cast.make_organization(tier=tier)
    owner = cast.owner_of(organization)
    return organization, owner, cast.signed_in(owner)


def full_of_products(owner: Actor, browser: Browser, slug: str, many: int = 5) -> None:
    for number in range(many):
        answer = browser.post(f"/o/{slug}/items/new", data=product(f"Soap {number}"))
        assert answer.status_code == 303, answer.text


def product(name: str) -> dict[str, str]:
    return {"name": name, "type": "product", "unit": "each", "tracked": "y", "command_key": f"key {name}"}


class TestPrices:
    @pytest.mark.parametrize(("period", "said"), [("monthly", ["$19", "$49", "$149"]), ("yearly", ["$190", "$490"])])
    def test_anyone_sees_what_it_costs(self, app: Flask, period: str, said: list[str]) -> None:
        page = cast.anonymous().get(f"/pricing?period={period}")
        assert page.status_code == 200
        for price in said:
            assert f"<b>{price}</b>" in page.text
        assert "Exempt" not in page.text

    def test_a_period_that_is_none_is_a_month(self, app: Flask) -> None:
        assert "<b>$19</b>" in cast.anonymous().get("/pricing?period=hourly").text

    def test_every_limit_is_the_seeds(self, app: Flask) -> None:
        page = cast.anonymous().get("/pricing").text
        for tier in tiers.public():
            assert tier.title in page
        for number in ("10", "50", "200", "1,000", "Unlimited"):
            assert f"<b>{number}</b>" in page


class TestPlans:
    def test_shows_what_is_used_of_which_plan(self, app: Flask) -> None:
        organization, owner, browser = free()
        full_of_products(owner, browser, organization.slug, 2)
        page = browser.get(f"/o/{organization.slug}/plans").text
        assert "2 <span" in page
        assert "Your plan" in page
        assert "Exempt" not in page

    def test_shows_an_exempt_one_that_it_has_no_limits(self, app: Flask) -> None:
        organization, _, browser = free("exempt")
        assert "Exempt, without limits." in browser.get(f"/o/{organization.slug}/plans").text

    def test_whoever_does_not_pay_has_no_buttons(self, app: Flask) -> None:
        organization, _, _ = free("team")
        page = cast.signed_in(cast.actor_of(organization, Role.VIEWER)).get(f"/o/{organization.slug}/plans")
        assert page.status_code == 200
        assert "Billing is off" not in page.text


class TestTheDrawer:
    def test_a_full_plan_keeps_the_form_and_offers_the_plans(self, app: Flask) -> None:
        organization, owner, browser = free()
        full_of_products(owner, browser, organization.slug)
        page = browser.post(f"/o/{organization.slug}/items/new", data=product("One more"))
        assert page.status_code == 402
        assert 'value="One more"' in page.text
        assert "room for 5 products" in page.text
        assert f'hx-get="/o/{organization.slug}/plans/drawer?limit=products"' in page.text

    def test_marks_the_limit_that_was_hit(self, app: Flask) -> None:
        organization, owner, browser = free()
        full_of_products(owner, browser, organization.slug)
        url = f"/o/{organization.slug}/plans/drawer?limit=products"
        drawer = browser.get(url, headers={"HX-Request": "true"}).text
        assert "Free is full" in drawer
        assert "You have 5 of 5 products." in drawer
        assert drawer.count('class="hit"') == 4
        assert "<html" not in drawer
        assert "<html" in browser.get(url).text

    def test_trying_again_goes_on_once_there_is_room(self, app: Flask) -> None:
        organization, owner, browser = free()
        full_of_products(owner, browser, organization.slug)
        url = f"/o/{organization.slug}/plans/drawer?limit=products&again=press"
        still = browser.get(url, headers={"HX-Request": "true"})
        assert "Not yet" in still.text
        look = url.replace("press", "look")
        assert look.replace("&", "&amp;") in still.text
        assert browser.get(look, headers={"HX-Request": "true"}).status_code == 204
        browser.post(f"/o/{organization.slug}/items/soap-1/archive", data={"archive": "y", "command_key": "archive"})
        for each in (url, look):
            assert "plan.changed" in browser.get(each, headers={"HX-Request": "true"}).headers["HX-Trigger"]

    def test_a_limit_that_is_none_marks_nothing(self, app: Flask) -> None:
        organization, _, browser = free()
        drawer = browser.get(f"/o/{organization.slug}/plans/drawer?limit=cats", headers={"HX-Request": "true"})
        assert drawer.status_code == 200
        assert 'class="hit"' not in drawer.text


class TestNearlyFull:
    def test_says_so_from_four_fifths_on_where_such_things_are_made(self, app: Flask) -> None:
        organization, owner, browser = free()
        new, today = f"/o/{organization.slug}/items/new", f"/o/{organization.slug}/"
        full_of_products(owner, browser, organization.slug, 3)
        assert "of 5 products" not in browser.get(new).text
        browser.post(new, data=product("Fourth"))
        assert "4 of 5 products" in browser.get(new).text
        assert "4 of 5 products" in browser.get(today).text
        assert "people" not in browser.get(today).text.partition('class="near"')[2].partition("</div>")[0]

    def test_today_says_so_only_to_who_pays(self, app: Flask) -> None:
        organization, owner, browser = free("team")
        helper = cast.signed_in(cast.actor_of(organization, Role.MANAGER))
        shop = Workshop(cast.api(owner))
        for number in range(80):
            shop.product(f"Soap {number}")
        today = f"/o/{organization.slug}/"
        assert "80 of 100 products" in browser.get(today).text
        assert "80 of 100 products" not in helper.get(today).text

    def test_costs_one_statement_and_nothing_without_limits(self, app: Flask) -> None:
        sent = {}
        for tier in ("free", "exempt"):
            organization, _, browser = free(tier)
            browser.get(f"/o/{organization.slug}/recipes")
            with statements(app) as asked:
                browser.get(f"/o/{organization.slug}/recipes")
            sent[tier] = len([said for said in asked if said.startswith("SELECT")])
        assert sent["free"] == sent["exempt"] + 1

"""The pages of plans: those of an organization, beside what is used; the drawer that a full plan opens; the prices."""

from http import HTTPStatus
from typing import Any

from flask import current_app, g, render_template, request
from flask.typing import ResponseReturnValue

from app.kernel import clock
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.web import current_actor, is_htmx, public, requires
from app.subscriptions.queries import standing
from app.subscriptions.services import asides, gates, stripe_api, tiers
from app.subscriptions.services.tiers import PERIODS, Limit
from app.subscriptions.views import notices
from app.subscriptions.views.blueprint import bp

ROWS = (
    (Limit.USERS, "People", "users"),
    (Limit.RECIPES, "Recipes", "notebook"),
    (Limit.PRODUCTS, "Products", "package"),
    (Limit.BATCHES_A_MONTH, "Batches a month", "flame"),
)
"""What the pages say of the limits, in this order."""


@bp.get("/o/<slug>/plans")
@requires(Permission.CATALOG_VIEW)
def plans() -> ResponseReturnValue:
    """Every plan with its limits, and what is used of this one."""
    return render_template("subscriptions/plans.html", **_facts())


@bp.get("/o/<slug>/plans/drawer")
@requires(Permission.CATALOG_VIEW)
def drawer() -> ResponseReturnValue:
    """The plans beside each other, with the limit that was hit. `again` asks whether there is room now: a person with
    `press`, who is told when there is none, or the drawer by itself with `look`, which then says nothing.
    """
    facts = _facts()
    if not is_htmx():
        return render_template("subscriptions/plans.html", **facts)
    again = request.args.get("again")
    if again and _has_room(facts):
        return pages.cured("plan.changed")
    if again == "look":
        return "", HTTPStatus.NO_CONTENT
    return render_template("subscriptions/_drawer.html", still=again is not None, **facts)


@bp.get("/pricing")
@public("subscriptions.pricing")
def pricing() -> ResponseReturnValue:
    """What each plan includes and costs, for whoever has none yet."""
    sign_up = "sign_up.form" if current_app.config["SIGN_UP"] else None
    return render_template("subscriptions/pricing.html", sign_up=sign_up, **_offer())


def _has_room(facts: dict[str, Any]) -> bool:
    """Whether what was refused may be tried again."""
    used = facts["usage"].get(facts["hit"]) if facts["hit"] else None
    return not current_actor().read_only and (used is None or not used.is_full)


def _offer() -> dict[str, Any]:
    """What is said of the plans themselves."""
    said = request.args.get("period")
    return {
        "tiers": tiers.public(),
        "rows": ROWS,
        "words": gates.WORDS,
        "period": said if said in PERIODS else PERIODS[0],
        "trial_days": tiers.trial_days(),
        "price_words": standing.price_words,
        "months_free": max(standing.months_free(tier) for tier in tiers.public()),
    }


def _facts() -> dict[str, Any]:
    """The plans, and how this organization stands."""
    actor = current_actor()
    said = request.args.get("limit", "")
    return {
        **_offer(),
        "present": tiers.known(g.organization.tier),
        "paid": standing.paid(actor),
        "usage": notices.usage(),
        "waiting": asides.waiting(actor),
        "billing_on": stripe_api.is_on(),
        "hit": Limit(said) if said in set(Limit) else None,
        "now": clock.now(),
    }

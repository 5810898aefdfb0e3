"""The page on which an owner chooses what stays active in a smaller plan, and the way on to Free."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, reauthenticated, requires
from app.subscriptions.forms.keep import KeepForm
from app.subscriptions.queries import standing
from app.subscriptions.services import downgrade, stripe_api, tiers
from app.subscriptions.services.tiers import FREE, PERIODS, Tier
from app.subscriptions.views.blueprint import bp

_SEE_OTHER = 303


@bp.route("/o/<slug>/plans/<tier>/keep", methods=["GET", "POST"])
@requires(Permission.BILLING_MANAGE)
@reauthenticated
def keep(tier: str) -> ResponseReturnValue:
    """What would be too much for a smaller plan, and what of it stays. `then=look` only draws what would happen."""
    actor, wanted = current_actor(), _tier(tier)
    form = KeepForm(data={"period": request.args.get("period")})
    if request.method == "POST" and request.form.get("then") != "look":
        answer = pages.perform(form, lambda: _keep(actor, wanted, form))
        if answer:
            return redirect(answer.body["url"], _SEE_OTHER)
    excess = downgrade.fits(actor.organization_id, wanted.name)
    kept = form.chosen if request.method == "POST" else frozenset[object]()
    page = render_template(
        "subscriptions/keep.html",
        tier=wanted,
        excess=excess,
        offered=downgrade.offered(actor, excess),
        form=form,
        kept=kept,
    )
    return page, pages.status_of(form)


def _keep(actor: Actor, tier: Tier, form: KeepForm) -> Answer:
    downgrade.keep(actor, tier.name, form.chosen)
    if tier.name == FREE:
        return pages.went(_to_free(actor))
    period = form.period.data if form.period.data in PERIODS else PERIODS[0]
    return pages.went(url_for("billing.choose", tier=tier.name, period=period))


def _to_free(actor: Actor) -> str:
    """Where billing ends what is paid; at once where there is nothing left to end."""
    paid = standing.paid(actor)
    if paid is not None and paid.runs and stripe_api.is_on():
        return url_for("billing.cancel")
    downgrade.continue_on_free(actor)
    return url_for("subscriptions.plans")


def _tier(name: str) -> Tier:
    found = tiers.load().get(name)
    if found is None or not found.is_public:
        raise NotFound("There is no such plan.")
    return found

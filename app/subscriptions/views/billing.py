"""The pages of billing: the plan and how it stands, choosing and changing it, ending it, Stripe's pages and back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.kernel import clock
from app.kernel.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable
from app.kernel.permissions import Permission
from app.platform import pages, site
from app.platform.database import db
from app.platform.navigation import Way
from app.platform.pages import PageForm
from app.platform.web import current_actor, reauthenticated, requires
from app.subscriptions.forms.billing import ON_FREE, CancelForm, ChoiceForm
from app.subscriptions.queries import standing
from app.subscriptions.services import billing, checkout, payers, plans, stripe_api, stripe_sync, tiers
from app.subscriptions.services.checkout import Back, Choice
from app.subscriptions.views import billing_words

bp = Blueprint("billing", __name__, url_prefix="/o/<slug>/settings/billing", template_folder="../templates")

WAY = Way(
    "Billing",
    "currency-dollar",
    "billing.page",
    Permission.BILLING_MANAGE,
    71,
    place="settings",
    covers=("billing.choose", "billing.cancel"),
)
_SEE_OTHER = 303


@bp.get("")
@requires(Permission.BILLING_MANAGE)
def page() -> ResponseReturnValue:
    """The plan, how it stands, and what can be done about it."""
    return _page()


@bp.get("/choose")
@requires(Permission.BILLING_MANAGE)
@reauthenticated
def choose() -> ResponseReturnValue:
    """What a plan costs and what changes; the button is `take`."""
    choice = Choice(request.args.get("tier", ""), request.args.get("period", "monthly"))
    if not choice.tier:
        return redirect(url_for("subscriptions.plans"), _SEE_OTHER)
    if choice.tier == tiers.FREE:
        return redirect(url_for("billing.cancel"), _SEE_OTHER)
    form = ChoiceForm(formdata=None, tier=choice.tier, period=choice.period)
    return _choice(form, choice)


@bp.post("/choose")
@requires(Permission.BILLING_MANAGE)
@reauthenticated
def take() -> ResponseReturnValue:
    """To Stripe to buy the plan, or the change of the one in force."""
    form = ChoiceForm()
    choice, key = Choice(form.tier.data or "", form.period.data or ""), _key(form)
    if form.validate():
        with _refusals(form):
            if payers.find(current_actor().organization_id).is_paying:
                billing.change(current_actor(), choice, key=key)
                return _back(billing_words.CHANGED)
            return _onward(checkout.begin(current_actor(), choice, key=key, back=_addresses()))
    return _choice(form, choice)


@bp.route("/cancel", methods=["GET", "POST"])
@requires(Permission.BILLING_MANAGE)
@reauthenticated
def cancel() -> ResponseReturnValue:
    """Ask what comes after the plan, and end it."""
    form = CancelForm(data={"then": ON_FREE})
    if request.method == "POST" and form.validate():
        with _refusals(form):
            then_free = form.then.data == ON_FREE
            billing.cancel(current_actor(), then_free=then_free, key=_key(form))
            return _back(billing_words.CANCELLED)
    if _must_choose(form):
        return _to_what_stays(tiers.FREE)
    return render_template("subscriptions/billing_cancel.html", form=form, **_facts()), pages.status_of(form)


@bp.post("/resume")
@requires(Permission.BILLING_MANAGE)
@reauthenticated
def resume() -> ResponseReturnValue:
    """Take the cancellation back."""
    form = PageForm()
    if form.validate():
        with _refusals(form):
            billing.resume(current_actor(), key=_key(form))
            return _back(billing_words.RESUMED)
    return _page(form)


@bp.post("/portal")
@requires(Permission.BILLING_MANAGE)
@reauthenticated
def portal() -> ResponseReturnValue:
    """To Stripe's pages for cards and invoices."""
    form = PageForm()
    if form.validate():
        with _refusals(form):
            return _onward(checkout.open_portal(current_actor(), key=_key(form), back=_addresses().done))
    return _page(form)


@bp.get("/done")
@requires(Permission.BILLING_MANAGE)
def done() -> ResponseReturnValue:
    """Back from Stripe: see at once how things stand, instead of waiting to be told."""
    try:
        if stripe_api.is_on():
            stripe_sync.sync(current_actor().organization_id)
    except Unavailable:
        return _back(billing_words.LATER)
    payer = payers.find(current_actor().organization_id)
    bought = "session_id" in request.args and payer.is_paying
    return _back(billing_words.thanks(tiers.known(payer.paid_tier).title) if bought else "")


def _page(form: PageForm | None = None) -> ResponseReturnValue:
    form = form or PageForm(formdata=None)
    return render_template("subscriptions/billing.html", form=form, **_facts()), pages.status_of(form)


def _choice(form: ChoiceForm, choice: Choice) -> ResponseReturnValue:
    """The page of one choice: the price; of a change, what Stripe reckons for it."""
    if not stripe_api.is_on():
        return _page(form)
    if _must_choose(form):
        return _to_what_stays(choice.tier, choice.period)
    payer, preview, price = payers.find(current_actor().organization_id), None, choice.price
    if form.problem is None:
        with _refusals(form):
            payers.require_room(payer, choice.tier)
            preview = billing.preview(current_actor(), choice) if payer.is_paying else None
        if _must_choose(form):
            return _to_what_stays(choice.tier, choice.period)
    return render_template(
        "subscriptions/billing_choose.html",
        form=form,
        tier=tiers.known(choice.tier),
        price=price,
        preview=preview,
        trial_days=0 if payer.is_paying else checkout.offered_trial(payer),
        **_facts(),
    ), pages.status_of(form)


def _facts() -> dict[str, Any]:
    """What every page of billing knows."""
    row = plans.find(g.organization.id)
    return {
        "billing_on": stripe_api.is_on(),
        "row": row,
        "stands": billing_words.stands(g.organization, row, clock.now()),
        "present": tiers.known(g.organization.tier),
        "tiers": tiers.public(),
        "words": billing_words,
        "price_words": standing.price_words,
    }


@contextmanager
def _refusals(form: PageForm) -> Iterator[None]:
    """What is refused inside is said on the form; the page is drawn again."""
    try:
        yield
    except (Conflict, Invalid, LimitReached, NotFound) as error:
        db.session.rollback()
        form.refuse(error)


def _key(form: PageForm) -> str:
    return form.command_key.data or ""


def _must_choose(form: PageForm) -> bool:
    return form.problem is not None and form.problem.code == payers.MUST_CHOOSE


def _to_what_stays(tier: str, period: str | None = None) -> ResponseReturnValue:
    """To the page where the owner chooses what a smaller plan keeps."""
    return redirect(url_for("subscriptions.keep", tier=tier, period=period), _SEE_OTHER)


def _addresses() -> Back:
    return Back(done=site.origin() + url_for("billing.done"), away=site.origin() + url_for("billing.page"))


def _back(text: str) -> ResponseReturnValue:
    if text:
        said: Any = {"text": text}
        flash(said, "done")
    return redirect(url_for("billing.page"), _SEE_OTHER)


def _onward(url: str) -> Response:
    """A page that goes on to Stripe by itself.

    No redirect: Chromium holds a form's redirects to `form-action`, which names this site alone, and Stripe may serve
    its pages from a host of the installation's own choice.
    """
    answer = make_response(render_template("subscriptions/billing_onward.html", url=url))
    answer.headers["Refresh"] = f"0; url={url}"
    return answer

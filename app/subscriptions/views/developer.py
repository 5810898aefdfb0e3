"""Pages of developer users: the plans with their limits, and giving one to an organization."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.queries import developers as organizations
from app.identity.queries.developers import OrganizationRow
from app.identity.services.audit import By
from app.identity.views.developer import developers_only, person_id
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid
from app.platform import commands, pages
from app.platform.database import db
from app.platform.pages import PageForm
from app.platform.web import public, reauthenticated
from app.subscriptions.forms.gift import GiftForm, TakeBackForm
from app.subscriptions.queries import houses, standing
from app.subscriptions.services import gifts, tiers
from app.subscriptions.views.plans import ROWS

bp = Blueprint("developer_plans", __name__, url_prefix="/developer", template_folder="../templates")

_SEE_OTHER = 303


@bp.get("/tiers", endpoint="tiers")
@public("developer_plans.tiers")
@developers_only
def show_tiers() -> ResponseReturnValue:
    """Every plan as the seed says, and how many organizations have it."""
    return render_template(
        "subscriptions/developer/tiers.html",
        tiers=tiers.load().values(),
        rows=ROWS,
        counts=houses.by_tier(),
        trial_days=tiers.trial_days(),
        price_words=standing.price_words,
    )


@bp.route("/organizations/<organization>/plan", methods=["GET", "POST"])
@public("developer_plans.plan")
@developers_only
@reauthenticated
def plan(organization: str) -> ResponseReturnValue:
    """How an organization stands, and giving it a plan."""
    found, form = organizations.one(person_id(), organization), GiftForm().with_tiers()
    if request.method == "POST" and form.validate() and _given(found.id, form):
        flash(_("The plan is given to %(name)s.", name=found.name), "done")
        return redirect(url_for("developer_plans.plan", organization=found.id), _SEE_OTHER)
    return _page(found, form, TakeBackForm(formdata=None))


@bp.post("/organizations/<organization>/plan/take-back")
@public("developer_plans.take_back")
@developers_only
@reauthenticated
def take_back(organization: str) -> ResponseReturnValue:
    """End a gift now."""
    found, form = organizations.one(person_id(), organization), TakeBackForm()
    if form.validate() and _taken(found.id, form):
        flash(_("%(name)s has what it pays for, or Free.", name=found.name), "done")
        return redirect(url_for("developer_plans.plan", organization=found.id), _SEE_OTHER)
    return _page(found, GiftForm(formdata=None).with_tiers(), form)


def _page(found: OrganizationRow, form: GiftForm, back: TakeBackForm) -> ResponseReturnValue:
    row, now = houses.subscription(found.id), clock.now()
    page = render_template(
        "subscriptions/developer/plan.html",
        found=found,
        form=form,
        back=back,
        row=row,
        given=row is not None and gifts.is_given(row, now),
        title_of=lambda name: tiers.known(name).title,
    )
    return page, max(pages.status_of(form), pages.status_of(back))


def _given(organization_id: UUID, form: GiftForm) -> bool:
    try:
        with commands.transaction():
            gifts.give(
                _by(organization_id),
                tier=form.tier.data,
                last_day=form.last_day.value,
                reason=form.reason.value or "",
            )
    except (Invalid, Conflict) as error:
        return _refused(form, error)
    return True


def _taken(organization_id: UUID, form: TakeBackForm) -> bool:
    try:
        with commands.transaction():
            gifts.take_back(_by(organization_id), reason=form.reason.value or "")
    except (Invalid, Conflict) as error:
        return _refused(form, error)
    return True


def _refused(form: PageForm, error: Invalid | Conflict) -> bool:
    db.session.rollback()
    form.refuse(error)
    return False


def _by(organization_id: UUID) -> By:
    return By(organization_id, "web", person_id(), request.remote_addr)

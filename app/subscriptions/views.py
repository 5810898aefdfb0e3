"""The page of plans: what each includes, and which one the organization has."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from app.kernel.permissions import Permission
from app.platform.web import requires
from app.subscriptions.services import plans as standing
from app.subscriptions.services import tiers

bp = Blueprint("subscriptions", __name__, url_prefix="/o/<slug>", template_folder="templates")


@bp.get("/plans")
@requires(Permission.CATALOG_VIEW)
def plans() -> ResponseReturnValue:
    """Every plan with its limits."""
    return render_template(
        "subscriptions/plans.html",
        tiers=tiers.load().values(),
        present=g.organization.tier,
        subscription=standing.find(g.organization.id),
    )

"""The blueprint of the pages of plans, and the way that leads to them."""

from flask import Blueprint

from app.kernel.permissions import Permission
from app.platform.navigation import Way

bp = Blueprint("subscriptions", __name__, template_folder="../templates")

WAYS = (
    Way(
        "Plan",
        "currency-dollar",
        "subscriptions.plans",
        Permission.CATALOG_VIEW,
        70,
        place="settings",
        covers=("subscriptions.drawer", "subscriptions.keep"),
    ),
)

"""What pages say of the plan without being asked: that it lapsed, that a payment failed, that it is nearly full."""

from dataclasses import dataclass

from flask import Flask, g, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.kernel.permissions import Permission
from app.subscriptions.queries import standing
from app.subscriptions.services import gates
from app.subscriptions.services.gates import Used
from app.subscriptions.services.tiers import Limit


@dataclass(frozen=True, slots=True)
class Notice:
    """A line over every page. `url` and `label`: the way to put it right, for who may."""

    kind: str
    text: str
    url: str | None = None
    label: str | None = None


def register(app: Flask) -> None:
    """Give `notices()` and `plan_notice()` to every template of `app`."""
    app.add_template_global(notices)
    app.add_template_global(plan_notice)


def notices() -> list[Notice]:
    """What every page of the organization says over its text. Asks the database only where somebody pays."""
    actor, organization = g.get("actor"), g.get("organization")
    if actor is None or organization is None or g.get("slug") is None:
        return []
    may_pay = actor.may(Permission.BILLING_MANAGE)
    if organization.closed:
        return [
            Notice("warn", _("This organization is closed. Everything can be read and taken away, nothing written."))
        ]
    if actor.read_only:
        text = _("Your plan has lapsed. Everything is here and can be read, traced and exported.")
        if may_pay:
            until = _("Nothing new can be written until it is paid.")
            return [Notice("bad", f"{text} {until}", url_for("subscriptions.plans"), _("Choose a plan"))]
        return [Notice("bad", f"{text} {_('Nothing new can be written. The owner can change that.')}")]
    if standing.is_past_due(actor, organization.tier):
        if may_pay:
            text = _("Your payment failed. Pay soon, or the plan lapses and nothing new can be written.")
            return [Notice("bad", text, url_for("billing.page"), _("Pay"))]
        return [Notice("warn", _("The last payment for your plan failed. The owner can put that right."))]
    return []


def usage() -> dict[Limit, Used]:
    """What is used of the plan's limits, asked once for a request; nothing where there are none."""
    if "plan_usage" not in g:
        g.plan_usage = gates.usage(g.actor, g.organization.tier)
    found: dict[Limit, Used] = g.plan_usage
    return found


def plan_notice(*names: str) -> Markup:
    """A quiet line where 80 % of a limit is used: of these limits, or for who pays of all; else nothing.

    names: limits, such as "recipes". Where only one is allowed there is nothing to be near to: said only when asked.
    """
    actor, organization = g.get("actor"), g.get("organization")
    if actor is None or organization is None or actor.read_only:
        return Markup()
    if not names and not actor.may(Permission.BILLING_MANAGE):
        return Markup()
    near = [row for row in usage().values() if row.is_near and (row.limit in names or (not names and row.allowed > 1))]
    return Markup(render_template("subscriptions/_near.html", near=near)) if near else Markup()  # noqa: S704 - ours

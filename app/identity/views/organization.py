"""The pages of an organization: what it says of itself, what it asks of its people, whose it is, whether it is open."""

from uuid import UUID

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.organization import CloseForm, OrganizationForm
from app.identity.forms.people import TransferForm
from app.identity.queries import people as rows
from app.identity.services import closing, members, organizations, ownership, second_factors, settings
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.navigation import Way
from app.platform.web import current_actor, reauthenticated, requires

bp = Blueprint("organization", __name__, url_prefix="/o/<slug>/settings", template_folder="../templates")

WAYS = (
    Way(
        "Workshop",
        "building-store",
        "organization.show",
        Permission.ORGANIZATION_MANAGE,
        10,
        place="settings",
        covers=("organization.change", "organization.two_factor"),
        whatever_plan=True,
    ),
    Way(
        "Ownership",
        "key",
        "organization.owned",
        Permission.ORGANIZATION_CLOSE,
        90,
        place="settings",
        covers=("organization.transfer", "organization.close", "organization.reopen"),
    ),
)


@bp.get("/workshop")
@requires(Permission.ORGANIZATION_MANAGE, whatever_plan=True)
def show() -> ResponseReturnValue:
    """Name, time zone, language; currency, which stays; whether two-factor is asked for."""
    form = OrganizationForm(data=_said())
    form.offer(g.organization.locale, g.organization.craft)
    return _draw(form)


@bp.post("/workshop")
@requires(Permission.ORGANIZATION_MANAGE)
def change() -> ResponseReturnValue:
    """Another name, time zone or language."""
    actor, form = current_actor(), OrganizationForm()
    form.offer(g.organization.locale, g.organization.craft)
    answer = pages.perform(form, lambda: _change(actor, form), {"timezone": "time_zone"})
    return pages.done(answer) if answer else _draw(form)


@bp.post("/workshop/two-factor")
@requires(Permission.ORGANIZATION_MANAGE, whatever_plan=True)
@reauthenticated
def two_factor() -> ResponseReturnValue:
    """Ask every member for a second factor, or no longer."""
    actor, form, required = current_actor(), pages.PageForm(), "require" in request.form
    answer = pages.perform(form, lambda: _two_factor(actor, required=required))
    if answer:
        return pages.done(answer)
    drawn = OrganizationForm(formdata=None, data=_said())
    drawn.offer(g.organization.locale, g.organization.craft)
    drawn.take_over(form)
    return _draw(drawn)


@bp.get("/ownership")
@requires(Permission.ORGANIZATION_CLOSE)
@reauthenticated
def owned() -> ResponseReturnValue:
    """Handing the organization on, closing it, opening it again."""
    return _draw_owned(pages.PageForm())


@bp.route("/ownership/transfer", methods=["GET", "POST"])
@requires(Permission.ORGANIZATION_TRANSFER)
@reauthenticated
def transfer() -> ResponseReturnValue:
    """Hand the organization to another member."""
    actor, form = current_actor(), TransferForm()
    people = {str(person_id): name for person_id, name in rows.successors(actor)}
    form.offer(people)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _transfer(actor, form))
        if answer:
            return pages.done(answer)
    page = render_template("identity/organization/transfer.html", form=form, people=people)
    return page, pages.status_of(form)


@bp.route("/ownership/close", methods=["GET", "POST"])
@requires(Permission.ORGANIZATION_CLOSE)
@reauthenticated
def close() -> ResponseReturnValue:
    """Close the organization; then tell whoever must know, which undoes nothing."""
    actor, form = current_actor(), CloseForm()
    if request.method == "POST":
        answer = pages.perform(form, lambda: _close(actor, form))
        if answer:
            left = [] if answer.replayed else closing.closed(actor)
            said = " ".join([str(answer.body["text"]), *(error.detail for error in left)])
            return pages.done(pages.went(answer.body["url"], said))
    return render_template("identity/organization/close.html", form=form), pages.status_of(form)


@bp.post("/ownership/reopen")
@requires(Permission.ORGANIZATION_CLOSE)
@reauthenticated
def reopen() -> ResponseReturnValue:
    """Open the organization again."""
    actor, form = current_actor(), pages.PageForm()
    answer = pages.perform(form, lambda: _reopen(actor))
    return pages.done(answer) if answer else _draw_owned(form)


def _said() -> dict[str, str]:
    return {"name": g.organization.name, "time_zone": g.organization.time_zone, "locale": g.organization.locale}


def _change(actor: Actor, form: OrganizationForm) -> Answer:
    settings.change(
        actor,
        name=form.name.value,
        time_zone=form.time_zone.value,
        locale=form.locale.data,
        craft=form.craft.data or None,
    )
    return pages.went(url_for("organization.show"), _("Saved."))


def _two_factor(actor: Actor, *, required: bool) -> Answer:
    settings.require_two_factor(actor, required=required)
    said = "Everybody needs two-factor now." if required else "Nobody needs two-factor any more."
    return pages.went(url_for("organization.show"), said)


def _transfer(actor: Actor, form: TransferForm) -> Answer:
    person_id: UUID = members.find(actor, form.member.data)
    ownership.transfer(actor, person_id=person_id, name=form.name.value)
    name = rows.member(actor, person_id).name
    return pages.went(
        f"/o/{g.organization.slug}/", _("The workshop is %(name)s’s now. You are its manager.", name=name)
    )


def _close(actor: Actor, form: CloseForm) -> Answer:
    settings.close(actor, name=form.name.value)
    return pages.went(url_for("organization.owned"), _("Closed. Nothing is lost: you can export, and open it again."))


def _reopen(actor: Actor) -> Answer:
    settings.reopen(actor)
    return pages.went(url_for("organization.owned"), _("Open again."))


def _draw(form: OrganizationForm) -> ResponseReturnValue:
    page = render_template(
        "identity/organization/show.html",
        form=form,
        zones=sorted(organizations.zones()),
        own_second_factor=second_factors.has_any(current_actor().person_id),
    )
    return page, pages.status_of(form)


def _draw_owned(form: pages.PageForm) -> ResponseReturnValue:
    return render_template("identity/organization/owned.html", form=form), pages.status_of(form)

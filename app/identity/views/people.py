"""The page of people: who belongs here as what, who is invited; and what is done about it."""

from collections.abc import Callable

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.people import InviteForm, RoleForm
from app.identity.queries import people as rows
from app.identity.services import invitations, members, plain_words
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import links, pages
from app.platform.commands import Answer
from app.platform.navigation import Way
from app.platform.web import current_actor, reauthenticated, requires
from app.platform.words import said

bp = Blueprint("people", __name__, url_prefix="/o/<slug>/settings/people", template_folder="../templates")

WAYS = (
    Way(
        "People",
        "users",
        "people.index",
        Permission.MEMBERS_MANAGE,
        20,
        place="settings",
        covers=("people.invite", "people.member", "people.change"),
        whatever_plan=True,
    ),
)


@bp.get("")
@requires(Permission.MEMBERS_MANAGE, whatever_plan=True)
@reauthenticated
def index() -> ResponseReturnValue:
    """Members, former members, open invitations; where no mail goes out, the links to hand over."""
    return _draw(pages.PageForm())


@bp.route("/invite", methods=["GET", "POST"])
@requires(Permission.MEMBERS_MANAGE)
@reauthenticated
def invite() -> ResponseReturnValue:
    """Offer somebody a place."""
    actor, form = current_actor(), InviteForm()
    form.offer(rows.givable_roles(actor))
    if request.method == "POST":
        answer = pages.perform(form, lambda: _invite(actor, form))
        if answer:
            return pages.done(answer)
    elif form.role.data is None:
        form.role.data = "maker"
    page = render_template("identity/people/invite.html", form=form, mail_on=_mail_on(), roles=plain_words.ROLES)
    return page, pages.status_of(form)


@bp.get("/<member>")
@requires(Permission.MEMBERS_MANAGE, whatever_plan=True)
@reauthenticated
def member(member: str) -> ResponseReturnValue:
    """One member: what they may, another role, the end of their place."""
    actor = current_actor()
    found = rows.member(actor, members.find(actor, member))
    return _draw_member(actor, found, RoleForm(data={"role": found.role}))


@bp.post("/<member>")
@requires(Permission.MEMBERS_MANAGE)
@reauthenticated
def change(member: str) -> ResponseReturnValue:
    """Another role for a member."""
    actor, form = current_actor(), RoleForm()
    found = rows.member(actor, members.find(actor, member))
    form.offer(rows.givable_roles(actor))
    answer = pages.perform(form, lambda: _change(actor, member, form))
    return pages.done(answer) if answer else _draw_member(actor, found, form)


@bp.post("/<member>/deactivate")
@requires(Permission.MEMBERS_MANAGE, whatever_plan=True)
@reauthenticated
def deactivate(member: str) -> ResponseReturnValue:
    """End somebody's place."""
    actor = current_actor()
    found = rows.member(actor, members.find(actor, member))

    def work() -> Answer:
        members.deactivate(actor, person_id=found.id)
        return pages.went(url_for("people.index"), _("%(name)s can no longer enter.", name=found.name))

    return _button(work)


@bp.post("/<member>/restore")
@requires(Permission.MEMBERS_MANAGE)
@reauthenticated
def restore(member: str) -> ResponseReturnValue:
    """Give somebody the place back."""
    actor = current_actor()
    found = rows.member(actor, members.find(actor, member))

    def work() -> Answer:
        members.restore(actor, person_id=found.id)
        return pages.went(url_for("people.index"), _("%(name)s is back.", name=found.name))

    return _button(work)


@bp.post("/invitations/<invitation>/again")
@requires(Permission.MEMBERS_MANAGE)
@reauthenticated
def send_again(invitation: str) -> ResponseReturnValue:
    """Mail an invitation once more."""
    actor = current_actor()
    found = invitations.find(actor, invitation)

    def work() -> Answer:
        invitations.send_again(actor, invitation_id=found)
        said = _("Sent again.") if _mail_on() else _("Open for another seven days.")
        return pages.went(url_for("people.index"), said)

    return _button(work)


@bp.post("/invitations/<invitation>/withdraw")
@requires(Permission.MEMBERS_MANAGE, whatever_plan=True)
@reauthenticated
def withdraw(invitation: str) -> ResponseReturnValue:
    """Take an invitation back."""
    actor = current_actor()
    found = invitations.find(actor, invitation)

    def work() -> Answer:
        invitations.withdraw(actor, invitation_id=found)
        return pages.went(url_for("people.index"), _("Withdrawn. The link opens nothing now."))

    return _button(work)


def _invite(actor: Actor, form: InviteForm) -> Answer:
    made = invitations.invite(actor, email=form.email.value, role=form.role.data)
    mailed, by_hand = _("Invited %(email)s."), _("%(email)s is invited. Copy the link and hand it over.")
    return pages.went(url_for("people.index"), (mailed if _mail_on() else by_hand) % {"email": made.email})


def _change(actor: Actor, reference: str, form: RoleForm) -> Answer:
    found = rows.member(actor, members.find(actor, reference))
    members.change_role(actor, person_id=found.id, role=form.role.data)
    return pages.went(
        url_for("people.index"),
        _("%(name)s: %(role)s from now on.", name=found.name, role=said(rows.role_names(actor)[form.role.data])),
    )


def _draw_member(actor: Actor, found: rows.MemberRow, form: RoleForm) -> ResponseReturnValue:
    givable = rows.givable_roles(actor)
    form.offer(givable)
    may = found.id != actor.person_id and found.role in givable
    page = render_template("identity/people/member.html", form=form, member=found, may=may, roles=plain_words.ROLES)
    return page, pages.status_of(form)


def _button(work: Callable[[], Answer]) -> ResponseReturnValue:
    form = pages.PageForm()
    answer = pages.perform(form, work)
    return pages.done(answer) if answer else _draw(form)


def _draw(form: pages.PageForm) -> ResponseReturnValue:
    actor = current_actor()
    invited = rows.invitations(actor)
    addresses = {} if _mail_on() else {each.id: _address(each) for each in invited if not each.expired}
    everybody = rows.members(actor)
    page = render_template(
        "identity/people/index.html",
        form=form,
        members=[each for each in everybody if each.deactivated_at is None],
        former=[each for each in everybody if each.deactivated_at is not None],
        invitations=invited,
        addresses=addresses,
        mail_on=_mail_on(),
    )
    return page, pages.status_of(form)


def _address(invitation: rows.InvitationRow) -> str:
    return links.address(invitations.PATH, invitations.PURPOSE, invitation.id)


def _mail_on() -> bool:
    return bool(current_app.config["SMTP_URL"])

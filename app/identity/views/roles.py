"""The page of roles: what each may do, and an organization's own ones."""

from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.roles import OwnRoleForm
from app.identity.models import OwnRole
from app.identity.queries import people as rows
from app.identity.services import own_roles, plain_words, roles
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.navigation import Way
from app.platform.web import current_actor, reauthenticated, requires

bp = Blueprint("roles", __name__, url_prefix="/o/<slug>/settings/roles", template_folder="../templates")

WAYS = (
    Way(
        "Roles",
        "key",
        "roles.index",
        Permission.ROLES_MANAGE,
        30,
        place="settings",
        covers=("roles.new", "roles.edit", "roles.archive"),
    ),
)


@bp.get("")
@requires(Permission.ROLES_MANAGE)
def index() -> ResponseReturnValue:
    """Own roles, then the ready ones."""
    actor = current_actor()
    return render_template(
        "identity/roles/index.html",
        own=[(row, plain_words.grouped(roles.of_text(" ".join(row.permissions)))) for row in rows.own_roles(actor)],
        templates=[
            (words, plain_words.grouped(roles.TEMPLATES[role]), len(roles.TEMPLATES[role]) == len(Permission))
            for role, words in plain_words.ROLES.items()
        ],
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.ROLES_MANAGE)
@reauthenticated
def new() -> ResponseReturnValue:
    """Make a role."""
    actor, form = current_actor(), OwnRoleForm()
    form.offer(own_roles.offered(actor))
    if request.method == "POST":
        answer = pages.perform(form, lambda: _create(actor, form))
        if answer:
            return pages.done(answer)
    return _draw(actor, form, None)


@bp.route("/<role>", methods=["GET", "POST"])
@requires(Permission.ROLES_MANAGE)
@reauthenticated
def edit(role: str) -> ResponseReturnValue:
    """Change a role."""
    actor = current_actor()
    found = own_roles.find(actor, role)
    shown = {"name": found.name, "permissions": found.permissions.split()}
    form = OwnRoleForm(data=shown if request.method == "GET" else None)
    form.offer(own_roles.offered(actor))
    if request.method == "POST":
        role_id = found.id
        answer = pages.perform(form, lambda: _change(actor, role_id, form))
        if answer:
            return pages.done(answer)
        found = own_roles.find(actor, role)
    return _draw(actor, form, found)


@bp.post("/<role>/archive")
@requires(Permission.ROLES_MANAGE)
@reauthenticated
def archive(role: str) -> ResponseReturnValue:
    """Give the role to nobody any more."""
    actor, form = current_actor(), pages.PageForm()
    found = own_roles.find(actor, role)
    role_id, name = found.id, found.name

    def work() -> Answer:
        own_roles.archive(actor, role_id=role_id)
        return pages.went(url_for("roles.index"), _("%(name)s is archived.", name=name))

    answer = pages.perform(form, work)
    if answer:
        return pages.done(answer)
    found = own_roles.find(actor, role)
    drawn = OwnRoleForm(formdata=None, data={"name": found.name, "permissions": found.permissions.split()})
    drawn.offer(own_roles.offered(actor))
    drawn.take_over(form)
    return _draw(actor, drawn, found)


def _create(actor: Actor, form: OwnRoleForm) -> Answer:
    made = own_roles.create(actor, name=form.name.value, permissions=form.chosen())
    return pages.went(url_for("roles.index"), _("%(name)s can be given now.", name=made.name))


def _change(actor: Actor, role_id: UUID, form: OwnRoleForm) -> Answer:
    changed = own_roles.change(actor, role_id=role_id, name=form.name.value, permissions=form.chosen())
    return pages.went(url_for("roles.index"), _("%(name)s is changed, for everybody who has it.", name=changed.name))


def _draw(actor: Actor, form: OwnRoleForm, role: OwnRole | None) -> ResponseReturnValue:
    offered = own_roles.offered(actor)
    beyond = roles.of_text(role.permissions) - offered if role else frozenset()
    page = render_template(
        "identity/roles/edit.html",
        form=form,
        role=role,
        groups=plain_words.grouped(offered),
        chosen=set(form.permissions.data or ()),
        beyond=plain_words.grouped(beyond),
    )
    return page, pages.status_of(form)

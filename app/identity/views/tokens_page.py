"""The page of API tokens: which there are, making one, revoking one."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.identity.forms.tokens import TokenForm
from app.identity.queries import tokens as rows
from app.identity.services import plain_words, tokens
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.ids import parse
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.navigation import Way
from app.platform.web import current_actor, reauthenticated, requires

bp = Blueprint("tokens", __name__, url_prefix="/o/<slug>/settings/tokens", template_folder="../templates")

WAYS = (
    Way(
        "API tokens",
        "key",
        "tokens.index",
        Permission.TOKENS_MANAGE,
        40,
        place="settings",
        covers=("tokens.new",),
        whatever_plan=True,
    ),
)

_PAGE = 50
_FIELDS = {"expires_at": "expires_on"}


@bp.get("")
@requires(Permission.TOKENS_MANAGE, whatever_plan=True)
@reauthenticated
def index() -> ResponseReturnValue:
    """All tokens of the organization, newest first."""
    return _draw(pages.PageForm())


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.TOKENS_MANAGE)
@reauthenticated
def new() -> ResponseReturnValue:
    """Make a token; its text is shown here, once."""
    actor, form = current_actor(), TokenForm()
    form.offer(actor.permissions)
    if request.method == "POST":
        answer = pages.perform(form, lambda: _create(actor, form), _FIELDS)
        if answer:
            shown = {"name": answer.body["name"], "text": answer.shown_once.get("token")}
            return render_template("identity/tokens/made.html", **shown)
    page = render_template(
        "identity/tokens/new.html",
        form=form,
        groups=plain_words.grouped(actor.permissions),
        chosen=set(form.scopes.data or ()),
    )
    return page, pages.status_of(form)


@bp.post("/<token>/revoke")
@requires(Permission.TOKENS_MANAGE, whatever_plan=True)
@reauthenticated
def revoke(token: str) -> ResponseReturnValue:
    """End a token."""
    actor, form = current_actor(), pages.PageForm()
    name = tokens.find(actor, token).name

    def work() -> Answer:
        tokens.revoke(actor, tokens.find(actor, token))
        return pages.went(url_for("tokens.index"), _("%(name)s opens nothing any more.", name=name))

    answer = pages.perform(form, work)
    return pages.done(answer) if answer else _draw(form)


def _create(actor: Actor, form: TokenForm) -> Answer:
    scopes, ends_at = form.chosen(), form.ends_at(actor.zone)
    made, text = tokens.create(actor, name=form.name.value, scopes=scopes, expires_at=ends_at)
    return Answer(200, {"name": made.name}, shown_once={"token": text})


def _draw(form: pages.PageForm) -> ResponseReturnValue:
    actor = current_actor()
    cursor = request.args.get("cursor")
    after = parse(cursor) if cursor else None
    if cursor and after is None:
        raise Invalid.field("cursor", "Is not a cursor of this list.")
    found = rows.tokens(actor, limit=_PAGE + 1, after=after)
    page = render_template(
        "identity/tokens/index.html",
        form=form,
        tokens=found[:_PAGE],
        next_cursor=found[_PAGE - 1].id if len(found) > _PAGE else None,
        now=clock.now(),
        words=plain_words.PERMISSIONS,
    )
    return page, pages.status_of(form)

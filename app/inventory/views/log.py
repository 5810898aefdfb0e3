"""The transaction log: postings, newest first; one posting; taking one back."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.catalog.services import items
from app.inventory.forms.log import LogForm
from app.inventory.forms.lots import ReverseForm
from app.inventory.queries import history, postings
from app.inventory.queries.postings import PostingFilter, PostingRow
from app.inventory.services import adjustment
from app.inventory.views import words
from app.inventory.views.blueprint import bp
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import pages
from app.platform.commands import Answer
from app.platform.web import current_actor, is_htmx, requires

_PAGE = 50
_UNDONE = "Undone"


@bp.get("/log")
@requires(Permission.INVENTORY_VIEW)
def log() -> ResponseReturnValue:
    """The log, filtered; to htmx its further rows."""
    actor = current_actor()
    form = LogForm(request.args)
    form.offer(history.item_names(actor), {kind: word.label for kind, word in words.KINDS.items()})
    wanted = _wanted(actor, form) if form.validate() else PostingFilter()
    page = postings.page(actor, wanted, limit=_PAGE, cursor=request.args.get("cursor"))
    template = "inventory/_log.html" if is_htmx() else "inventory/log.html"
    asked = {name: value for name, value in request.args.items() if name != "cursor"}
    return render_template(template, form=form, log=page, asked=asked), 422 if form.errors else 200


@bp.get("/postings/<posting>")
@requires(Permission.INVENTORY_VIEW)
def posting(posting: str) -> ResponseReturnValue:
    """One posting with its movements and its place in the chain."""
    actor = current_actor()
    found = postings.one(actor, postings.find(actor, posting))
    links = history.numbers_of(actor, [*found.reversed_by, *([found.reverses] if found.reverses else [])])
    shown = {"posting": found, "links": links, "seal": history.seal(actor, found.id)}
    return render_template("inventory/posting.html", reversible=_reversible(found), **shown)


@bp.route("/postings/<posting>/reverse", methods=["GET", "POST"])
@requires(Permission.INVENTORY_REVERSE)
def reverse(posting: str) -> ResponseReturnValue:
    """Ask why, then take it back: the same lots, the same costs."""
    actor = current_actor()
    found = postings.one(actor, postings.find(actor, posting))
    form = ReverseForm()
    answer = pages.perform(form, lambda: _reverse(actor, found.id, form)) if request.method == "POST" else None
    if answer:
        return pages.done(answer)
    text = {
        "title": f"Take back {found.number}",
        "sub": "The same lots, at the same costs. Both entries stay in the log.",
        "button": "Take it back",
    }
    back = url_for("inventory.posting", posting=found.id)
    return pages.draw(form, "inventory/ask.html", "inventory/_ask.html", back=back, crumb=found.number, **text)


def _wanted(actor: Actor, form: LogForm) -> PostingFilter:
    return PostingFilter(
        item_id=items.find(actor, form.item.data, field="item").id if form.item.data else None,
        kind=form.kind.data if form.kind.data in words.KINDS else None,
        since=form.since.value,
        until=form.until.value,
    )


def _reversible(found: PostingRow) -> bool:
    """Whether something is left to take back here; a batch's postings are taken back on the batch's page."""
    by_hand = found.source.type != "batch" and found.kind != "reversal"
    return by_hand and any(line.left_to_reverse for line in found.lines)


def _reverse(actor: Actor, posting_id: UUID, form: ReverseForm) -> Answer:
    posted = adjustment.reverse(actor, posting_id=posting_id, reason=form.reason.value or _UNDONE)
    items_moved = {line.item.id: line.item.code for line in posted.lines}
    first, *more = items_moved.values()
    url = url_for("inventory.posting", posting=str(posted.id)) if more else url_for("inventory.item", item=first)
    return pages.went(url, words.taken_back(actor, posted))

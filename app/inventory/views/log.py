"""The transaction log: postings, newest first; one posting; taking one back."""

from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import items, unit_conversion
from app.inventory.forms.log import LogForm
from app.inventory.forms.lots import ReverseForm, TakeBackForm
from app.inventory.queries import history, postings
from app.inventory.queries.postings import MovementRow, PostingFilter, PostingRow
from app.inventory.services import adjustment
from app.inventory.views import words
from app.inventory.views.blueprint import bp
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.kernel.words import phrase
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
    together = history.together(actor, found.id, found.sequence)
    shown = {"posting": found, "links": links, "seal": history.seal(actor, found.id), "together": together}
    return render_template("inventory/posting.html", reversible=_reversible(found), **shown)


@bp.route("/postings/<posting>/reverse", methods=["GET", "POST"])
@requires(Permission.INVENTORY_REVERSE)
def reverse(posting: str) -> ResponseReturnValue:
    """Ask why, then take it back: the same lots, the same costs."""
    actor = current_actor()
    found = postings.one(actor, postings.find(actor, posting))
    (part, form) = _take_back_form(found)
    fields = {"lines.0.quantity": "quantity", "unit": "quantity"}
    answer = (
        pages.perform(form, lambda: _reverse(actor, found, form, part), fields) if request.method == "POST" else None
    )
    if answer:
        return pages.done(answer)
    text = {
        "title": _("Take back %(number)s", number=found.number),
        "sub": _("The same lots, at the same costs. Both entries stay in the log."),
        "button": _("Take it back"),
    }
    back = url_for("inventory.posting", posting=found.id)
    return pages.draw(form, "inventory/ask.html", "inventory/_ask.html", back=back, crumb=found.number, **text)


@bp.route("/postings/<posting>/reverse-all", methods=["GET", "POST"])
@requires(Permission.INVENTORY_REVERSE)
def reverse_together(posting: str) -> ResponseReturnValue:
    """The same for all that was written in one go with it: a delivery, a stocktake."""
    actor = current_actor()
    found = postings.one(actor, postings.find(actor, posting))
    form = ReverseForm()
    answer = pages.perform(form, lambda: _reverse_all(actor, found.id, form)) if request.method == "POST" else None
    if answer:
        return pages.done(answer)
    text = {
        "title": _("Take back all of it"),
        "sub": _("Everything that was entered together with %(number)s, at the same costs.", number=found.number),
        "button": _("Take it all back"),
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


def _take_back_form(found: PostingRow) -> tuple[MovementRow | None, ReverseForm]:
    """A part may be taken back of what has only one movement."""
    if len(found.lines) != 1:
        return None, ReverseForm()
    (line,) = found.lines
    form = TakeBackForm()
    form.quantity.label.text = phrase(
        "How much of the %(amount)s: left empty, all of it",
        amount=words.amount(line.left_to_reverse, line.item.unit),
    )
    return line, form


def _reverse(actor: Actor, found: PostingRow, form: ReverseForm, part: MovementRow | None) -> Answer:
    lines = None
    if part and isinstance(form, TakeBackForm) and form.quantity.value:
        units = items.units_of(actor, items.find(actor, str(part.item.id)))
        lines = [adjustment.ReversalLine(part.id, unit_conversion.typed(form.quantity.value, units))]
    posted = adjustment.reverse(actor, posting_id=found.id, reason=form.reason.value or _UNDONE, lines=lines)
    items_moved = {line.item.id: line.item.code for line in posted.lines}
    first, *more = items_moved.values()
    url = url_for("inventory.posting", posting=str(posted.id)) if more else url_for("inventory.item", item=first)
    return pages.went(url, words.taken_back(actor, posted))


def _reverse_all(actor: Actor, posting_id: UUID, form: ReverseForm) -> Answer:
    posted = adjustment.reverse_together(actor, posting_id=posting_id, reason=form.reason.value or _UNDONE)
    return pages.went(url_for("inventory.stock"), words.all_taken_back(actor, posted))

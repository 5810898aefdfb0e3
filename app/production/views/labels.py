"""Print labels: choose the batch or the lot, the paper and where to start, see the sheet, take the PDF.

Nothing is changed here, so everything stands in the address: a print can be kept as a bookmark.
"""

from dataclasses import dataclass

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import filters
from app.platform.web import current_actor, requires
from app.production.forms import LabelForm
from app.production.queries import printable
from app.production.services import label_papers, label_sheet, labels, records
from app.production.services.label_layout import LabelText
from app.production.services.label_sheet import Print
from app.production.services.labels import LabelFacts
from app.production.views.batches import bp

_SEARCH_LENGTH = 100


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for: the thing, how to print it, and the address's words for both."""

    facts: LabelFacts
    form: LabelForm
    print: Print
    text: LabelText


@bp.get("/labels")
@requires(Permission.INVENTORY_VIEW)
def print_labels() -> ResponseReturnValue:
    """The sheet as it will be printed; without a thing, those that can be chosen."""
    actor = current_actor()
    facts = _facts(actor)
    if facts is None:
        said = request.args.get("q", "")[:_SEARCH_LENGTH].strip()
        return render_template("production/labels_choose.html", q=said, found=printable.find(actor, said))
    wanted = _wanted(facts)
    return render_template(
        "production/labels.html",
        wanted=wanted,
        papers=label_papers.PAPERS,
        marks=label_sheet.marks(wanted.text, wanted.print.paper.label),
        pages=list(label_sheet.pages(wanted.print)),
        asked=_asked(wanted.form),
    )


@bp.get("/labels.pdf")
@requires(Permission.INVENTORY_VIEW)
def labels_pdf() -> ResponseReturnValue:
    """The PDF of what the page shows."""
    facts = _facts(current_actor())
    wanted = _wanted(facts) if facts else None
    if wanted is None or wanted.form.errors:
        return print_labels()
    answer = Response(label_sheet.pdf(wanted.text, wanted.print), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{wanted.facts.code}-labels.pdf"'
    return answer


def _facts(actor: Actor) -> LabelFacts | None:
    """Of the batch or lot that the address names. raises: NotFound"""
    if request.args.get("batch"):
        return labels.of_batch(actor, records.find(actor, request.args["batch"]))
    if request.args.get("lot"):
        return labels.of_lot(actor, request.args["lot"])
    return None


def _wanted(facts: LabelFacts) -> _Wanted:
    form = LabelForm(formdata=request.args)
    paper = label_papers.PAPERS.get(form.paper.data or "", label_papers.PAPERS[label_papers.DEFAULT])
    form.validate()
    start = min(form.start.value or 1, paper.places)
    count = form.count.value or facts.pieces
    return _Wanted(facts, form, Print(paper, count, start), _text(facts, _weight(facts, form)))


def _weight(facts: LabelFacts, form: LabelForm) -> str:
    """What was typed; a first look shows what is known."""
    if "weight" in request.args:
        return form.weight.value or ""
    return "" if facts.quantity is None else filters.rounded(facts.quantity, facts.unit).striptags()


def _text(facts: LabelFacts, weight: str) -> LabelText:
    lines = (
        weight,
        _("Made on %(day)s", day=filters.day(facts.made_on)) if facts.made_on else "",
        _("Received %(day)s", day=filters.day(facts.received_on)) if facts.received_on else "",
        _("Use by %(day)s", day=filters.day(facts.use_by)) if facts.use_by else "",
    )
    shown = tuple(line for line in lines if line)
    return LabelText(facts.name, facts.code, facts.address, shop=g.organization.name, facts=shown)


def _asked(form: LabelForm) -> dict[str, str]:
    """The address's words, to make other addresses of them."""
    thing = {name: request.args[name] for name in ("batch", "lot") if request.args.get(name)}
    return thing | {field.short_name: field.data for field in form if field.data}

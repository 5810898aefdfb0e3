"""Scan: what the camera sees, or what is typed, opens; a barcode that nothing carries yet finds its item.

A code that leads to another site is named, never followed.
"""

import re
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.catalog.services import barcodes
from app.inventory.forms.barcodes import AttachForm
from app.kernel import barcodes as reading
from app.kernel import ids
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import codes, pages
from app.platform.commands import Answer
from app.platform.pages import PageForm
from app.platform.web import current_actor, is_htmx, requires, runs_wasm
from app.production.queries import scans
from app.production.views.codes import place

bp = Blueprint("scan", __name__, url_prefix="/o/<slug>", template_folder="../templates")

_OURS = re.compile(r"https?://[^/\s]+/q/([A-Za-z0-9_-]{1,64})", re.ASCII)
_ELSEWHERE = re.compile(r"(https?|wifi|mailto|tel|sms|smsto|geo|begin|otpauth|upi|bitcoin|matmsg):", re.IGNORECASE)
_GROUP = "\x1d"  # GS1's separator


@bp.get("/scan")
@requires(Permission.INVENTORY_VIEW)
@runs_wasm
def show() -> ResponseReturnValue:
    """Open what a code stands for; without one, the camera. To htmx the items that a barcode may be attached to."""
    said = request.args.get("code", "")[: barcodes.LONGEST].strip()
    if is_htmx():
        return render_template("production/_barcode_offers.html", **_unknown(said, AttachForm(formdata=None)))
    if not said:
        return render_template("production/scan.html")
    return _opened(said) or render_template("production/scan_unknown.html", **_unknown(said, AttachForm(formdata=None)))


@bp.get("/find")
@requires(Permission.INVENTORY_VIEW)
def find() -> ResponseReturnValue:
    """The address that the scan page had before."""
    return redirect(url_for("scan.show", code=request.args.get("code")))


@bp.post("/scan/attach")
@requires(Permission.CATALOG_EDIT)
def attach() -> ResponseReturnValue:
    """Give an item the barcode that was scanned."""
    form = AttachForm()
    answer = pages.perform(form, lambda: _attach(current_actor(), form))
    if answer:
        return pages.done(answer)
    page, context = "production/scan_unknown.html", _unknown(form.barcode.data or "", form)
    return render_template(page, **context), pages.status_of(form)


@bp.post("/items/<item>/barcode/undo")
@requires(Permission.CATALOG_EDIT)
def put_back(item: str) -> ResponseReturnValue:
    """Take the barcode off again, as it was before."""
    form = PageForm()
    answer = pages.perform(form, lambda: _put_back(current_actor(), item))
    if answer:
        return pages.done(answer)
    if form.problem:
        raise form.problem
    return redirect(url_for("inventory.item", item=item), 303)


def _opened(said: str) -> ResponseReturnValue | None:
    """The page of what `said` stands for, or that says what it is; None for what nothing here carries."""
    ours = _OURS.fullmatch(said)
    if ours and codes.read(ours[1]):
        return redirect(url_for("codes.open_code", token=ours[1]))
    actor = current_actor()
    found = scans.of_code(actor, said) if said.isprintable() else None
    if found:
        return redirect(place(found, g.slug))
    goods = reading.goods(said)
    if goods:
        return _delivered(actor, said, goods)
    if _ELSEWHERE.match(said):
        return render_template(
            "production/scan_elsewhere.html", host=urlsplit(said).hostname if _is_web(said) else None
        )
    return None


def _delivered(actor: Actor, said: str, goods: reading.Goods) -> ResponseReturnValue:
    """A supplier's code: its lot where that is here, else its item with what to do; else the number, to attach."""
    delivery = scans.of_goods(actor, goods)
    if delivery is None:
        number = goods.number.lstrip("0").zfill(13)
        form = AttachForm(formdata=None)
        return render_template("production/scan_unknown.html", **_unknown(number, form))
    return render_template("production/scan_delivery.html", goods=goods, delivery=delivery, code=said)


def _is_web(said: str) -> bool:
    return said.lower().startswith("http")


def _unknown(said: str, form: AttachForm) -> dict[str, Any]:
    """What the page of a code that nothing carries needs. A key of its own for each item's button."""
    wanted = request.args.get("q", "")[: barcodes.LONGEST].strip()
    offered = scans.offers(current_actor(), wanted) if wanted and wanted.isprintable() else ()
    number = reading.is_number(said)
    return {"code": said.replace(_GROUP, " "), "number": number, "q": wanted, "offers": offered, "form": form}


def _attach(actor: Actor, form: AttachForm) -> Answer:
    barcode = form.barcode.value
    done = barcodes.attach(actor, reference=form.item.value, barcode=barcode, sure=form.sure.data == "y")
    item, before, other = done
    undo = url_for(
        "scan.put_back", item=item.code, barcode=barcode, before=before or None, other=other.id if other else None
    )
    text = _("Barcode %(barcode)s now opens %(item)s.", barcode=barcode, item=item.name)
    return pages.went(url_for("inventory.item", item=item.code), text, undo)


def _put_back(actor: Actor, reference: str) -> Answer:
    said = request.args
    other: UUID | None = ids.parse(said.get("other", ""))
    item = barcodes.put_back(
        actor, reference=reference, barcode=said.get("barcode", ""), before=said.get("before") or None, other_id=other
    )
    return pages.went(url_for("inventory.item", item=item.code), _("The barcode is as it was before."))

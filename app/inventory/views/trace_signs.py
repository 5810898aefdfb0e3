"""What stands beside a place of a trace, in picture and tree: its name, two words about it, where it leads."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.inventory.queries.trace import Node, Trace
from app.inventory.views.trace_graph import Graph, Place
from app.inventory.views.words import KINDS
from app.kernel import numbers
from app.platform import filters
from app.platform.words import said

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """A place in words. `code`: the title is a code. `url` opens it."""

    title: str
    code: bool
    lines: tuple[str, ...]
    url: str


def amount(micro: int | Fraction, unit: str) -> str:
    """A quantity in at most four digits, or all of its whole ones; what is not zero never reads as 0."""
    exact = numbers.from_micro(round(micro))
    places = max(0, _DIGITS - 1 - exact.adjusted()) if exact else 0
    return f"{filters.number(round(exact, places))} {unit}".strip()


class Signs:
    """The signs of one trace. `opened`: the layers that were asked to show all they hold."""

    def __init__(self, trace: Trace, drawn: Graph, opened: Iterable[int] = ()) -> None:
        self._trace, self._graph, self._opened = trace, drawn, set(opened)

    def of(self, place: Place) -> Sign:
        """The sign of a place."""
        return {
            "lot": self._lot,
            "made": self._made,
            "batch": self._batch,
            "supplier": self._supplier,
            "sale": self._sale,
            "disposal": self._disposal,
            "here": self._here,
            "shelf": self._shelf,
            "more": self._more,
        }[place.kind](place)

    def _lot(self, place: Place) -> Sign:
        node = place.nodes[0]
        if place.key == self._graph.focus:
            return Sign(node.label, True, (_name(node),), self._lot_url(node))
        return Sign(_name(node), False, tuple(filter(None, (node.label, node.supplier_lot))), self._lot_url(node))

    def _made(self, place: Place) -> Sign:
        batch = next(node for node in place.nodes if node.type == "batch")
        lot = place.lot
        name = _name(lot) if lot else ""
        title = lot.label if lot and place.key == self._graph.focus else batch.label
        made = _("%(amount)s made", amount=amount(lot.quantity or 0, lot.unit or "")) if lot else ""
        return Sign(title, True, tuple(filter(None, (name, made))), self._batch_url(batch))

    def _batch(self, place: Place) -> Sign:
        node = place.nodes[0]
        leads_on = bool(self._graph.out_of(place.key))
        return Sign(
            node.label, True, (_("Batch") if leads_on else _("Batch, nothing came of it yet"),), self._batch_url(node)
        )

    def _supplier(self, place: Place) -> Sign:
        numbers_ = [place.lot.supplier_lot for place in self._beyond(place) if place.lot and place.lot.supplier_lot]
        theirs = numbers_[0] if len(numbers_) == 1 and numbers_[0] else ""
        label = place.nodes[0].label
        return Sign(label, False, (theirs,) if theirs else (), self._search(theirs or label))

    def _sale(self, place: Place) -> Sign:
        node, times = place.nodes[0], len(place.nodes)
        title = node.label if node.label != node.number else said(KINDS[node.kind or ""].did)
        days = sorted(each.business_date for each in place.nodes if each.business_date)
        first = filters.day(days[0]) if days else ""
        when = first if times == 1 else ngettext("%(num)s time", "%(num)s times", times)
        return Sign(title, False, (when,), self._end_url(place))

    def _disposal(self, place: Place) -> Sign:
        node, times = place.nodes[0], len(place.nodes)
        why = node.label if node.label != node.number else ""
        when = "" if times == 1 else ngettext("%(num)s time", "%(num)s times", times)
        return Sign(said(KINDS[node.kind or ""].did), False, tuple(filter(None, (why, when))), self._end_url(place))

    def _here(self, place: Place) -> Sign:
        return Sign(_("Still here"), False, (_("on the shelf"),), self._item_url(place.nodes[0]))

    def _shelf(self, place: Place) -> Sign:
        lots = len(place.nodes)
        return Sign(_("On the shelf"), False, (ngettext("%(num)s lot", "%(num)s lots", lots),), f"{self._page()}#now")

    def _more(self, place: Place) -> Sign:
        number = len(place.nodes)
        opened = ",".join(str(layer) for layer in sorted(self._opened | {place.layer}))
        title = {
            "batch": ngettext("+%(num)s more batch", "+%(num)s more batches", number),
            "lot": ngettext("+%(num)s more lot", "+%(num)s more lots", number),
            "supplier": ngettext("+%(num)s more supplier", "+%(num)s more suppliers", number),
            "sale": ngettext("+%(num)s more customer", "+%(num)s more customers", number),
        }.get(place.key.rpartition(" ")[2], ngettext("+%(num)s more", "+%(num)s more", number))
        return Sign(title, False, (_("Show them"),), f"{self._page(opened)}#picture")

    def _beyond(self, place: Place) -> list[Place]:
        return [self._graph.places[way.to] for way in self._graph.out_of(place.key)]

    def _page(self, opened: str | None = None) -> str:
        return url_for("inventory.lot", lot=self._trace.lot.fifo_code, open=opened)

    def _end_url(self, place: Place) -> str:
        if len(place.nodes) > 1:
            return f"{self._page()}#now"
        return url_for("inventory.posting", posting=str(place.nodes[0].id))

    def _batch_url(self, node: Node) -> str:
        if "production.batch" in current_app.view_functions:
            return url_for("production.batch", batch=node.label)
        return self._page()

    @staticmethod
    def _lot_url(node: Node) -> str:
        return url_for("inventory.lot", lot=node.label)

    @staticmethod
    def _item_url(node: Node) -> str:
        return url_for("inventory.item", item=node.item.code if node.item else "")

    @staticmethod
    def _search(text: str) -> str:
        return url_for("inventory.traces", q=text)


def _name(node: Node) -> str:
    return node.item.name if node.item else ""

"""A recall: from the supplier's number to every product, customer and shelf; all of it held, on paper, as a file."""

import csv
import io
import re
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import expect

from app.kernel.actor import Actor
from app.kernel.numbers import plain
from tests import cast
from tests.inventory.storeroom import Storeroom
from tests.journeys.looks import LOOKS
from tests.journeys.maker import Maker
from tests.ledger.workshop import Workshop, batch

_MEETING = """svg => {
  const boxes = [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect());
  const whole = svg.getBoundingClientRect();
  const cut = boxes.filter(b => b.left < whole.left - 1 || b.right > whole.right + 1 || b.bottom > whole.bottom + 1);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 4 && b.top < a.bottom - 4;
  return cut.length + boxes.filter((a, n) => boxes.slice(n + 1).some(b => meet(a, b))).length;
}"""


@pytest.mark.browser
@pytest.mark.heavy
@LOOKS
def test_a_recall(maker: Maker, app: Flask, owner: Actor, width: int) -> None:
    with app.app_context():
        _deliver_make_and_sell(owner)
    page = maker.page
    maker.go("/trace")

    page.get_by_label("Which lot?").fill("hv-0417")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Lavender oil").click()
    expect(page.get_by_text("Accounted for 1,000 of 1,000 g")).to_be_visible()
    for name in ("Harbor Street Market", "Juniper & Co.", "Hollow Tree"):
        expect(page.get_by_role("link", name=re.compile(re.escape(name))).locator("visible=true").first).to_be_visible()
    if width > 720:
        assert page.locator("svg.tracer").evaluate(_MEETING) == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    maker.picture("recall-trace")

    page.get_by_role("link", name="Hold all").click()
    expect(page.get_by_text("This will be put on hold")).to_be_visible()
    maker.picture("recall-hold-all")
    page.get_by_role("button", name=re.compile(r"Hold 3 lots")).click()
    expect(page.get_by_text("Put 3 lots on hold.")).to_be_visible()
    expect(page.get_by_text("On hold: nothing uses it")).to_be_visible()
    maker.picture("recall-held")
    maker.undo()
    maker.go("/lots/LAV")
    expect(page.get_by_role("link", name="Hold all")).to_be_visible()

    file = page.request.get(f"{page.url}/trace.csv").text()
    went = {(row["to"], row["quantity"]) for row in csv.DictReader(io.StringIO(file))}
    assert {("Harbor Street Market", "36"), ("Juniper & Co.", "56"), ("on the shelf", "412")} <= went

    page.get_by_role("link", name="Print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Trace of LAV")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator("svg.tracer")).to_be_visible()
    maker.picture("recall-paper")
    assert maker.complaints == []


def _deliver_make_and_sell(owner: Actor) -> None:
    """1,000 g of HV-0417 in three batches, one of them packed into boxes; 96 pieces sold to two shops."""
    room, shop = Storeroom(cast.api(owner)), Workshop(owner)
    oil, bars, boxes = room.item("Lavender oil", "g"), room.item("Lavender bar", "each"), room.item("Gift box", "each")
    room.receive(oil, "1000", "0.118", supplier="Hollow Tree", supplier_lot="HV-0417", fifo_code="LAV")
    for label, grams, made in (("LAV-012", "88", "40"), ("LAV-013", "200", "60"), ("LAV-014", "300", "80")):
        making = batch(label)
        used = shop.consume(making, needs=[(UUID(oil["id"]), grams)])
        shop.produce(making, UUID(bars["id"]), made, plain(-used.total_cost), fifo_code=label)
    packing = batch("BOX-001")
    room.issue(bars, "36", "sale", to="Harbor Street Market")
    room.issue(bars, "60", "sale", to="Juniper & Co.")
    used = shop.consume(packing, needs=[(UUID(bars["id"]), "20")])
    shop.produce(packing, UUID(boxes["id"]), "10", plain(-used.total_cost), fifo_code="BOX-001")

"""A lot's page and its trace, the log, one posting, and taking one back."""

import csv
import io
import re

import pytest

from app.identity.services.organizations import OrganizationFacts
from app.kernel import ids
from app.kernel.actor import Actor
from tests.inventory.desk import Desk, at_desk, typed_in, words
from tests.inventory.storeroom import Body, Storeroom


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def lavender(room: Storeroom) -> Body:
    """A lot of 1,000 g, LAV-1, from Hollow Tree; 300 g sold, 50 g spoiled."""
    item = room.item("Lavender oil", "g")
    room.receive(item, "1000", "0.1", fifo_code="LAV-1", supplier="Hollow Tree", supplier_lot="HT-26")
    room.issue(item, "300", "sale", to="Juniper & Co.")
    room.issue(item, "50", "spoil", reason="left open")
    return item


class TestLot:
    def test_it_says_where_it_came_from_and_where_it_went(self, desk: Desk, lavender: Body) -> None:
        told = words(desk.see("/lots/LAV-1"))
        assert "Came in 1,000 g Hollow Tree HT-26" in told
        assert "Sold 300 g" in told
        assert "Otherwise gone 50 g" in told
        assert "Still here 650 g $65.00" in told
        assert "LAV-1 this lot Juniper & Co. sold 300 g" in told
        assert re.search(r"Hollow Tree LAV-1 this lot, theirs HT-26 1,000 g", told)

    def test_the_picture_says_the_same(self, desk: Desk, lavender: Body) -> None:
        picture = re.search(r"<svg class=\"tracer.*?</svg>", desk.see("/lots/lav-1"), re.DOTALL)
        assert picture
        assert picture[0].count('<path class="flow ') == 4
        said = words(re.sub("<title>.*?</title>", "", picture[0]))
        assert said.startswith("Came from This lot Went into")
        assert sorted(re.findall("[0-9,]+ g", said)) == ["1,000 g", "300 g", "50 g", "650 g"]
        for name in ("Hollow Tree HT-26", "LAV-1 Lavender oil", "Juniper & Co.", "Spoiled left open", "Still here"):
            assert name in said

    def test_every_place_of_the_picture_leads_on(self, desk: Desk, lavender: Body) -> None:
        picture = re.search(r"<svg class=\"tracer.*?</svg>", desk.see("/lots/LAV-1"), re.DOTALL)
        assert picture
        places = re.findall(r'<a href="([^"]+)"', picture[0])
        assert len(places) == picture[0].count('<rect class="bar')
        for url in places:
            assert desk.browser.get(url.partition("#")[0]).status_code == 200, url

    def test_all_that_came_in_is_accounted_for(self, desk: Desk, lavender: Body) -> None:
        assert "Accounted for 1,000 of 1,000 g" in words(desk.see("/lots/LAV-1"))

    def test_the_tree_says_the_same_for_a_phone(self, desk: Desk, lavender: Body) -> None:
        tree = re.search(r'<div class="only-s">(.*?)</div>', desk.see("/lots/LAV-1"), re.DOTALL)
        assert tree
        assert words(tree[1]).startswith("Came from Hollow Tree 1,000 g · HT-26 Went into Still here 650 g")

    def test_the_paper_says_the_same_and_shows_no_costs_to_who_may_not_see_them(
        self, desk: Desk, lavender: Body, viewer: Actor, organization: OrganizationFacts
    ) -> None:
        told = words(desk.see("/lots/LAV-1/trace/print"))
        assert all(said in told for said in ("Trace of LAV-1", "Accounted for 1,000 of 1,000 g", "Juniper & Co."))
        for path in ("/lots/LAV-1/trace/print", "/lots/LAV-1"):
            assert "$" not in words(at_desk(viewer, organization.slug).see(path))

    def test_a_lot_that_nothing_is_known_of_has_no_picture(self, desk: Desk, room: Storeroom) -> None:
        room.receive(room.item("Salt", "g"), "1", fifo_code="S-1")
        page = desk.see("/lots/S-1")
        assert "tracer" not in page
        assert "all of it is still here" in words(page)

    def test_the_csv_says_the_same(self, desk: Desk, lavender: Body) -> None:
        answer = desk.get("/lots/LAV-1/trace.csv")
        assert answer.headers["Content-Disposition"] == 'attachment; filename="trace-LAV-1.csv"'
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [(row["direction"], row["from"], row["to"], row["quantity"], row["unit"]) for row in rows] == [
            ("came from", "Hollow Tree", "LAV-1", "1000", "g"),
            ("went to", "LAV-1", "Juniper & Co.", "300", "g"),
            ("went to", "LAV-1", "left open", "50", "g"),
            ("still here", "LAV-1", "on the shelf", "650", "g"),
        ]

    def test_no_cell_of_the_csv_is_a_formula(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Salt", "g")
        room.receive(item, "2", fifo_code="S-1", supplier='=HYPERLINK("http://x")')
        for each in ("@SUM(A1)", "\uff1d1+1", "\uff0b1", "\u00a0=1"):
            room.issue(item, "0.1", "gift", to=each)
        text = desk.get("/lots/S-1/trace.csv").text
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert {cell.strip()[:1] for cell in cells} & set("=+-@\uff1d\uff0b") == set()
        assert "'\uff1d1+1" in cells

    def test_hold_release_and_relabel_each_ask_why(self, desk: Desk, lavender: Body, room: Storeroom) -> None:
        assert desk.send("/lots/LAV-1/hold", reason="").status_code == 422
        assert "Put on hold: LAV-1." in words(desk.done("/lots/LAV-1/hold", reason="smells rancid"))
        assert room.see(lavender)["available"] == "0"
        assert "Released: LAV-1." in words(desk.done("/lots/LAV-1/release", reason="it is fine"))
        assert room.see(lavender)["available"] == "650"
        said = {"expires_on": "2030-05-01", "supplier_lot": "HT-27", "reason": "misread"}
        page = words(desk.done("/lots/LAV-1/relabel", said))
        assert "use by May 1, 2030" in page
        assert "Hollow Tree HT-27" in page
        assert all(word in page for word in ("smells rancid", "it is fine", "misread"))

    def test_an_empty_field_of_the_label_is_taken_off(self, desk: Desk, lavender: Body) -> None:
        desk.done("/lots/LAV-1/relabel", expires_on="2030-05-01", supplier_lot="", reason="misread")
        form = desk.drawn("/lots/LAV-1/relabel")
        assert (form["expires_on"], form["supplier_lot"]) == ("2030-05-01", "")

    def test_the_forms_come_as_drawers_too(self, desk: Desk, lavender: Body) -> None:
        for name in ("hold", "relabel"):
            part = desk.see(f"/lots/LAV-1/{name}", htmx=True)
            assert "<html" not in part
            assert f'hx-post="{desk.url("/lots/LAV-1/" + name)}"' in part
        refused = desk.send("/lots/LAV-1/hold", htmx=True, reason="")
        assert (refused.status_code, "<html" in refused.text) == (422, False)
        done = desk.send("/lots/LAV-1/hold", htmx=True, reason="smells")
        assert done.headers["HX-Redirect"] == desk.url("/lots/LAV-1")

    def test_a_lot_that_is_not_on_hold_cannot_be_released(self, desk: Desk, lavender: Body) -> None:
        answer = desk.send("/lots/LAV-1/release", reason="why not")
        assert answer.status_code == 409
        assert typed_in(answer.text)["reason"] == "why not"

    @pytest.mark.parametrize(
        ("field", "text"),
        [
            ("expires_on", "0001-01-01"),
            ("expires_on", "9999-12-31"),
            ("expires_on", "soon"),
            ("supplier_lot", "x" * 121),
            ("reason", "a\x00b"),
            ("reason", "x" * 1_001),
        ],
    )
    def test_what_cannot_be_is_said_at_its_field(self, desk: Desk, lavender: Body, field: str, text: str) -> None:
        answer = desk.send("/lots/LAV-1/relabel", {"reason": "misread", field: text})
        assert answer.status_code == 422
        assert f'id="{field}-say"' in answer.text
        assert typed_in(answer.text)[field] == text


class TestLog:
    def test_it_is_newest_first_with_amounts_costs_and_people(self, desk: Desk, lavender: Body) -> None:
        told = words(desk.see("/log"))
        spoiled, sold, received = (told.index(f"{word} Lavender oil") for word in ("Spoiled", "Sold", "Received"))
        assert spoiled < sold < received
        assert re.search(r"Sold Lavender oil Juniper & Co\. −300 g −\$30\.00 .{0,30} Ines Fernandes SAL-000001", told)

    @pytest.mark.parametrize(
        ("query", "shown"),
        [
            ("kind=sale", ["SAL-000001"]),
            ("item=lavender-oil&kind=spoil", ["SPL-000001"]),
            ("item=salt", ["RCP-000002"]),
            ("from=2199-01-01", []),
            ("to=1999-01-01", []),
            ("kind=nonsense", ["RCP-000002", "SPL-000001", "SAL-000001", "RCP-000001"]),
        ],
    )
    def test_it_can_be_narrowed(
        self, desk: Desk, lavender: Body, room: Storeroom, query: str, shown: list[str]
    ) -> None:
        room.receive(room.item("Salt", "g"), "1")
        assert re.findall(r"[A-Z]{3}-\d{6}", words(desk.see(f"/log?{query}"))) == shown

    @pytest.mark.parametrize("query", ["from=0001-01-01", "to=9999-12-31", "from=soon", "from=%00", "to=" + "9" * 500])
    def test_a_day_that_cannot_be_is_said_at_its_field(self, desk: Desk, query: str) -> None:
        answer = desk.get(f"/log?{query}")
        assert answer.status_code == 422
        assert re.search(r'id="(from|to)-say"', answer.text)

    def test_further_pages_follow_and_keep_the_filter(self, desk: Desk, room: Storeroom) -> None:
        item = room.item("Salt", "g")
        for _ in range(52):
            room.receive(item, "1")
        first = desk.see("/log?kind=receipt")
        more = re.search(r'hx-get="/o/[^/]+(/log\?[^"]+)"', first)
        assert more
        assert "kind=receipt" in more[1]
        rest = desk.see(more[1].replace("&amp;", "&"), htmx=True)
        numbers = [*re.findall(r"RCP-\d{6}", words(first)), *re.findall(r"RCP-\d{6}", words(rest))]
        assert numbers == [f"RCP-{n:06d}" for n in range(52, 0, -1)]


class TestPosting:
    def test_it_shows_its_movements_and_its_place_in_the_chain(
        self, desk: Desk, lavender: Body, room: Storeroom
    ) -> None:
        sale = room.postings(lavender)[1]
        told = words(desk.see(f"/postings/{sale['id']}"))
        assert "Sold SAL-000001" in told
        assert "Lavender oil LAV-1 −300 g $100.00 /kg −$30.00 700" in told
        assert "Entry 2 of the ledger" in told
        assert re.search(r"\b[0-9a-f]{64}\b", told)

    def test_taking_it_back_asks_why_and_links_both(self, desk: Desk, lavender: Body, room: Storeroom) -> None:
        sale = room.postings(lavender)[1]["id"]
        page = desk.done(f"/postings/{sale}/reverse", reason="wrong customer")
        assert "Took back" in words(page)
        assert room.stock(lavender)[0] == "950"
        told = words(desk.see(f"/postings/{sale}"))
        assert "Taken back by REV-000001" in told
        assert "Take it back" not in told

    def test_what_was_used_since_stands_in_the_way_and_is_named(
        self, desk: Desk, lavender: Body, room: Storeroom
    ) -> None:
        receipt = room.postings(lavender)[-1]["id"]
        answer = desk.send(f"/postings/{receipt}/reverse", reason="wrong delivery")
        assert answer.status_code == 409
        assert "SAL-000001" in words(answer.text)
        assert typed_in(answer.text)["reason"] == "wrong delivery"
        assert room.stock(lavender)[0] == "650"

    def test_sent_twice_it_is_taken_back_once(self, desk: Desk, lavender: Body, room: Storeroom) -> None:
        sale, key = room.postings(lavender)[1]["id"], str(ids.uuid7())
        for _ in range(2):
            assert desk.send(f"/postings/{sale}/reverse", key=key, reason="wrong").status_code == 303
        assert room.stock(lavender)[0] == "950"

"""A recall: from the supplier's number to all that is left of it, held at once, and let go again."""

import html
import re
from uuid import UUID

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import proofs, trace
from app.inventory.services import adjustment
from app.inventory.views import trace_graph, trace_picture, trace_table
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Storeroom
from tests.ledger.workshop import Workshop, batch


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def shop(database: Flask, owner: Actor) -> Workshop:
    """The same organization, for what batches do to stock."""
    return Workshop(owner)


@pytest.fixture
def flour(room: Storeroom, shop: Workshop) -> UUID:
    """1,000 g of S, the mill's M-77: 300 g in dough B1, 600 g in B2; B3 took 50 and gave nothing."""
    flour, dough = room.item("Flour", "g"), room.item("Dough", "g")
    room.receive(flour, "1000", "0.01", supplier="Mill", supplier_lot="M-77", fifo_code="S")
    for label, taken, made in (("B1", "300", "500"), ("B2", "600", "900"), ("B3", "50", None)):
        making = batch(label)
        shop.consume(making, needs=[(UUID(flour["id"]), taken)])
        if made:
            shop.produce(making, UUID(dough["id"]), made, "1", fifo_code=label)
    room.issue(dough, "20", "sale", to="Bakery")
    return UUID(flour["id"])


class TestSearch:
    @pytest.mark.parametrize("said", ["m-77", "S", "flour", "MILL"])
    def test_a_lot_is_found_by_all_that_it_is_known_by(self, desk: Desk, flour: UUID, said: str) -> None:
        page = desk.see(f"/trace?q={said}")
        assert f'href="{desk.url("/lots/S")}"' in page

    @pytest.mark.parametrize("said", ["nowhere", "%00", "x" * 500])
    def test_what_is_nowhere_finds_nothing(self, desk: Desk, flour: UUID, said: str) -> None:
        assert f'href="{desk.url("/lots/S")}"' not in desk.see(f"/trace?q={said}")

    def test_unasked_it_shows_what_came_last_first(self, desk: Desk, flour: UUID) -> None:
        page = desk.see("/trace")
        places = [page.index(f'href="{desk.url(f"/lots/{lot}")}"') for lot in ("B2", "B1", "S")]
        assert places == sorted(places)


class TestHoldAll:
    def test_it_says_first_what_it_will_hold_and_what_it_cannot(self, desk: Desk, flour: UUID) -> None:
        said = words(desk.see("/lots/S/hold-all", htmx=True))
        assert "This will be put on hold S Flour 50 g B1 Dough 480 g B2 Dough 900 g" in said
        assert "B3 took some of it" in said
        assert "Hold 3 lots" in said

    def test_it_holds_the_lot_and_all_that_was_made_of_it_with_one_entry(
        self, desk: Desk, room: Storeroom, flour: UUID
    ) -> None:
        page = words(desk.done("/lots/S/hold-all", reason="the mill called"))
        assert "Put 3 lots on hold." in page
        assert "Undo" in page
        assert [lot["status"] for lot in room.api.get("/lots").get_json()["data"]] == ["on_hold"] * 3
        assert len([row for row in room.api.get("/postings").get_json()["data"] if row["kind"] == "hold"]) == 1

    def test_undo_lets_go_what_it_held_and_nothing_else(self, desk: Desk, room: Storeroom, flour: UUID) -> None:
        desk.done("/lots/B2/hold", reason="looks odd")
        desk.done("/lots/S/hold-all", reason="the mill called")
        held = next(row for row in room.api.get("/postings").get_json()["data"] if row["kind"] == "hold")
        assert desk.send(f"/postings/{held['id']}/release").status_code == 303
        status = {lot["fifo_code"]: lot["status"] for lot in room.api.get("/lots").get_json()["data"]}
        assert status == {"S": "open", "B1": "open", "B2": "on_hold"}

    def test_what_was_released_by_hand_since_is_left_alone(self, desk: Desk, room: Storeroom, flour: UUID) -> None:
        desk.done("/lots/S/hold-all", reason="the mill called")
        held = next(row for row in room.api.get("/postings").get_json()["data"] if row["kind"] == "hold")
        for lot in ("S", "B1", "B2"):
            desk.done(f"/lots/{lot}/release", reason="fine")
        desk.send(f"/postings/{held['id']}/release")
        released = [row for row in room.api.get("/postings").get_json()["data"] if row["kind"] == "release"]
        assert len(released) == 3

    def test_where_nothing_is_left_to_hold_it_is_refused(self, desk: Desk, flour: UUID) -> None:
        desk.done("/lots/S/hold-all", reason="the mill called")
        answer = desk.send("/lots/S/hold-all", reason="once more")
        assert answer.status_code == 409
        assert "Nothing is left to hold" in words(answer.text)

    def test_a_viewer_may_not(self, viewer: Actor, organization: OrganizationFacts, flour: UUID) -> None:
        assert at_desk(viewer, organization.slug).get("/lots/S/hold-all").status_code == 403

    def test_the_books_still_prove(
        self, desk: Desk, room: Storeroom, flour: UUID, owner: Actor, shop: Workshop
    ) -> None:
        before = shop.look(lambda: proofs.of(owner.organization_id).findings)
        desk.done("/lots/S/hold-all", reason="the mill called")
        held = next(row for row in room.api.get("/postings").get_json()["data"] if row["kind"] == "hold")
        desk.send(f"/postings/{held['id']}/release")
        assert shop.look(lambda: proofs.of(owner.organization_id).findings) == before

    def test_releasing_an_entry_that_held_nothing_is_refused(
        self, flour: UUID, owner: Actor, room: Storeroom, shop: Workshop
    ) -> None:
        sale = UUID(room.api.get("/postings").get_json()["data"][0]["id"])
        with pytest.raises(Conflict):
            shop.do(lambda: adjustment.release_all(owner, posting_id=sale, reason="x"))


class TestWide:
    def test_beyond_eight_the_rest_stand_together_until_they_are_opened(
        self, room: Storeroom, owner: Actor, desk: Desk, shop: Workshop
    ) -> None:
        salt, dough = room.item("Salt", "g"), room.item("Dough", "g")
        room.receive(salt, "600", "0.01", supplier="Mine", fifo_code="SALT")
        for n in range(20):
            making = batch(f"B{n}")
            shop.consume(making, needs=[(UUID(salt["id"]), "10")])
            shop.produce(making, UUID(dough["id"]), "30", "1", fifo_code=f"B{n}")
        page = desk.see("/lots/SALT")
        assert "+14 more batches" in words(page)
        found = shop.look(lambda: trace.trace(owner, _id(room, "SALT")))
        whole = trace_graph.graph(found)
        assert sum(way.share for way in trace_graph.grouped(whole).ways if way.start == whole.focus) == 1
        assert len(trace_graph.grouped(whole).places) < len(trace_graph.grouped(whole, [1]).places) == len(whole.places)
        assert "+14 more batches" not in words(
            desk.see("/lots/SALT?open=1").partition("Where it is now")[0].split("only-s")[0]
        )

    def test_long_lists_begin_with_a_few_and_nothing_of_the_rest_is_lost(
        self, room: Storeroom, desk: Desk, shop: Workshop
    ) -> None:
        salt, dough = room.item("Salt", "g"), room.item("Dough", "g")
        room.receive(salt, "600", "0.01", fifo_code="SALT")
        labels = {f"D-{n:02}" for n in range(20)}
        for label in sorted(labels):
            making = batch(f"B{label}")
            shop.consume(making, needs=[(UUID(salt["id"]), "10")])
            shop.produce(making, UUID(dough["id"]), "30", "1", fifo_code=label)
        page = desk.see("/lots/SALT")
        holders = page.partition('id="now"')[2].partition("</section>")[0]
        assert len(_codes(holders) & labels) == 7, "and the lot itself"
        assert "Show 40 steps" in words(page)
        assert "+13 more" in words(page.partition('<div class="only-s">')[2])
        rest = desk.see("/lots/SALT?show=now", htmx=True)
        assert _codes(holders) & labels | _codes(rest) == labels
        assert not _codes(holders) & _codes(rest)
        assert _codes(desk.see("/lots/SALT?show=on", htmx=True)) == labels
        assert "more" not in words(desk.see("/lots/SALT?show=tree", htmx=True))
        for show, some in (("now", labels), ("on", labels)):
            assert some <= _codes(desk.see(f"/lots/SALT?show={show}"))

    def test_the_log_of_a_lot_goes_on_to_its_first_day(self, room: Storeroom, desk: Desk) -> None:
        salt = room.item("Salt", "g")
        room.receive(salt, "100", "0.01", fifo_code="SALT")
        for n in range(10):
            room.issue(salt, str(n + 1), "sale", to=f"Guest {n}")
        desk.done("/lots/SALT/hold", reason="smells odd")
        log = desk.see("/lots/SALT").partition("In the log")[2]
        said = words(log)
        assert re.search(r"smells odd.*Guest 9 −10 g −\$0\.10", said)
        assert ("Guest 3" in said, "Guest 2" in said) == (True, False)
        more = re.search(r'hx-get="([^"]+show=log[^"]+)"', log)
        assert more
        url = html.unescape(more[1]).removeprefix(desk.url(""))
        rest = desk.see(url, htmx=True)
        assert ("Guest 2" in rest, "Guest 3" in rest, "+100 g" in words(rest)) == (True, False, True)
        assert "show=log" not in rest
        assert "Guest 2" in desk.see(url).partition("In the log")[2]

    def test_how_much_of_the_lot_each_holds_adds_up(
        self, flour: UUID, owner: Actor, room: Storeroom, shop: Workshop
    ) -> None:
        found = shop.look(lambda: trace.trace(owner, _id(room, "S")))
        held = [holder.held for holder in trace_table.holders(found, trace_graph.graph(found))]
        assert None not in held
        assert sum(each or 0 for each in held) == 950_000_000  # and 50 g in B3
        picture = shop.look(lambda: trace_graph.graph(found))
        assert picture.focus

    def test_a_lot_that_only_lies_there_has_no_picture(self, room: Storeroom, owner: Actor, shop: Workshop) -> None:
        room.receive(room.item("Salt", "g"), "1", fifo_code="S-1")
        found = shop.look(lambda: trace.trace(owner, _id(room, "S-1")))
        assert trace_picture.draw(found, trace_graph.graph(found)) is None


def _codes(page: str) -> set[str]:
    return set(re.findall(r"\bD-\d\d\b", page))


def _id(room: Storeroom, code: str) -> UUID:
    return UUID(room.api.get(f"/lots/{code}").get_json()["id"])

"""The bench: ticks, timers, notes, other amounts and other lots; steps taken back; what it costs to ask."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import proofs
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import codes, tenancy
from app.production.queries import bench, ruler, timers
from app.production.services import timers as timing
from tests import cast
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Body
from tests.production.test_statements import counted
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    """Three lots: 300 g for 3.00, 300 g for 6.00, 900 g for 9.00."""
    item = shop.item("Olive oil", "g")
    for code, quantity, cost in (("OLD", "300", "3"), ("MID", "300", "6"), ("NEW", "900", "9")):
        shop.receive(item, quantity, None, total_cost=cost, fifo_code=code)
    return item


@pytest.fixture
def lye(shop: Workshop) -> Body:
    item = shop.item("Lye", "g")
    shop.receive(item, "100", None, total_cost="1", fifo_code="LYE")
    return item


@pytest.fixture
def batch(shop: Workshop, oil: Body, lye: Body) -> Body:
    """4 bars of 400 g oil and 50 g lye, on the bench."""
    soap = shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"), of(lye, "50"), prefix="SOAP")
    planned = shop.plan(soap)
    return shop.do(planned, "start")


def path(batch: Body, rest: str = "") -> str:
    """Below the batch's bench."""
    return f"/batches/{batch['label']}/bench{rest}"


class TestTicking:
    def test_one_line_at_a_time_with_its_lots_and_readings(self, desk: Desk, batch: Body) -> None:
        said = words(desk.see(path(batch)))
        assert "0 of 2" in said
        assert re.search(
            r"Olive oil 400 g .*1 OLD Change lot at 300 g ?\. Empty it\. 300 g 2 MID Pour on to 400 g ?\.", said
        )
        assert "Weighed 400 g" in said
        assert "Next: Lye, 50 g" in said

    def test_a_tick_leads_to_the_next_and_the_last_to_finishing(self, desk: Desk, batch: Body) -> None:
        said = words(desk.done(path(batch, "/1/tick")))
        assert "1 of 2" in said
        assert "Olive oil is weighed." in said
        assert "Weighed 50 g" in said
        assert "Everything is weighed" in words(desk.done(path(batch, "/2/tick")))

    def test_to_htmx_the_answer_is_the_bench_alone(self, desk: Desk, batch: Body) -> None:
        answer = desk.send(path(batch, "/1/tick"), htmx=True)
        assert answer.status_code == 303
        fragment = desk.see(answer.location.partition(desk.slug)[2], htmx=True)
        assert "<html" not in fragment
        assert "1 of 2" in words(fragment)

    def test_ticked_by_two_people_is_ticked_once(
        self, desk: Desk, owner: Actor, organization: OrganizationFacts, batch: Body
    ) -> None:
        other = at_desk(owner, organization.slug)
        assert desk.send(path(batch, "/1/tick")).status_code == 303
        assert other.send(path(batch, "/1/tick")).status_code == 303
        assert "0 of 2" in words(desk.done(path(batch, "/1/untick")))

    def test_undone_it_is_to_be_weighed_again(self, desk: Desk, batch: Body) -> None:
        desk.done(path(batch, "/1/tick"))
        said = words(desk.done(path(batch, "/1/untick")))
        assert "0 of 2" in said
        assert "Weighed 400 g" in said

    def test_lines_can_be_weighed_in_another_order(self, desk: Desk, batch: Body) -> None:
        assert "Weighed 50 g" in words(desk.see(path(batch, "?line=2")))
        assert "Weighed 400 g" in words(desk.done(path(batch, "/2/tick")))

    def test_a_line_that_is_not_there(self, desk: Desk, batch: Body) -> None:
        assert desk.send(path(batch, "/9/tick")).status_code == 422
        assert desk.get(path(batch, "/9/amount")).status_code == 404
        assert "Weighed 400 g" in words(desk.see(path(batch, "?line=nine&after=-1")))

    def test_a_batch_that_is_not_on_the_bench_has_its_own_page(self, desk: Desk, shop: Workshop, batch: Body) -> None:
        shop.do(batch, "finish")
        for answer in (desk.get(path(batch)), desk.send(path(batch, "/1/tick"))):
            assert answer.status_code == 303
            assert answer.location.endswith(batch["label"])

    def test_from_the_batchs_page_it_leads_back_there(self, desk: Desk, batch: Body) -> None:
        page = words(desk.done(path(batch, "/1/tick"), then="page"))
        assert "1 of 2 weighed" in page

    def test_who_may_not_make_may_not_tick(self, viewer: Actor, organization: OrganizationFacts, batch: Body) -> None:
        onlooker = at_desk(viewer, organization.slug)
        assert onlooker.get(path(batch)).status_code == 403
        assert onlooker.send(path(batch, "/1/tick")).status_code == 403


class TestOtherAmounts:
    def test_more_is_taken_from_the_shelf(self, desk: Desk, shop: Workshop, batch: Body, oil: Body) -> None:
        said = {"amount": "650 g", "reason": "a large pot"}
        told = words(desk.send(path(batch, "/1/amount/preview"), said, htmx=True).text)
        assert "This will take MID 200 g · $4.00 NEW 50 g · $0.50" in told
        assert shop.stock(oil) == ("1100", "13")
        page = words(desk.done(path(batch, "/1/amount"), said))
        assert "1 of 2" in page
        assert shop.stock(oil) == ("850", "8.5")
        assert shop.batch(batch)["total_cost"] == "10"

    def test_less_goes_back_to_the_lot_it_came_from(
        self, app: Flask, desk: Desk, shop: Workshop, batch: Body, oil: Body, owner: Actor
    ) -> None:
        said = {"amount": "250 g", "reason": "small molds"}
        told = words(desk.send(path(batch, "/1/amount/preview"), said, htmx=True).text)
        assert "This will put back OLD 50 g · $0.50 MID 100 g · $2.00" in told
        desk.done(path(batch, "/1/amount"), said)
        assert shop.stock(oil) == ("1250", "15.5")
        line = shop.batch(batch)["lines"][0]
        assert (line["needed"], line["used"], line["cost"]) == ("400", "250", "2.5")
        with app.app_context():
            assert proofs.of(owner.organization_id).findings == []

    def test_more_and_then_less_is_what_was_said_last(self, desk: Desk, shop: Workshop, batch: Body, oil: Body) -> None:
        for amount in ("650 g", "0.3 kg"):
            desk.done(path(batch, "/1/amount"), amount=amount, reason="looked again")
        assert shop.stock(oil) == ("1200", "15")
        assert "300 g" in words(desk.see(path(batch, "?line=1")))

    @pytest.mark.parametrize(("amount", "status"), [("9 kg", 409), ("", 422), ("lots", 422), ("-1 g", 422)])
    def test_what_cannot_be_changes_nothing(
        self, desk: Desk, shop: Workshop, batch: Body, oil: Body, amount: str, status: int
    ) -> None:
        answer = desk.send(path(batch, "/1/amount"), amount=amount, reason="why")
        assert answer.status_code == status
        assert shop.stock(oil) == ("1100", "13")

    def test_more_that_was_taken_can_be_put_back(self, desk: Desk, shop: Workshop, batch: Body, oil: Body) -> None:
        said = {"item": "Olive oil", "amount": "50 g", "reason": "spilled"}
        page = desk.done(f"/batches/{batch['label']}/extras", said)
        undo = re.search(r'action="[^"]*(/batches/[^"]*/undo)"', page)
        assert undo
        assert "Put back." in words(desk.done(undo[1]))
        assert shop.stock(oil) == ("1100", "13")


class TestTheLotInTheHand:
    @pytest.mark.parametrize(
        ("lot", "answer"),
        [
            ("old", "Right lot."),
            ("MID", "Take OLD first, until it is empty"),
            ("NEW", "Another lot of the same."),
            ("LYE", "This is Lye, not Olive oil."),
            ("X-1", "No lot here has that code."),
            ("\x00", "No lot here has that code."),
        ],
    )
    def test_it_is_held_against_the_line(self, desk: Desk, batch: Body, lot: str, answer: str) -> None:
        page = desk.browser.get(desk.url(path(batch, "/1/lot")), query_string={"lot": lot})
        assert page.status_code == 200
        assert answer in words(page.text)

    def test_our_own_code_is_read(self, desk: Desk, shop: Workshop, batch: Body, oil: Body, owner: Actor) -> None:
        lot = next(lot for lot in shop.lots(oil) if lot["fifo_code"] == "MID")
        token = codes.token(owner.organization_id, UUID(lot["id"]))
        query = {"lot": f"https://batches.example/q/{token}"}
        page = desk.browser.get(desk.url(path(batch, "/1/lot")), query_string=query)
        assert "Right lot. MID" in words(page.text)

    def test_a_tick_keeps_the_lot_that_was_scanned(self, desk: Desk, batch: Body) -> None:
        desk.done(path(batch, "/1/tick"), lot="OLD")
        assert "Lot OLD was scanned." in words(desk.see(path(batch, "?line=1")))

    def test_a_tick_takes_no_lot_that_the_batch_takes_nothing_from(self, desk: Desk, batch: Body) -> None:
        answer = desk.send(path(batch, "/1/tick"), lot="NEW")
        assert answer.status_code == 422
        assert "0 of 2" in words(answer.text)

    def test_it_can_be_taken_out_of_the_lot_in_the_hand(
        self, app: Flask, desk: Desk, shop: Workshop, batch: Body, oil: Body, owner: Actor
    ) -> None:
        page = desk.browser.get(desk.url(path(batch, "/1/lot")), query_string={"lot": "NEW"})
        assert "This will take NEW 400 g · $4.00" in words(page.text)
        assert "This will put back OLD 300 g · $3.00 MID 100 g · $2.00" in words(page.text)
        said = words(desk.done(path(batch, "/1/lot"), lot="NEW"))
        assert "1 of 2" in said
        line = shop.batch(batch)["lines"][0]
        assert [(lot["lot"]["fifo_code"], lot["quantity"]) for lot in line["lots"]] == [("NEW", "400")]
        assert shop.stock(oil) == ("1100", "14")
        with app.app_context():
            assert proofs.of(owner.organization_id).findings == []


class TestStepsBack:
    def test_a_start_is_undone(self, desk: Desk, shop: Workshop, batch: Body, oil: Body) -> None:
        desk.done(path(batch, "/1/tick"))
        desk.done(f"/batches/{batch['label']}/back")
        assert shop.stock(oil) == ("1500", "18")
        assert shop.batch(batch)["status"] == "planned"
        shop.do(batch, "start")
        assert "0 of 2" in words(desk.see(path(batch)))

    def test_a_finish_is_undone_and_done_again(
        self, app: Flask, desk: Desk, shop: Workshop, batch: Body, owner: Actor
    ) -> None:
        finish = {"made": "3", "loss": "1 each", "loss_category": "trim"}
        page = desk.done(f"/batches/{batch['label']}/finish", finish)
        assert f"/batches/{batch['label']}/back" in page
        desk.done(f"/batches/{batch['label']}/back")
        again = shop.batch(batch)
        assert (again["status"], again["outputs"], again["loss"]) == ("in_progress", [], None)
        desk.done(f"/batches/{batch['label']}/finish", made="4")
        done = shop.batch(batch)
        assert (done["status"], done["outputs"][0]["quantity"], done["total_cost"]) == ("completed", "4", "5.5")
        with app.app_context():
            assert proofs.of(owner.organization_id).findings == []

    def test_not_when_some_of_it_was_sold(self, desk: Desk, shop: Workshop, batch: Body) -> None:
        done = shop.do(batch, "finish")
        shop.issue(done["outputs"][0]["item"], "1", kind="sale")
        answer = desk.send(f"/batches/{batch['label']}/back")
        assert answer.status_code == 409
        assert shop.batch(batch)["status"] == "completed"

    def test_not_a_start_after_more_was_taken(self, desk: Desk, shop: Workshop, batch: Body, oil: Body) -> None:
        extra = {"lines": [{"item": oil["id"], "quantity": "1", "reason": "spilled"}]}
        shop.do(batch, "extras", extra)
        assert desk.send(f"/batches/{batch['label']}/back").status_code == 409

    def test_a_failure_is_undone(self, desk: Desk, shop: Workshop, batch: Body, oil: Body) -> None:
        desk.done(f"/batches/{batch['label']}/fail", reason="seized")
        desk.done(f"/batches/{batch['label']}/back")
        assert (shop.batch(batch)["status"], shop.stock(oil)) == ("in_progress", ("1100", "13"))

    def test_what_cannot_be_taken_back_says_so_first(
        self, owner: Actor, organization: OrganizationFacts, shop: Workshop, batch: Body
    ) -> None:
        boss = at_desk(owner, organization.slug)
        done = shop.do(batch, "finish")
        assert "This will take from the shelf" in words(boss.see(f"/batches/{batch['label']}/reverse"))
        shop.issue(done["outputs"][0]["item"], "1", kind="sale")
        assert "used this lot" in words(boss.see(f"/batches/{batch['label']}/reverse"))


class TestTimers:
    def test_several_run_and_survive_a_reload(self, desk: Desk, batch: Body) -> None:
        for name, minutes in (("lye cooling", "20"), ("oven", "90")):
            desk.done(f"/batches/{batch['label']}/timers", name=name, minutes=minutes)
        said = words(desk.see(path(batch)))
        assert said.index("lye cooling") < said.index("oven")
        assert "oven" in words(desk.see(f"/batches/{batch['label']}/timers/running", htmx=True))

    def test_it_ends_when_the_server_says_so(self, app: Flask, owner: Actor, batch: Body) -> None:
        started = cast._written(lambda: _start(owner, batch, "oven", 20))
        with app.app_context(), clock.set_to(clock.now() + timedelta(minutes=30)):
            tenancy.bind(owner.organization_id)
            (timer,) = timers.running(owner)
        assert (timer.id, timer.batch, timer.ends_at - timer.started_at) == (
            started,
            batch["label"],
            timedelta(minutes=20),
        )

    def test_stopped_it_is_gone_and_stopping_it_again_is_nothing(self, desk: Desk, owner: Actor, batch: Body) -> None:
        timer = cast._written(lambda: _start(owner, batch, "oven", 20))
        for _ in range(2):
            assert desk.send(f"/batches/{batch['label']}/timers/{timer}/stop").status_code == 303
        assert "oven" not in words(desk.see(path(batch)))

    def test_those_of_a_batch_that_is_done_ring_no_more(
        self, app: Flask, shop: Workshop, owner: Actor, batch: Body
    ) -> None:
        cast._written(lambda: _start(owner, batch, "oven", 20))
        shop.do(batch, "finish")
        with app.app_context():
            tenancy.bind(owner.organization_id)
            assert timers.running(owner) == ()

    @pytest.mark.parametrize("minutes", ["0", "20160", "soon", "-5"])
    def test_nonsense_for_minutes_is_said_at_its_field(self, desk: Desk, batch: Body, minutes: str) -> None:
        answer = desk.send(f"/batches/{batch['label']}/timers", name="oven", minutes=minutes)
        assert answer.status_code == 422
        assert 'id="minutes-say"' in answer.text

    def test_a_thirteenth_is_too_many(self, desk: Desk, batch: Body) -> None:
        for _ in range(timing.MOST):
            assert desk.send(f"/batches/{batch['label']}/timers", name="oven", minutes="1").status_code == 303
        assert desk.send(f"/batches/{batch['label']}/timers", name="oven", minutes="1").status_code == 422


def _start(actor: Actor, batch: Body, name: str, minutes: int) -> UUID:
    tenancy.bind(actor.organization_id)
    return timing.start(actor, UUID(batch["id"]), name=name, minutes=minutes)


class TestNotes:
    def test_notes_stand_in_the_record_with_name_and_time(self, desk: Desk, maker: Actor, batch: Body) -> None:
        desk.done(f"/batches/{batch['label']}/notes", note="traced early")
        page = words(desk.done(f"/batches/{batch['label']}/notes", note="smells fine"))
        assert re.search(rf"Notes 2 smells fine {maker.person_name} · .* traced early", page)

    def test_an_empty_one_is_refused(self, desk: Desk, batch: Body) -> None:
        assert desk.send(f"/batches/{batch['label']}/notes").status_code == 422


class TestStatements:
    @pytest.mark.parametrize("what", ["", "/bench", "/bench/1/lot?lot=nothing", "/timers/running"])
    def test_a_page_takes_the_same_however_long_the_batch(
        self, app: Flask, desk: Desk, shop: Workshop, what: str
    ) -> None:
        lengths = []
        for lines in (3, 30):
            items = [shop.item(f"Material {lines} {n}", "g") for n in range(lines)]
            for item in items:
                shop.receive(item, "10")
                shop.receive(item, "100")
            recipe = shop.recipe(f"Of {lines}", (f"Thing {lines}", "1", "each"), *(of(item, "15") for item in items))
            batch = shop.plan(recipe)
            shop.do(batch, "start")
            desk.done(path(batch, "/1/tick"))
            desk.see(f"/batches/{batch['label']}{what}")
            with counted(app) as sent:
                desk.see(f"/batches/{batch['label']}{what}")
            lengths.append(len(sent))
        assert lengths[0] == lengths[1]


class TestReadings:
    @pytest.mark.parametrize(
        ("exact", "shown"),
        [("367184740", 367_200_000), ("810000000", 810_000_000), ("1680400000", 1_680_000_000), ("1234567", 1_235_000)]
        + [("7", 7), ("0", 0), ("12345", 12_350)],
    )
    def test_a_scale_shows_four_digits(self, exact: str, shown: int) -> None:
        assert bench.reading(int(exact)) == shown

    def test_the_ruler_marks_where_each_lot_ends(self) -> None:
        drawn = ruler.draw([340_000_000, 810_000_000])
        assert drawn is not None
        assert [(part.x, part.width, part.label) for part in drawn.parts] == [(2, 166, True), (168, 230, True)]
        assert 40 <= len(drawn.marks) <= 101

    def test_labels_that_would_touch_leave_the_last(self) -> None:
        drawn = ruler.draw([790_000_000, 800_000_000, 810_000_000])
        assert drawn is not None
        assert [part.label for part in drawn.parts] == [False, False, True]

    @pytest.mark.parametrize("readings", [[], [0]])
    def test_nothing_to_measure(self, readings: list[int]) -> None:
        assert ruler.draw(readings) is None

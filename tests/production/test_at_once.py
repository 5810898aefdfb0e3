"""The same batch on two phones, and many batches at the same moment."""

from functools import partial

import pytest

from app.kernel import clock
from tests.inventory.storeroom import Body, ok
from tests.recipes.at_once import at_once
from tests.recipes.workshop import Workshop, of


@pytest.fixture
def oats(shop: Workshop) -> Body:
    item = shop.item("Oats", "g")
    shop.receive(item, "100")
    return item


@pytest.fixture
def bar(shop: Workshop, oats: Body) -> Body:
    return shop.recipe("Bar", ("Bar", "1", "each"), of(oats, "10"))


@pytest.mark.parametrize("what", ["start", "finish", "cancel"])
def test_b39_two_phones_do_it_once(shop: Workshop, bar: Body, oats: Body, what: str) -> None:
    batch = shop.plan(bar)
    if what != "start":
        shop.do(batch, "start")
    answers = at_once(*(partial(shop.attempt, batch, what) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    made = "1" if what == "finish" else "0"
    assert shop.see(bar["output"]["item"])["on_hand"] == made
    assert shop.see(oats)["on_hand"] == ("100" if what == "cancel" else "90")


def test_finishing_and_cancelling_at_once_is_one_of_them(shop: Workshop, bar: Body, oats: Body) -> None:
    batch = shop.plan(bar)
    shop.do(batch, "start")
    answers = at_once(partial(shop.attempt, batch, "finish"), partial(shop.attempt, batch, "cancel"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    finished = answers[0].status_code == 200
    assert shop.see(oats)["on_hand"] == ("90" if finished else "100")


def test_b32_batches_planned_at_once_are_numbered_without_gaps(shop: Workshop, bar: Body) -> None:
    batches = at_once(*(partial(shop.plan, bar) for _ in range(6)))
    year = clock.now().year
    assert sorted(batch["label"] for batch in batches) == [f"BAR1-{year}-{n:03d}" for n in range(1, 7)]


def test_starts_at_once_share_what_is_there(shop: Workshop, bar: Body, oats: Body) -> None:
    batches = [shop.plan(bar, "3") for _ in range(5)]
    answers = at_once(*(partial(shop.attempt, batch, "start") for batch in batches))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 409, 409]
    assert shop.see(oats)["on_hand"] == "10"
    statuses = [row["status"] for row in ok(shop.api.get("/batches"), 200)["data"]]
    assert sorted(statuses) == ["in_progress"] * 3 + ["planned"] * 2

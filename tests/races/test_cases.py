"""Cases C09, B13 and B39, and a key sent many times at once: on both databases, each caller on its own connection."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

import pytest
from flask import Flask

from app.catalog.services import barcodes
from app.inventory.services import adjustment
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.platform import commands, tenancy
from tests import cast
from tests.inventory.storeroom import ok
from tests.ledger.workshop import Workshop
from tests.races.clerks import Clerk, Diary
from tests.recipes.at_once import at_once
from tests.recipes.workshop import Workshop as Makers
from tests.recipes.workshop import of

Outcome = str | Conflict


@pytest.fixture
def shop(app: Flask, owner: Actor) -> Workshop:
    return Workshop(owner)


def in_a_context(app: Flask, work: Callable[[], object]) -> Outcome:
    """`done`, or the refusal."""
    with app.app_context():
        try:
            work()
        except Conflict as refusal:
            return refusal
    return "done"


def uses(app: Flask, shop: Workshop, item: UUID, quantity: str, people: int) -> list[Outcome]:
    return at_once(*[partial(in_a_context, app, partial(shop.issue, item, quantity))] * people)


def test_c09_two_issues_of_five_from_eight(app: Flask, shop: Workshop) -> None:
    with app.app_context():
        oats = shop.item()
        shop.receive(oats, 8)
    done, refused = sorted(uses(app, shop, oats, "5", 2), key=lambda outcome: isinstance(outcome, Conflict))
    assert done == "done"
    assert isinstance(refused, adjustment.InsufficientStock)
    assert refused.details["shortages"][0]["missing"] == "2"
    with app.app_context():
        assert shop.stock(oats)[0] == "3"


def test_b13_twelve_uses_of_four_from_thirty_in_three_lots(app: Flask, shop: Workshop) -> None:
    with app.app_context():
        oats = shop.item(unit="g")
        for _ in range(3):
            shop.receive(oats, 10, "0.5")
    outcomes = uses(app, shop, oats, "4", 12)
    assert outcomes.count("done") == 7
    with app.app_context():
        assert shop.stock(oats) == ("2", "1")
        assert shop.lots(oats) == [("0", "0"), ("0", "0"), ("2", "1")]


def test_a_receipt_dated_earlier_races_a_use(app: Flask, shop: Workshop) -> None:
    """Whoever comes first, the use takes from the lots that are there when it holds the item."""
    with app.app_context():
        oats = shop.item()
        shop.receive(oats, 4, "2")
    calls = [partial(shop.receive, oats, 4, "1"), partial(shop.issue, oats, "4"), partial(shop.issue, oats, "4")]
    outcomes = at_once(*[partial(in_a_context, app, call) for call in calls])
    with app.app_context():
        left = 8 - 4 * outcomes[1:].count("done")
        assert shop.stock(oats)[0] == str(left)
    assert outcomes[0] == "done"


def test_one_key_sent_by_eight_phones_at_once(app: Flask, shop: Workshop) -> None:
    with app.app_context():
        oats = shop.item()
        shop.receive(oats, 8)

    def send() -> Diary:
        with app.app_context():
            clerk = Clerk(shop.actor, [oats], seed=1)
            clerk._enter("the same key", clerk._use(oats, "5"))
            return clerk.diary

    diaries = at_once(*[send] * 8)
    assert [diary.surprises for diary in diaries] == [[]] * 8
    assert len({diary.answers["the same key"] for diary in diaries}) == 1
    with app.app_context():
        assert shop.stock(oats)[0] == "3"


def test_b39_a_form_sent_twice_finishes_once(app: Flask, owner: Actor) -> None:
    makers = Makers(cast.api(owner))
    oats = makers.item("Oats", "g")
    makers.receive(oats, "100")
    bar = makers.recipe("Bar", ("Bar", "1", "each"), of(oats, "10"))
    batch = makers.plan(bar)
    makers.do(batch, "start")
    path = f"/batches/{batch['id']}/finish"
    answers = at_once(*[partial(makers.api.post, path, {}, "sent twice")] * 4)
    assert len({answer.get_data() for answer in answers}) == 1
    assert ok(answers[0], 200)["status"] == "completed"
    assert sorted("Idempotent-Replayed" in answer.headers for answer in answers) == [False, True, True, True]
    assert makers.see(bar["output"]["item"])["on_hand"] == "1"


def test_a_barcode_that_many_attach_at_once_is_one_item_s(app: Flask, owner: Actor) -> None:
    makers, names = Makers(cast.api(owner)), [f"oil-{n}" for n in range(8)]
    for name in names:
        makers.item(name, "g")

    def attach(reference: str) -> None:
        tenancy.bind(owner.organization_id)
        with commands.transaction():
            barcodes.attach(owner, reference=reference, barcode="4006381333931")

    outcomes = at_once(*[partial(in_a_context, app, partial(attach, name)) for name in names])

    assert outcomes.count("done") == 1
    assert {type(outcome) for outcome in outcomes if outcome != "done"} == {barcodes.Taken}

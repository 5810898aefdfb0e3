"""`kill -9` of a web worker in the middle of postings, twenty times, on both databases."""

import random
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.inventory.models import StockPosting
from app.inventory.services import proof
from app.kernel import numbers
from app.kernel.actor import Actor
from app.platform import tenancy
from app.platform.database import execute
from tests import cast
from tests.kills.sender import Sender
from tests.kills.server import Server, served
from tests.ledger.workshop import Workshop

KILLS, SENDERS = 20, 4


@pytest.mark.heavy
def test_a_killed_worker_loses_nothing_and_leaves_nothing(fresh_app: Flask, tmp_path: Path) -> None:
    owner = cast.owner_of(cast.make_organization())
    token = cast.token_for(owner)
    with fresh_app.app_context():
        shop = Workshop(owner)
        items = [str(shop.item(name, "g")) for name in ("Oats", "Honey", "Salt")]
    with served(fresh_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path) as server:
        senders = [Sender(f"phone-{number}", server.port, token, items) for number in range(SENDERS)]
        victims = kill_while_they_send(server, senders)
    assert len(set(victims)) == KILLS
    assert sum(sender.interrupted for sender in senders) >= KILLS // 2  # it was in the middle of something
    with fresh_app.app_context():
        assert_exactly_what_was_acknowledged(owner, senders)


def kill_while_they_send(server: Server, senders: Sequence[Sender]) -> list[int]:
    """Which workers died. Ends when every sender has its last answer."""
    stop, chance = threading.Event(), random.Random(20)  # noqa: S311 - a test's choice, not a secret
    threads = [threading.Thread(target=sender.run, args=(stop,)) for sender in senders]
    for thread in threads:
        thread.start()
    victims = []
    for _ in range(KILLS):
        wait_for_answers(senders, 3)
        time.sleep(0.05 * chance.random())
        victims.append(server.kill_worker(chance))
    stop.set()
    for thread in threads:
        thread.join()
    return victims


def wait_for_answers(senders: Sequence[Sender], more: int) -> None:
    """Until so many more entries were answered: postings are under way again."""
    wanted, deadline = sum(len(sender.answers) for sender in senders) + more, time.monotonic() + 30
    while sum(len(sender.answers) for sender in senders) < wanted:
        assert time.monotonic() < deadline, "Nothing is answered any more."
        time.sleep(0.002)


def assert_exactly_what_was_acknowledged(owner: Actor, senders: Sequence[Sender]) -> None:
    """Every intent was answered; each 201 is one posting that is there; there is no other; the books are proved."""
    answers = {key: answer for sender in senders for key, answer in sender.answers.items()}
    assert answers.keys() == {key for sender in senders for key in sender.intents}
    assert {answer.status for answer in answers.values()} <= {201, 409}
    told = {key: answer.body["id"] for key, answer in answers.items() if answer.status == 201}
    assert len(told) > KILLS
    tenancy.bind(owner.organization_id)
    query = sa.select(StockPosting.command_key, StockPosting.id)
    rows = execute(query.where(StockPosting.organization_id == owner.organization_id)).all()
    assert {row.command_key: str(row.id) for row in rows} == told
    assert len(rows) == len(told)
    found = proof.prove(owner.organization_id)
    assert found.findings == []
    assert found.totals.received == sum(
        numbers.to_micro(numbers.read(answer.body["total_cost"]))
        for answer in answers.values()
        if answer.status == 201 and answer.body["kind"] == "receipt"
    )

"""A clerk: somebody who works in the storeroom without looking whether others do too."""

import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.inventory import schemas
from app.inventory.models import StockBalance
from app.inventory.services import adjustment, proof
from app.inventory.services.adjustment import Posted, Source
from app.kernel import ids, numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.platform import commands, tenancy
from app.platform.commands import Answer
from app.platform.database import db, execute
from tests.ledger.workshop import amount, money

Movements = tuple[tuple[UUID, int], ...]


@dataclass
class Diary:
    """What a clerk was told. Postings by id: items and signed millionths; answers by key, as text."""

    postings: dict[str, Movements] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)


@dataclass
class Clerk:
    """One person's work, in the application context that is open. `twins`: keys that another clerk uses too."""

    actor: Actor
    items: Sequence[UUID]
    seed: int
    twins: Sequence[str] = ()
    diary: Diary = field(default_factory=Diary)
    received: list[Posted] = field(default_factory=list)
    issued: list[Posted] = field(default_factory=list)
    started: list[Posted] = field(default_factory=list)

    def work(self, entries: int) -> Diary:
        """So many entries of all kinds, and one under each twin key."""
        chance = random.Random(self.seed)  # noqa: S311 - a test's choice, not a secret
        keys: list[str | None] = [*self.twins, *([None] * entries)]
        chance.shuffle(keys)
        for key in keys:
            self._enter(key or str(ids.uuid7()), self._twin if key else self._choose(chance))
        return self.diary

    def _enter(self, key: str, work: Callable[[], Sequence[Posted]]) -> None:
        """One command. A refusal is an answer; anything else that is raised is a surprise."""
        tenancy.bind(self.actor.organization_id)
        made: list[Posted] = []

        def command() -> Answer:
            made[:] = work()
            return Answer(201, [schemas.posting(posted) for posted in made])

        try:
            answer = commands.run(self.actor, key, {"work": "as said"}, command)
        except Conflict as refusal:
            self.diary.refusals.append(refusal.code)
            self.diary.answers[key] = json.dumps(refusal.problem(), sort_keys=True)
        except Exception as surprise:  # noqa: BLE001 - what is seen here fails the test
            self.diary.surprises.append(repr(surprise))
        else:
            self.diary.answers[key] = json.dumps(answer.body, sort_keys=True)
            for posted in answer.body:
                self.diary.postings[posted["id"]] = _movements(posted)
            self._remember(made if not answer.replayed else [])

    def _remember(self, made: Iterable[Posted]) -> None:
        for posted in made:
            if posted.kind == "receipt":
                self.received.append(posted)
            elif posted.kind == "use":
                self.issued.append(posted)
            elif posted.kind == "production_use":
                self.started.append(posted)

    def _choose(self, chance: random.Random) -> Callable[[], Sequence[Posted]]:
        item, few = chance.choice(self.items), str(chance.randint(1, 9))
        kinds = ["use"] * 6 + ["receive"] * 3 + ["batch"] * 4 + ["count"]
        kinds += ["reverse"] * 2 if self.issued else []
        kinds += ["hold", "release"] if self.received else []
        kinds += ["finish"] * 3 + ["undo"] if self.started else []
        kind = chance.choice(kinds)
        if kind == "reverse":
            posted = self.issued.pop(chance.randrange(len(self.issued)))
            return lambda: [self._reverse(posted)]
        if kind in {"hold", "release"}:
            lot = chance.choice(self.received).lines[0].lot_id
            change = adjustment.hold if kind == "hold" else adjustment.release
            return lambda: [change(self.actor, lot_id=lot, reason="a look")] if lot else []
        if kind == "batch":
            wanted = chance.sample(list(self.items), chance.randint(2, 4))
            return lambda: self._start(wanted, few)
        if kind in {"finish", "undo"}:
            used = self.started.pop(chance.randrange(len(self.started)))
            return (lambda: self._finish(used, item)) if kind == "finish" else (lambda: self._undo(used))
        return {"use": self._use, "receive": self._receive, "count": self._count}[kind](item, few)

    def _use(self, item: UUID, few: str) -> Callable[[], Sequence[Posted]]:
        return lambda: [adjustment.issue(self.actor, adjustment.Issue(item, amount(few), "use"))]

    def _receive(self, item: UUID, few: str) -> Callable[[], Sequence[Posted]]:
        receipt = adjustment.Receipt(item, amount(few), total_cost=money("3.10"))
        return lambda: [adjustment.receive(self.actor, receipt)]

    def _count(self, item: UUID, few: str) -> Callable[[], Sequence[Posted]]:
        said = adjustment.Count(item, amount(few), "counted", unit_cost=money("0.50"))

        def count() -> Sequence[Posted]:
            posted = adjustment.count(self.actor, said)
            return [posted] if posted else []

        return count

    def _reverse(self, posted: Posted) -> Posted:
        assert posted.id
        return adjustment.reverse(self.actor, posting_id=posted.id, reason="a mistake")

    def _start(self, materials: Sequence[UUID], few: str) -> Sequence[Posted]:
        """A batch takes its materials, named in no order of ours."""
        needs = [adjustment.Need(item, numbers.to_micro(int(few))) for item in materials]
        source = Source("batch", ids.uuid7(), f"B-{ids.code()}")
        return [adjustment.consume(self.actor, needs=needs, source=source)]

    def _finish(self, used: Posted, item: UUID) -> Sequence[Posted]:
        output = adjustment.Output(item, 2 * numbers.MICRO, -used.total_cost, f"LOT-{ids.code(12)}")
        return [adjustment.produce(self.actor, output, source=used.source)]

    def _undo(self, posted: Posted) -> Sequence[Posted]:
        return adjustment.undo(self.actor, source=posted.source, reason="undone")

    def _twin(self) -> Sequence[Posted]:
        return self._use(self.items[0], "1")()


def _movements(posted: Any) -> Movements:
    """Items and signed millionths of a rendered posting."""
    return tuple(
        (UUID(line["item"]["id"]), numbers.to_micro(numbers.read(line["quantity"]))) for line in posted["movements"]
    )


def on_hand(actor: Actor) -> dict[UUID, int]:
    """What the book says of each item, in millionths."""
    tenancy.bind(actor.organization_id)
    query = sa.select(StockBalance.item_id, StockBalance.on_hand)
    rows = execute(query.where(StockBalance.organization_id == actor.organization_id)).all()
    db.session.rollback()
    return {row.item_id: row.on_hand for row in rows}


def told(diaries: Iterable[Diary]) -> dict[UUID, int]:
    """What the acknowledged postings come to, each counted once however many heard of it."""
    postings = {posting_id: lines for diary in diaries for posting_id, lines in diary.postings.items()}
    totals: dict[UUID, int] = {}
    for item, quantity in (line for lines in postings.values() for line in lines):
        totals[item] = totals.get(item, 0) + quantity
    return totals


def assert_books_stand(actor: Actor, diaries: Sequence[Diary]) -> None:
    """Nobody was surprised, twins heard the same, everything acknowledged is there once and nothing else is."""
    assert [text for diary in diaries for text in diary.surprises] == []
    answers: dict[str, set[str]] = {}
    for key, answer in (pair for diary in diaries for pair in diary.answers.items()):
        answers.setdefault(key, set()).add(answer)
    assert [heard for heard in answers.values() if len(heard) > 1] == []
    assert {item: left for item, left in on_hand(actor).items() if left} == {
        item: quantity for item, quantity in told(diaries).items() if quantity
    }
    assert_proved(actor, sum(len(diary.postings) for diary in diaries))


def assert_proved(actor: Actor, at_most: int) -> None:
    """The proof finds nothing, in no more postings than were acknowledged."""
    tenancy.bind(actor.organization_id)
    found = proof.prove(actor.organization_id)
    db.session.rollback()
    assert found.findings == []
    assert found.totals.balanced
    assert 0 < found.postings <= at_most

"""A storeroom's life, drawn by hypothesis: the product makes each entry, the model foretells it, all is checked."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.inventory.services import adjustment, proof
from app.inventory.services.adjustment import Need, Output, Posted, ReversalLine
from app.kernel import clock, ids, numbers
from app.kernel.actor import Actor
from app.kernel.errors import BatchTrackError
from app.kernel.numbers import Money, Quantity
from app.platform import commands
from app.platform.commands import Answer
from tests.cast import make_organization, owner_of
from tests.ledger import comparing, tables
from tests.ledger.model import LARGEST, Book, Entry, Line, Refused, Shelf
from tests.ledger.workshop import Workshop, batch

BEGINNING = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)
ISSUES = ("use", "sale", "sample", "tester", "gift", "spoil", "trash", "expired", "damaged", "quality_fail")
PROVE_EVERY = 50
SHELF_LIFE = 5

which = st.integers(0, 2**16)
flags = st.booleans()
kinds = st.sampled_from((*ISSUES, "use", "use", "sale", "expired", "expired"))
shares = st.sampled_from(("some", "part", "part", "part", "micro", "lot", "lot+1", "all", "all+1", "largest"))
some = st.integers(1, 9_999_999)
costs = st.one_of(st.sampled_from((0, 1, LARGEST)), st.integers(2, 30), st.integers(1, 50_000_000))
days_ago = st.sampled_from((0, 0, 0, 0, 1, 2, 7))


@dataclass(frozen=True)
class Sent:
    """A command that was sent, and what came back."""

    key: str
    body: str
    answer: Any
    refusal: str | None


class LedgerMachine(RuleBasedStateMachine):
    """Steps are counted over all runs; every step ends with the checks below."""

    steps: ClassVar[int]
    outcomes: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGINNING
        self.sent: list[Sent] = []
        self.own_steps = 0

    @initialize(zone=st.sampled_from(("UTC", "Pacific/Auckland", "America/Los_Angeles")))
    def open_workshop(self, zone: str) -> None:
        """Salt, of which there is none yet, flour, oats, milk, which spoils, and water, which is not tracked."""
        with clock.set_to(self.now):
            self.actor: Actor = owner_of(make_organization(zone=zone))
            self.shop = Workshop(self.actor)
            self.items = [self.shop.item(name, "kg") for name in ("Salt", "Flour", "Oats")]
            self.milk = self.shop.item("Milk", "l", perishable=True, shelf_life_days=SHELF_LIFE)
            self.water = self.shop.item("Water", "l", tracked=False)
            self.pepper = self.shop.item("Pepper", "g")  # never bought, only found
        self.items.append(self.milk)
        self.zone = zone
        self.book = Book(
            {item: item != self.water for item in (*self.items, self.water, self.pepper)},
            {item: self._life_of(item) for item in (*self.items, self.water, self.pepper)},
        )

        for n in range(12):
            self._receive(self.items[1 + n % 3], 1_000_000 * (n + 1), 777_777 * (n % 5), n % 3, "opening", None)

    def _life_of(self, item: UUID) -> Callable[[date], date | None]:
        return lambda day: day + timedelta(days=SHELF_LIFE) if item == self.milk else None

    # What comes in

    @rule(
        n=which,
        quantity=some,
        share=shares,
        cost=costs,
        ago=days_ago,
        kind=st.sampled_from(("receipt", "opening", "found")),
    )
    def receive(self, n: int, quantity: int, share: str, cost: int, ago: int, kind: str) -> None:
        """A lot comes in, now and then recorded late."""
        item = (*self.items, self.water)[n % 5]
        quantity = {"micro": 1, "largest": LARGEST, "lot": 7}.get(share, quantity)
        self._receive(item, quantity, cost, ago, kind, None if n % 8 < 6 else self.today + timedelta(days=n % 5 - 1))

    def _receive(self, item: UUID, quantity: int, cost: int, ago: int, kind: str, expires: date | None) -> None:
        day, cost = self.today - timedelta(days=ago), cost if self.book.tracked[item] else 0
        said = adjustment.Receipt(
            item, _quantity(quantity), None, _money(cost), kind, received_on=day, expires_on=expires
        )
        self._try(
            lambda: [self.book.receive(kind, item, quantity, cost, day, expires)],
            lambda: [adjustment.receive(self.actor, said)],
        )

    # What leaves

    @rule(n=which, quantity=some, share=shares, kind=kinds, ago=days_ago)
    def issue(self, n: int, quantity: int, share: str, kind: str, ago: int) -> None:
        """First in, first out."""
        item = (*self.items, self.milk, self.water)[n % 6]
        self._issue(item, self._amount(item, share, quantity, None), kind, ago, None)

    @rule(n=which, kind=kinds)
    def issue_what_is_there(self, n: int, kind: str) -> None:
        """As above, and there is enough as a rule."""
        item = self.items[n % 4]
        usable = sum(lot.quantity for lot in self.book.may_take(item, kind, self.today))
        self._issue(item, min(max(1, usable * (n % 7 + 1) // 8), LARGEST), kind, 0, None)

    @precondition(lambda self: self.book.lots)
    @rule(n=which, quantity=some, share=shares, kind=kinds, ago=days_ago)
    def issue_from_lot(self, n: int, quantity: int, share: str, kind: str, ago: int) -> None:
        """Somebody names the lot."""
        lot = self._lot(n)
        self._issue(lot.item, self._amount(lot.item, share, quantity, lot), kind, ago, lot)

    def _issue(self, item: UUID, quantity: int, kind: str, ago: int, lot: Shelf | None) -> None:
        when = self.now - timedelta(days=ago) if ago else None
        day = (when or self.now).astimezone(ZoneInfo(self.zone)).date()
        said = adjustment.Issue(item, _quantity(quantity), kind, lot_id=lot.id if lot else None, occurred_at=when)
        self._try(
            lambda: [self.book.issue(kind, item, quantity, day, self.today, lot)],
            lambda: [adjustment.issue(self.actor, said)],
        )

    # What was counted

    @rule(n=which, quantity=some, share=shares, by_lot=flags, price=st.one_of(st.none(), costs), stale=which)
    def count(self, n: int, quantity: int, share: str, by_lot: bool, price: int | None, stale: int) -> None:
        """More, less or the same; sometimes by lot, sometimes against an old book."""
        lot = self._lot(n) if by_lot and self.book.lots else None
        item = lot.item if lot else (*self.items, self.water, self.pepper)[n % 6]
        counted = 0 if n % 11 == 0 else self._amount(item, share, quantity, lot)
        book = lot.quantity if lot else self.book.on_hand(item)
        expected = {0: book, 1: book + 1}.get(stale % 6)
        if expected is not None and expected > LARGEST:
            expected = None
        said = adjustment.Count(
            item,
            _quantity(counted),
            "counted",
            lot_id=lot.id if lot else None,
            expected=None if expected is None else numbers.from_micro(expected),
            unit_cost=None if price is None else _money(price),
        )
        self._try(
            lambda: _listed(self.book.count(item, counted, self.today, lot, expected, price)),
            lambda: _listed(adjustment.count(self.actor, said)),
        )

    # Batches

    @rule(n=which, first=some, second=some, share=shares, life=flags)
    def make_batch(self, n: int, first: int, second: int, share: str, life: bool) -> None:
        """Materials go in, and come out as one lot at what they cost: one command."""
        source = batch(f"SOA-{len(self.book.entries)}")
        chosen = _known(source.id)
        one, other, made = self.items[n % 4], (*self.items, self.water)[n % 5], self.items[n % 7 % 4]
        needs = [
            (one, self._amount(one, share, first, None)),
            (other, self._amount(other, share, second, None)),
            (self.water, first),
        ]

        def foretell() -> list[Entry]:
            used = self.book.consume(chosen, needs, self.today)
            cost = -sum(line.cost for line in used.lines)
            return [used, self.book.produce(chosen, made, first, cost, self.today)] if life else [used]

        def make() -> list[Posted]:
            asked = [Need(item, quantity) for item, quantity in needs]
            used = adjustment.consume(self.actor, needs=asked, source=source)
            if not life:
                return [used]
            output = Output(made, first, -used.total_cost, f"MADE-{ids.code()}")
            return [used, adjustment.produce(self.actor, output, source=source)]

        self._try(foretell, make)

    @precondition(lambda self: any(entry.batch for entry in self.book.entries))
    @rule(n=which)
    def undo_batch(self, n: int) -> None:
        """A batch is taken back whole."""
        made = [entry for entry in self.book.entries if entry.batch and not entry.reverses]
        chosen = _known(made[n % len(made)].batch)
        source = adjustment.Source("batch", chosen, "any")
        self._try(
            lambda: self.book.undo(chosen, self.today),
            lambda: adjustment.undo(self.actor, source=source, reason="spilled"),
        )

    # Mistakes

    @precondition(lambda self: self.book.entries)
    @rule(n=which)
    def reverse(self, n: int) -> None:
        """All that is left of a posting; the latest ones more often."""
        entry = self._entry(n)
        self._try(
            lambda: [self.book.reverse(entry, None, self.today)],
            lambda: [adjustment.reverse(self.actor, posting_id=_id(entry), reason="a mistake")],
        )

    @precondition(lambda self: any(entry.lines for entry in self.book.entries))
    @rule(n=which, share=shares, quantity=some)
    def reverse_part(self, n: int, share: str, quantity: int) -> None:
        """Part of one movement."""
        with_lines = [entry for entry in self.book.entries if entry.lines]
        entry = with_lines[-1 - n % 7 if n % 7 < len(with_lines) else n % len(with_lines)]
        line = entry.lines[n % len(entry.lines)]
        part = {"micro": 1, "all": line.left, "all+1": line.left + 1, "lot": line.left}.get(share, 1 + line.left // 3)
        part = min(max(1, part if share != "some" else min(quantity, part)), LARGEST)
        said = [ReversalLine(_id(line), _quantity(part))]
        self._try(
            lambda: [self.book.reverse(entry, {line: part}, self.today)],
            lambda: [adjustment.reverse(self.actor, posting_id=_id(entry), reason="a mistake", lines=said)],
        )

    # Words on lots

    @precondition(lambda self: self.book.lots)
    @rule(n=which, kind=st.sampled_from(("hold", "release", "relabel")), days=st.integers(-2, 20))
    def set_lot(self, n: int, kind: str, days: int) -> None:
        """Hold, release or relabel a lot."""
        lot = self._lot(n)
        expires = None if days == 0 else self.today + timedelta(days=days)

        def change() -> list[Posted]:
            lot_id = _known(lot.id)
            if kind == "relabel":
                return [adjustment.relabel(self.actor, lot_id=lot_id, reason="misread", expires_on=expires)]
            return [getattr(adjustment, kind)(self.actor, lot_id=lot_id, reason="smells odd")]

        self._try(lambda: [self.book.set(kind, lot, self.today, expires)], change)

    # Time, and the network

    @rule(hours=st.sampled_from((1, 5, 24, 24 * 3)))
    def wait(self, hours: int) -> None:
        """Time passes; things expire."""
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.sent)
    @rule(n=which, other_body=flags)
    def send_again(self, n: int, other_body: bool) -> None:
        """The same request arrives once more, or another one under its key."""
        sent = self.sent[-1 - n % len(self.sent)]
        body = sent.body + "!" if other_body else sent.body
        want = "idempotency_mismatch" if other_body else sent.refusal
        with clock.set_to(self.now):
            refusal, answer = self._send(sent.key, body)
        assert (refusal, answer) == (want, None if want else sent.answer)
        self.outcomes["sent again"] += 1

    def _send(self, key: str, body: str) -> tuple[str | None, Any]:
        """(code of the refusal, body of the answer), of which one is None."""
        try:
            answer = commands.run(self.actor, key, body, _never)
        except BatchTrackError as refusal:
            return refusal.code, None
        return (None, answer.body) if answer.replayed else ("ran again", None)

    # Making and comparing

    def _try(self, foretell: Callable[[], list[Entry]], make: Callable[[], list[Posted]]) -> None:
        """Send the command; it must do exactly what the model says, or be refused as the model says."""
        wanted: list[Entry] = []
        refusal: Refused | None = None
        try:
            wanted = foretell()
        except Refused as said:
            refusal = said
        key, posted = f"k{len(self.sent)}-{self.own_steps}", list[Posted]()
        body = f"{key} asks"

        def command() -> Answer:
            posted.extend(make())
            return Answer(201, [str(each.id) for each in posted])

        try:
            with clock.set_to(self.now):
                answer = commands.run(self.actor, key, body, command)
        except BatchTrackError as error:
            comparing.compare_refusal(error, refusal)
            self.outcomes[error.code] += 1
            if error.status == 409:
                self.sent.append(Sent(key, body, None, error.code))
            return
        assert refusal is None, f"allowed, but the model refuses it: {refusal.code} {refusal.facts}"
        comparing.compare(posted, wanted)
        self.outcomes["unchanged"] += not wanted
        for entry in wanted:
            self.book.enter(entry)
            self.outcomes[entry.kind] += 1
            self.outcomes["late"] += entry.day < self.today
            self.outcomes["pinned"] += any(line.pinned for line in entry.lines)
            self.outcomes["several lots"] += len(entry.lines) > 1
        self.sent.append(Sent(key, body, answer.body, None))

    @invariant()
    def everything_agrees(self) -> None:
        """Tables, sums, chain and model, after every step; the whole proof now and then."""
        type(self).steps += 1
        self.own_steps += 1
        if hasattr(self, "book"):
            self.shop.look(lambda: tables.compare(self.actor.organization_id, self.book))
            if self.own_steps % PROVE_EVERY == 0:
                self._prove()

    def teardown(self) -> None:
        """At the end of each life the books are proved."""
        if hasattr(self, "book"):
            self._prove()

    def _prove(self) -> None:
        found = self.shop.look(lambda: proof.prove(self.actor.organization_id))
        assert found.ok, found.findings
        assert found.postings == len(self.book.entries)
        assert found.totals.shelf == sum(lot.cost for lot in self.book.lots)

    # Choosing

    @property
    def today(self) -> date:
        """The organization's day."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def _lot(self, n: int) -> Shelf:
        return self.book.lots[n % len(self.book.lots)]

    def _entry(self, n: int) -> Entry:
        recent = self.book.entries[-6:] if n % 3 else self.book.entries
        return recent[n % len(recent)]

    def _amount(self, item: UUID, share: str, drawn: int, lot: Shelf | None) -> int:
        """The boundary values of what lies there, else what was drawn."""
        first = lot or next((each for each in self.book.queue(item) if each.quantity), None)
        here, whole = first.quantity if first else 0, lot.quantity if lot else self.book.on_hand(item)
        part = 1 + whole // (2 + drawn % 5)
        chosen = {"micro": 1, "lot": here, "lot+1": here + 1, "all": whole, "all+1": whole + 1, "largest": LARGEST}
        chosen["part"] = part
        return min(max(chosen.get(share, drawn), 1), LARGEST)


def _quantity(micro: int) -> Quantity:
    return Quantity(numbers.from_micro(micro))


def _money(micro: int) -> Money:
    return Money(numbers.from_micro(micro))


def _id(thing: Entry | Line) -> UUID:
    return _known(thing.id)


def _known(given: UUID | None) -> UUID:
    assert given
    return given


def _listed(one: Any) -> list[Any]:
    return [] if one is None else [one]


def _never() -> Answer:
    raise AssertionError("A command that was answered ran again.")

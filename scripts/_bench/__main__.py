"""`scripts/bench`: runs the scenarios and prints the table."""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from app.platform.database import db, execute
from scripts._bench import measure, pages, plain, product, stage
from scripts._bench.measure import Cost, Meter

AIMS = {("postgresql", "use"): 0.6, ("sqlite", "use"): 0.3, ("postgresql", "batch"): 0.8, ("sqlite", "batch"): 0.3}
FLAT = 1.2
_OVER_THREE_LOTS = 2 * stage.LOT


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is measured: `use` or `batch`, on a queue of so many open lots, after so many movements."""

    operation: str
    open_lots: int
    history: int

    @property
    def title(self) -> str:
        """As the table names it."""
        what = "use over 3 lots" if self.operation == "use" else "start + finish, 8 ingredients"
        return f"{what}, {self.open_lots:,} open lots, {self.history:,} movements"


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of the pairs; `ratio` of their quotients."""

    dialect: str
    scenario: Scenario
    ours: Cost
    plain: Cost
    ratio: float


SCENARIOS = (
    Scenario("use", 10, 1_000),
    Scenario("use", 100, 1_000),
    Scenario("use", 1_000, 1_000),
    Scenario("batch", 10, 1_000),
    Scenario("use", 100, 100_000),
)


def main() -> int:
    """Measure and print; 1 when an aim is missed."""
    said = _arguments()
    if said.pages:
        return _pages([said.only] if said.only else ["sqlite", "postgresql"])
    results: list[Result] = []
    print(_HEADING)  # noqa: T201
    for dialect in [said.only] if said.only else ["sqlite", "postgresql"]:
        with stage.databases(dialect) as databases:
            url = databases.make()
            with stage.opened(url):
                bench = Bench(databases, dialect, url, pairs=said.pairs, operations=said.operations)
                for scenario in SCENARIOS[: 4 if said.quick else None]:
                    results.append(bench.run(scenario))
                    print(_line(results[-1]), flush=True)  # noqa: T201
    missed = list(_missed(results))
    print("\n".join(missed) or "Every aim is reached.")  # noqa: T201
    return 1 if missed else 0


def _pages(dialects: list[str]) -> int:
    """Measure pages and print them; 1 when one takes more than so many times an empty page."""
    timed = []
    for dialect in dialects:
        with stage.databases(dialect) as databases, stage.opened(databases.make()) as app:
            timed += pages.measure(dialect, app)
    for each in timed:
        print(f"{each.dialect:12}{each.name:24}{each.milliseconds:8.1f} ms{each.ratio:8.2f}")  # noqa: T201
    missed = [f"{each.dialect}, {each.name}: more than {pages.AIM}." for each in timed if each.ratio > pages.AIM]
    print("\n".join(missed) or "Every aim is reached.")  # noqa: T201
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--operations", type=int, default=150, help="of each side in each pair")
    parser.add_argument("--pages", action="store_true", help="the pages of a full workshop instead")
    parser.add_argument("--quick", action="store_true", help="without 100,000 movements")
    return parser.parse_args()


class Bench:
    """One database, one organization; each scenario has an item of its own, and a copy for the plain program."""

    def __init__(self, databases: stage.Databases, dialect: str, url: str, *, pairs: int, operations: int) -> None:
        self.databases, self.dialect, self.url = databases, dialect, url
        self.pairs, self.operations = pairs, operations
        self.actor = stage.make_organization()

    def run(self, scenario: Scenario) -> Result:
        """Alternate the two programs; the first pair warms up and is not counted."""
        sides = self._sides(scenario)
        pairs: list[tuple[Cost, Cost]] = []
        for number in range(self.pairs + 1):
            costs = {side: side.measure(self.operations) for side in (sides if number % 2 else sides[::-1])}
            pairs += [(costs[sides[0]], costs[sides[1]])] if number else []
        return Result(
            self.dialect,
            scenario,
            ours=measure.median(ours for ours, _ in pairs),
            plain=measure.median(plain for _, plain in pairs),
            ratio=statistics.median(plain.clock / ours.clock for ours, plain in pairs),
        )

    def _sides(self, scenario: Scenario) -> tuple["Side", "Side"]:
        item = stage.make_items(self.actor, 1)[0]
        stage.add_history(self.actor, item, scenario.history)
        return self._uses(scenario, item) if scenario.operation == "use" else self._batches(scenario, item)

    def _uses(self, scenario: Scenario, item: UUID) -> tuple["Side", "Side"]:
        """The lots that are emptied are put back in small helpings, so that their number hardly changes."""
        stage.add_lots(self.actor, item, scenario.open_lots)
        stage.take(self.actor, item, stage.LOT // 2)
        stage.settle(self.actor)
        program, process = self._plain_program()
        chunk = max(1, scenario.open_lots // 25)
        ours = Side(
            lambda: product.use(self.actor, item, _OVER_THREE_LOTS),
            lambda times: stage.add_lots(self.actor, item, 2 * times),
            chunk,
            self._our_process,
        )
        other = Side(
            lambda: program.use(item, _OVER_THREE_LOTS),
            lambda times: program.receive(item, 2 * times, stage.LOT, stage.LOT_COST),
            chunk,
            lambda: process,
        )
        return ours, other

    def _batches(self, scenario: Scenario, made: UUID) -> tuple["Side", "Side"]:
        """Each side plans as many batches as it will then start and finish."""
        items = stage.make_items(self.actor, 8, "Part")
        for item in items:
            stage.add_lots(self.actor, item, scenario.open_lots, quantity=10**12, cost=3 * 10**12)
        recipe = product.make_recipe(self.actor, items, 3 * stage.MICRO, made)
        first = product.plan(self.actor, recipe)
        stage.settle(self.actor)
        program, process = self._plain_program()
        ours, theirs = [], []
        return (
            Side(
                lambda: _make(ours, partial(product.start, self.actor), partial(product.finish, self.actor)),
                lambda times: ours.extend(product.plan(self.actor, recipe) for _ in range(times)),
                self.operations,
                self._our_process,
            ),
            Side(
                lambda: _make(theirs, program.start, program.finish),
                lambda times: theirs.extend(program.plan(first) for _ in range(times)),
                self.operations,
                lambda: process,
            ),
        )

    def _plain_program(self) -> tuple[plain.Program, int | None]:
        url = self.databases.make(copy_of=self.url)
        process, connection = None, None
        if self.dialect == "postgresql":
            connection = plain.PostgreSQL(url.replace("+psycopg", ""))
            process = connection.connection.info.backend_pid
        found: plain.Connection = connection or plain.SQLite(url.removeprefix("sqlite:///"))
        found.drop_triggers()
        return plain.Program(found, self.actor.organization_id), process

    def _our_process(self) -> int | None:
        if self.dialect == "sqlite":
            return None
        process = int(execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
        db.session.rollback()
        return process


@dataclass(frozen=True, slots=True)
class Side:
    """One program at one scenario.

    prepare:  makes what so many operations need; not measured
    chunk:    how many operations run after that
    """

    operation: Callable[[], object]
    prepare: Callable[[int], object]
    chunk: int
    process: Callable[[], int | None]

    def measure(self, operations: int) -> Cost:
        """The mean of so many operations."""
        meter = Meter(self.process())
        for begin in range(0, operations, self.chunk):
            times = min(self.chunk, operations - begin)
            self.prepare(times)
            meter.measure(self.operation, times)
        return meter.cost()


def _make(batches: list[UUID], start: Callable[[UUID], object], finish: Callable[[UUID], object]) -> None:
    batch_id = batches.pop()
    start(batch_id)
    finish(batch_id)


_HEADING = (
    f"{'':74}{'operations/s':>24}   {'CPU ms each (client + server)':>32}\n"
    f"{'database':12}{'what':62}{'ours':>8}{'plain':>8}{'ratio':>8}   {'ours':>16}{'plain':>16}"
)


def _line(result: Result) -> str:
    ours, other = result.ours, result.plain
    return (
        f"{result.dialect:12}{result.scenario.title:62}{ours.rate:8.0f}{other.rate:8.0f}{result.ratio:8.2f}   "
        f"{f'{ours.client:.2f} + {ours.server:.2f}':>16}{f'{other.client:.2f} + {other.server:.2f}':>16}"
    )


def _missed(results: list[Result]) -> Iterator[str]:
    """What falls short of the aims: each ratio, and flatness from the fewest to the most lots and movements."""
    for result in results:
        aim = AIMS[result.dialect, result.scenario.operation]
        if result.ratio < aim:
            yield f"{result.dialect}, {result.scenario.title}: {result.ratio:.2f} is below {aim}."
    for dialect in dict.fromkeys(result.dialect for result in results):
        clocks = [r.ours.clock for r in results if r.dialect == dialect and r.scenario.operation == "use"]
        if max(clocks) > FLAT * min(clocks):
            yield f"{dialect}: not flat, {max(clocks) / min(clocks):.2f} from the quickest use to the slowest."


if __name__ == "__main__":
    sys.exit(main())

"""`scripts/bench`: runs the scenarios and prints the table."""

import argparse
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.kernel import ids
from app.kernel.actor import Actor
from app.platform.database import db, execute
from scripts._bench import measure, plain, product, stage
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
    """Medians of the rounds."""

    dialect: str
    scenario: Scenario
    ours: Cost
    bare: Cost
    guarded: Cost
    ratio: float
    ratio_guarded: float


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
    results: list[Result] = []
    for dialect in [said.only] if said.only else ["sqlite", "postgresql"]:
        with stage.database(dialect) as url, stage.opened(url):
            bench = Bench(dialect, url, pairs=said.pairs, operations=said.operations)
            for scenario in SCENARIOS[: 4 if said.quick else None]:
                results.append(bench.run(scenario))
                print(_line(results[-1]), flush=True)  # noqa: T201
    missed = list(_missed(results))
    print("\n".join(missed) or "Every aim is reached.")  # noqa: T201
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--operations", type=int, default=150, help="of each side in each pair")
    parser.add_argument("--quick", action="store_true", help="without 100,000 movements")
    return parser.parse_args()


class Bench:
    """One database, one organization, one item whose history grows from scenario to scenario."""

    def __init__(self, dialect: str, url: str, *, pairs: int, operations: int) -> None:
        self.dialect, self.pairs, self.operations = dialect, pairs, operations
        self.actor = stage.make_organization()
        self.queue = plain.PostgreSQL(url.replace("+psycopg", "")) if dialect == "postgresql" else None
        self.connection: plain.Connection = self.queue or plain.SQLite(url.removeprefix("sqlite:///"))
        self.movements = 0

    def run(self, scenario: Scenario) -> Result:
        """Alternate the three programs, so many rounds; the first round warms up and is not counted."""
        item = self._item(scenario)
        sides = self._sides(scenario, item)
        rounds: list[dict[str, Cost]] = []
        for number in range(self.pairs + 1):
            names = sorted(sides, reverse=bool(number % 2))
            costs = {name: self._round(scenario, item, name, sides[name]) for name in names}
            rounds += [costs] if number else []
        return Result(
            self.dialect,
            scenario,
            *(measure.median(each[name] for each in rounds) for name in ("ours", "bare", "guarded")),
            ratio=statistics.median(each["bare"].clock / each["ours"].clock for each in rounds),
            ratio_guarded=statistics.median(each["guarded"].clock / each["ours"].clock for each in rounds),
        )

    def _item(self, scenario: Scenario) -> UUID:
        item = stage.make_items(self.actor, 1)[0]
        stage.add_history(self.actor, item, scenario.history)
        if scenario.operation == "use":
            stage.add_lots(self.actor, item, scenario.open_lots)
            stage.take(self.actor, item, stage.LOT // 2)
        stage.settle()
        return item

    def _sides(self, scenario: Scenario, item: UUID) -> dict[str, Callable[[], object]]:
        bare = plain.Program(self.connection, self.actor.organization_id, guarded=False)
        guarded = plain.Program(self.connection, self.actor.organization_id, guarded=True)
        if scenario.operation == "use":
            return {
                "ours": lambda: product.use(self.actor, item, _OVER_THREE_LOTS),
                "bare": lambda: bare.use(item, _OVER_THREE_LOTS),
                "guarded": lambda: guarded.use(item, _OVER_THREE_LOTS),
            }
        needs = self._needs(scenario)
        return {
            "ours": lambda: _our_batch(self.actor, needs, item),
            "bare": lambda: _plain_batch(bare, needs, item),
            "guarded": lambda: _plain_batch(guarded, needs, item),
        }

    def _needs(self, scenario: Scenario) -> dict[UUID, int]:
        """Eight ingredients with lots that last."""
        items = stage.make_items(self.actor, 8, "Part")
        for item in items:
            stage.add_lots(self.actor, item, scenario.open_lots, quantity=10**12, cost=3 * 10**12)
        stage.settle()
        return dict.fromkeys(items, 3 * stage.MICRO)

    def _round(self, scenario: Scenario, item: UUID, name: str, operation: Callable[[], object]) -> Cost:
        """So many operations, putting back between them, unmeasured, the lots that they emptied."""
        meter, left = Meter(self._process(name)), self.operations
        chunk = max(1, scenario.open_lots // 25) if scenario.operation == "use" else self.operations
        while left > 0:
            times = min(chunk, left)
            if name == "bare":
                self.connection.triggers(on=False)
            meter.measure(operation, times)
            if name == "bare":
                self.connection.triggers(on=True)
            if scenario.operation == "use":
                stage.add_lots(self.actor, item, 2 * times)
            left -= times
        return meter.cost()

    def _process(self, name: str) -> int | None:
        if self.queue is None:
            return None
        if name != "ours":
            return self.queue.connection.info.backend_pid
        process = int(execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
        db.session.rollback()
        return process


def _our_batch(actor: Actor, needs: dict[UUID, int], made: UUID) -> None:
    batch = (ids.uuid7(), f"B-{ids.code(12)}")
    product.finish(actor, made, 8 * stage.MICRO, product.start(actor, needs, batch), batch)


def _plain_batch(program: plain.Program, needs: dict[UUID, int], made: UUID) -> None:
    batch = (ids.uuid7(), f"B-{ids.code(12)}")
    program.finish(made, 8 * stage.MICRO, program.start(needs, batch), batch)


def _line(result: Result) -> str:
    return (
        f"{result.dialect:11}{result.scenario.title:62}"
        f"{result.ours.rate:7.0f}/s {result.ours.client:6.2f}+{result.ours.server:.2f} ms"
        f" | bare {result.bare.rate:7.0f}/s {result.bare.client:5.2f}+{result.bare.server:.2f} ms"
        f" ratio {result.ratio:.2f}"
        f" | guarded {result.guarded.rate:7.0f}/s {result.guarded.client:5.2f}+{result.guarded.server:.2f} ms"
        f" ratio {result.ratio_guarded:.2f}"
    )


def _missed(results: list[Result]) -> Iterator[str]:
    for result in results:
        aim = AIMS[result.dialect, result.scenario.operation]
        if result.ratio < aim:
            yield f"{result.dialect}, {result.scenario.title}: {result.ratio:.2f} is below {aim}."


if __name__ == "__main__":
    sys.exit(main())

"""How long work takes: by the clock and by the processor, of this process and of the server's process behind it."""

import os
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one operation: milliseconds by the clock, processor milliseconds here and in the server."""

    clock: float
    client: float
    server: float

    @property
    def rate(self) -> float:
        """Operations per second."""
        return 1000 / self.clock


class Meter:
    """Adds up the operations of one side of one round."""

    def __init__(self, server_process: int | None) -> None:
        self._server_process = server_process
        self._clock = self._client = self._server = 0.0
        self._count = 0

    def measure(self, operation: Callable[[], object], times: int) -> None:
        """Run `operation` so many times and count what it took."""
        server, client, clock = _server_seconds(self._server_process), time.process_time(), time.perf_counter()
        for _ in range(times):
            operation()
        self._clock += time.perf_counter() - clock
        self._client += time.process_time() - client
        self._server += _server_seconds(self._server_process) - server
        self._count += times

    def cost(self) -> Cost:
        """The mean operation."""
        return Cost(*(1000 * total / self._count for total in (self._clock, self._client, self._server)))


def _server_seconds(process: int | None) -> float:
    """Processor time of a PostgreSQL backend on this machine; 0 where it cannot be seen."""
    stat = Path(f"/proc/{process}/stat")
    if process is None or not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def median(costs: Iterable[Cost]) -> Cost:
    """Of each figure by itself."""
    rows = [(cost.clock, cost.client, cost.server) for cost in costs]
    return Cost(*(statistics.median(column) for column in zip(*rows, strict=True)))

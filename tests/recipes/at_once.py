"""Several people at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def at_once(*calls: Callable[[], _T]) -> list[_T]:
    """Run the calls together, each in a thread of its own; their answers, in order."""
    barrier = threading.Barrier(len(calls))
    answers: dict[int, _T] = {}

    def run(number: int, call: Callable[[], _T]) -> None:
        barrier.wait()
        answers[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(calls))]

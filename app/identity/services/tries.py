"""The authority on how long wrong tries make somebody wait. Pure: told the tries and the time, says the seconds.

An account has five wrong tries in a row, then waits five minutes; each one more doubles the wait, up to an hour. An
address has ten within five minutes over all accounts; each such burst doubles its wait, up to an hour.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

WRONG_PER_ACCOUNT = 5
WRONG_PER_ADDRESS = 10
WINDOW = timedelta(minutes=5)
LONGEST = timedelta(minutes=60)
REMEMBERED = timedelta(days=1)
"""How far back tries count."""

_DOUBLINGS = 4  # 5, 10, 20, 40 minutes; then the longest


def wait_of_account(wrong: Sequence[datetime], now: datetime) -> int | None:
    """Seconds until the account's next try, None when it is now.

    wrong:  since the last right one, newest first. The first wait runs from the first of the five, so that it is
            over when they are five minutes old; longer ones from the last try
    """
    more = len(wrong) - WRONG_PER_ACCOUNT
    if more < 0:
        return None
    return _seconds((wrong[0] if more else wrong[-1]) + _pause(more), now)


def wait_of_address(wrong: Sequence[datetime], now: datetime) -> int | None:
    """Seconds until the address's next try, None when it is now.

    wrong:  of all accounts, newest first. People who share an address and mistype now and then are no burst
    """
    until, bursts, burst = now, 0, list[datetime]()
    for at in reversed(wrong):
        burst = [*(each for each in burst if at - each < WINDOW), at]
        if len(burst) >= WRONG_PER_ADDRESS:
            until, bursts, burst = (at if bursts else burst[0]) + _pause(bursts), bursts + 1, []
    return _seconds(until, now)


def _pause(doublings: int) -> timedelta:
    return LONGEST if doublings >= _DOUBLINGS else WINDOW * 2**doublings


def _seconds(until: datetime, now: datetime) -> int | None:
    """Whole ones, rounded up."""
    left = until - now
    return -(left // timedelta(seconds=-1)) if left > timedelta(0) else None

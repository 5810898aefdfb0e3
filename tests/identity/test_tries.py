"""How long wrong tries make somebody wait."""

from datetime import UTC, datetime, timedelta

import pytest

from app.identity.services import tries

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def times(*minutes: float) -> list[datetime]:
    """Newest first."""
    return sorted((NOON + MINUTE * each for each in minutes), reverse=True)


class TestAnAccount:
    @pytest.mark.parametrize(
        ("count", "minutes"), [(4, 0), (5, 5), (6, 10), (7, 20), (8, 40), (9, 60), (10, 60), (1_000, 60)]
    )
    def test_waits_longer_with_each_wrong_try(self, count: int, minutes: int) -> None:
        wait = tries.wait_of_account([NOON] * count, NOON)
        assert wait == (minutes * 60 or None)

    def test_waits_from_the_last_try(self) -> None:
        assert tries.wait_of_account(times(0, 0, 0, 0, 0, 7), NOON + 8 * MINUTE) == 9 * 60

    def test_waits_at_first_until_the_first_of_five_is_five_minutes_old(self) -> None:
        assert tries.wait_of_account(times(0, 1, 2, 3, 4), NOON + 4 * MINUTE) == 60
        assert tries.wait_of_account(times(0, 1, 2, 3, 4), NOON + 5 * MINUTE) is None

    def test_has_thirty_tries_a_day_at_most(self) -> None:
        now, made = NOON, list[datetime]()
        while now < NOON + timedelta(days=1):
            wait = tries.wait_of_account(sorted(made, reverse=True), now)
            made += [] if wait else [now]
            now += timedelta(seconds=wait or 0)
        assert len(made) <= 32


class TestAnAddress:
    def test_has_ten_in_five_minutes(self) -> None:
        assert tries.wait_of_address([NOON] * 9, NOON) is None
        assert tries.wait_of_address([NOON] * 10, NOON) == 300

    def test_never_waits_for_people_who_mistype_now_and_then(self) -> None:
        assert tries.wait_of_address(times(*range(600)), NOON + 600 * MINUTE) is None

    @pytest.mark.parametrize(("bursts", "minutes"), [(2, 10), (3, 20), (4, 40), (5, 60), (9, 60)])
    def test_waits_longer_with_each_burst(self, bursts: int, minutes: int) -> None:
        made = [NOON + timedelta(hours=2 * burst) for burst in range(bursts) for _ in range(10)]
        assert tries.wait_of_address(made[::-1], made[-1]) == minutes * 60


def test_part_of_a_second_is_a_second() -> None:
    assert tries.wait_of_account([NOON] * 5, NOON + 5 * MINUTE - timedelta(microseconds=1)) == 1

"""Use-by dates as people write them: every way of writing means one day, and nonsense means none."""

from datetime import date

import pytest

from app.inventory.forms import expiry

CAME_IN = date(2026, 8, 31)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("+18m", "2028-02-29"),
        ("18 months", "2028-02-29"),
        ("+2y", "2028-08-31"),
        ("+6w", "2026-10-12"),
        ("+10d", "2026-09-10"),
        ("0726", "2026-07-31"),
        ("07/26", "2026-07-31"),
        ("2/2028", "2028-02-29"),
        ("2027-03", "2027-03-31"),
        ("2027-03-15", "2027-03-15"),
        ("15.3.2027", "2027-03-15"),
    ],
)
def test_is_read_as_it_is_meant(said: str, day: str) -> None:
    assert expiry.read(said).after(CAME_IN).isoformat() == day


@pytest.mark.parametrize(
    "said", ["", "soon", "1326", "2027-13", "2027-02-30", "31.2.2027", "2027", "+m", "٠٧٢٦", "-3m"]
)
def test_nonsense_is_no_day(said: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the field says what is wrong
        expiry.read(said)


def test_nothing_lasts_past_the_last_day_that_dates_may_have() -> None:
    assert expiry.read("+9999y").after(CAME_IN) == date(2199, 8, 31)
    assert expiry.read("+9999d").after(date(2199, 12, 1)) == date(2199, 12, 31)

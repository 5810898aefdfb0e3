"""Numbers, money and days read as a maker would write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from markupsafe import Markup

from app.platform import filters

TODAY = date(2026, 11, 20)


class TestAmount:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (9_420_000_000, "9,420"),
            ("9420", "9,420"),
            (Decimal("9420.500"), "9,420.5"),
            (1, "0.000001"),
            ("0.0035", "0.0035"),
            (Decimal(1) / 3, "0.333333"),
            (-35_000_000, "−35"),
            (0, "0"),
            (999_999_999_999_999, "999,999,999.999999"),
            (None, "–"),
        ],
    )
    def test_is_grouped_and_has_no_trailing_zeros(self, value: filters.Number, text: str) -> None:
        assert filters.number(value) == text

    def test_never_shows_something_as_nothing(self) -> None:
        assert filters.number(Decimal("0.00000012345")) == "0.0000001234"

    def test_a_gain_is_signed_when_asked_and_zero_never_is(self) -> None:
        assert [filters.number(value, signed=True) for value in ("5", "-5", "0")] == ["+5", "−5", "0"]

    def test_the_unit_stands_back(self) -> None:
        assert filters.amount("9420", "g") == Markup('9,420 <span class="u">g</span>')

    @pytest.mark.parametrize(
        ("value", "text", "exact"),
        [
            ("367.18474", "367.2", "367.18474"),
            ("8752.9318", "8,753", "8,752.9318"),
            ("1000000.4", "1,000,000", "1,000,000.4"),
            ("0.012345", "0.01234", "0.012345"),
            ("9.99999", "10", "9.99999"),
            ("1234", "1,234", None),
            ("0.0000001", "0.0000001", None),
        ],
    )
    def test_in_lists_four_digits_count_and_the_exact_amount_stands_in_the_title(
        self, value: str, text: str, exact: str | None
    ) -> None:
        shown = f'{text} <span class="u">g</span>'
        assert filters.rounded(Decimal(value), "g") == (f'<span title="{exact} g">{shown}</span>' if exact else shown)

    def test_a_unit_with_markup_in_its_name_stays_text(self) -> None:
        assert "<script>" not in filters.amount("1", "<script>")


class TestMoney:
    @pytest.mark.parametrize(
        ("value", "currency", "text"),
        [
            ("74.2", "USD", "$74.20"),
            (74_200_000, "USD", "$74.20"),
            ("1234567.895", "USD", "$1,234,567.90"),
            ("0.125", "USD", "$0.12"),
            ("0.0078", "USD", "$0.0078"),
            ("0.054321", "USD", "$0.05432"),
            (1, "USD", "$0.000001"),
            ("-0.26", "USD", "−$0.26"),
            ("0", "USD", "$0.00"),
            ("1234.5", "JPY", "¥1,234"),
            ("0.3", "JPY", "¥0.3"),
            ("12.3456", "BHD", "BHD\u00a012.346"),
        ],
    )
    def test_is_written_in_minor_units_but_never_as_nothing(
        self, value: filters.Number, currency: str, text: str
    ) -> None:
        assert filters.money(value, currency) == text

    def test_an_unknown_cost_is_a_dash(self) -> None:
        assert filters.money(None, "USD") == filters.NONE

    @pytest.mark.parametrize(("value", "text"), [("7.416666", "$7.417"), ("7.88", "$7.88"), ("118", "$118.00")])
    def test_the_cost_of_a_unit_has_four_digits_when_they_say_more(self, value: str, text: str) -> None:
        assert filters.unit_cost(value, "USD", "kg") == text + '<span class="u"> /kg</span>'


class TestDays:
    def test_an_instant_is_shown_by_the_clock_of_the_workshop(self) -> None:
        instant = datetime(2026, 11, 20, 3, 10, tzinfo=UTC)
        assert filters.when(instant, "America/Los_Angeles") == "Nov 19, 2026, 7:10\u00a0PM"

    def test_a_day_is_written_with_its_year(self) -> None:
        assert [filters.day(TODAY), filters.day("9999-12-31"), filters.day(None)] == [
            "Nov 20, 2026",
            "Dec 31, 9999",
            "–",
        ]

    @pytest.mark.parametrize(
        ("days", "words"),
        [(0, "today"), (1, "tomorrow"), (-1, "yesterday"), (8, "in 8 days"), (-3, "3 days ago"), (134, "in 4 months")],
    )
    def test_a_near_day_is_said_in_words(self, days: int, words: str) -> None:
        assert filters.relative_days(_in(days), TODAY) == words

    @pytest.mark.parametrize(
        ("days", "words"),
        [(1, "1 day left"), (0, "last day today"), (-1, "expired yesterday"), (-2, "expired 2 days ago")],
    )
    def test_a_lot_is_good_through_its_last_day(self, days: int, words: str) -> None:
        assert filters.life_left(_in(days), TODAY) == words

    def test_a_lot_without_a_date_has_no_expiry(self) -> None:
        assert filters.life_left(None, TODAY) == "No expiry"


def _in(days: int) -> date:
    return date.fromordinal(TODAY.toordinal() + days)

"""Numbers as people type them: in their locale's own way, and never guessed."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from app.kernel import numbers
from app.platform import filters, typed, words

BARE = Flask("bare")
words.babel.init_app(BARE, default_locale=words.DEFAULT)


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    with BARE.app_context(), force_locale(locale):
        yield


class TestReading:
    @pytest.mark.parametrize(
        ("locale", "text", "plain"),
        [
            ("de_DE", "1.234,5 g", "1234.5 g"),
            ("de_DE", "1,5", "1.5"),
            ("de_DE", "1,234", "1.234"),
            ("de_DE", "1.234.567", "1234567"),
            ("de_DE", "1.5 kg", "1.5 kg"),
            ("de_DE", "0.125", "0.125"),
            ("de_DE", ",5 kg", "0.5 kg"),
            ("de_DE", "2 lb, 3,5 oz", "2 lb, 3.5 oz"),
            ("de_DE", "3*2,5 kg", "3*2.5 kg"),
            ("de_DE", "1 1/2 cup", "1 1/2 cup"),
            ("es_ES", "1234,5 g", "1234.5 g"),
            ("en_US", "1,234.5 g", "1234.5 g"),
            ("en_US", "1.234", "1.234"),
            ("en_GB", "1,234,567", "1234567"),
        ],
    )
    def test_reads_as_its_locale_writes(self, locale: str, text: str, plain: str) -> None:
        with speaking(locale):
            assert typed.plain(text) == plain

    @pytest.mark.parametrize(
        ("locale", "text", "said"),
        [
            ("de_DE", "1.234 g", "1.234 can mean two things: write 1234 or 1,234."),
            ("es_ES", "1.500", "1.500 can mean two things: write 1500 or 1,500."),
            ("en_US", "1,500 g", "1,500 can mean two things: write 1500 or 1.500."),
        ],
    )
    def test_what_can_mean_two_things_is_refused_and_says_how_to_write_each(
        self, locale: str, text: str, said: str
    ) -> None:
        with speaking(locale), pytest.raises(typed.CanMeanTwoThings) as refused:
            typed.plain(text)
        assert refused.value.args[0] == said

    @pytest.mark.parametrize("text", ["1.2.3", "12,34,56", "1,,5", "1.23,4"])
    @pytest.mark.parametrize("locale", list(words.LOCALES))
    def test_what_nobody_writes_is_no_number(self, locale: str, text: str) -> None:
        with speaking(locale), pytest.raises(numbers.NotANumber):
            numbers.read(typed.plain(text))


amounts = st.decimals(min_value=0, max_value=999_999_999, places=6, allow_nan=False, allow_infinity=False)


class TestWhatAPageWrites:
    @pytest.mark.parametrize("locale", list(words.LOCALES))
    @given(amount=amounts)
    def test_into_a_field_it_reads_back(self, locale: str, amount: Decimal) -> None:
        with speaking(locale):
            assert numbers.read(typed.plain(filters.typed_number(amount))) == amount
            assert typed.plain(typed.written(f"{amount.normalize():f} kg")) == f"{amount.normalize():f} kg"

    @pytest.mark.parametrize("locale", list(words.LOCALES))
    @given(amount=amounts)
    def test_as_a_number_it_reads_back_or_asks(self, locale: str, amount: Decimal) -> None:
        with speaking(locale):
            try:
                assert numbers.read(typed.plain(filters.number(amount))) == amount
            except typed.CanMeanTwoThings:
                assert 1_000 <= amount < 1_000_000
                assert amount == amount.to_integral_value()

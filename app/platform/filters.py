"""How quantities, money and dates are written on pages; the only place that formats them.

Ints are micros (millionths); Decimals and plain decimal text are the number itself; None is an en dash. No float.
A number that is not zero never reads as 0. Every filter gives text that is safe in HTML.
"""

import re
import sys
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol
from flask import Flask
from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from app.kernel import ids, numbers
from app.platform import typed, words

NONE = Markup('<span class="mute">–</span>')
_MICRO_PLACES = 6
_TINY_DIGITS = 4
_SCALE_DIGITS = 4
_DAYS_AS_DAYS = 60
_MONTHS_AS_MONTHS = 24
_DAYS_OF = {"day": 1, "month": 30, "year": 365}  # as Babel counts them back
_THE_YEAR = re.compile(r"(,? | 'de' )y$")
_Unit: TypeAlias = Literal["day", "month", "year"]

Number: TypeAlias = int | str | Decimal | None


def register(app: Flask) -> None:
    """Give the filters, and a fresh `command_key()`, to all templates of `app`."""
    counted = (amount, rounded, number, whole, typed_number, money, unit_cost, percent)
    for function in (*counted, day, when, local_day, relative_days, life_left, duration, weekday, day_short):
        app.add_template_filter(function)
    app.add_template_global(command_key)


def command_key() -> str:
    """A new idempotency key for a form that is being drawn."""
    return str(ids.uuid7())


def number(value: Number, signed: bool = False) -> str:
    """Grouped digits without trailing zeros: `9,420`, `0.0035`; plain text, for attributes. `signed` writes + too."""
    if value is None:
        return "–"
    exact = _exact(value)
    return _sign(exact, signed) + _digits(abs(exact))


def whole(value: int | None) -> str:
    """A count of things: `1,234`. Not a micro."""
    return "–" if value is None else format_decimal(value, locale=words.locale())


def amount(value: Number, unit: str | None = "", signed: bool = False) -> Markup:
    """A quantity with its unit standing back: `9,420 <span class="u">g</span>`."""
    if value is None:
        return NONE
    text = escape(number(value, signed))
    return text + Markup(' <span class="u">{}</span>').format(unit) if unit else text


def as_scale(exact: Decimal) -> Decimal:
    """What `rounded` shows of an amount: who counts the same has counted the book right."""
    return exact.quantize(Decimal(1).scaleb(-_places_for(exact, _SCALE_DIGITS)), ROUND_HALF_EVEN)


def rounded(value: Number, unit: str | None = "", signed: bool = False) -> Markup:
    """A quantity as a scale would read it: four digits that count, whole ones from a thousand on. `367.2 g`.

    Where that leaves something out, the exact amount stands in the title. For lists; what asks why gets `amount`.
    """
    if value is None:
        return NONE
    exact = _exact(value)
    shown = as_scale(exact)
    text = amount(shown, unit, signed)
    if shown == exact:
        return text
    return Markup('<span title="{} {}">{}</span>').format(number(exact, signed), unit or "", text)


def typed_number(value: Number) -> str:
    """A number as it stands in a field, without grouping, so that what is sent back reads as the same: `1234,5`."""
    return "" if value is None else typed.written(f"{_exact(value).normalize():f}")


def money(value: Number, currency: str, signed: bool = False) -> Markup:
    """An amount of `currency` (ISO code) in its minor units; below ten of those, up to four significant digits."""
    if value is None:
        return NONE
    exact = _exact(value)
    tiny = abs(exact) < Decimal(10).scaleb(-get_currency_precision(currency))
    return _currency(exact, currency, _TINY_DIGITS if tiny else 0, signed)


def unit_cost(value: Number, currency: str, unit: str | None = None) -> Markup:
    """What one `unit` costs: minor units, or four significant digits when that says more. `$7.417 /kg`."""
    if value is None:
        return NONE
    text = _currency(_exact(value), currency, _TINY_DIGITS, signed=False)
    return text + Markup('<span class="u"> /{}</span>').format(unit) if unit else text


def percent(value: Number) -> str:
    """A percentage that is already one: "12.5" → 12.5%."""
    return "–" if value is None else number(value) + str(words.locale().percent_formats[None].suffix[0])


def day(value: date | str | None) -> str:
    """A calendar day: Nov 19, 2026."""
    return "–" if value is None else _dated(_day(value), words.locale())


def day_short(value: date) -> str:
    """A day on an axis: Nov 19."""
    return str(format_skeleton("MMMd", value, locale=words.locale()))


def weekday(value: date) -> str:
    """A day as a day begins: Friday, November 20."""
    full = words.locale().date_formats["full"].pattern
    return format_date(value, _THE_YEAR.sub("", full), locale=words.locale())


def when(value: datetime | str | None, zone: str) -> str:
    """An instant (with a zone of its own) as the clock in IANA `zone` shows it: Nov 19, 2026, 4:10 PM."""
    if value is None:
        return "–"
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    local = instant.astimezone(ZoneInfo(zone))
    clock = format_time(local, "short", locale=words.locale()).replace("\u202f", "\u00a0")
    return f"{day(local.date())}, {clock}"


def local_day(value: datetime | None, zone: str) -> str:
    """The day of an instant on the calendar of IANA `zone`: Nov 19, 2026."""
    return "–" if value is None else day(value.astimezone(ZoneInfo(zone)).date())


def relative_days(value: date | str | None, today: date) -> str:
    """How far `value` is from `today`: today, tomorrow, in 8 days, 3 days ago, in 4 months."""
    if value is None:
        return "–"
    days = (_day(value) - today).days
    if abs(days) <= 1:
        return str((gettext("yesterday"), gettext("today"), gettext("tomorrow"))[days + 1])
    count, unit = _span(abs(days))
    return _of_days(count if days > 0 else -count, unit, from_now=True)


def life_left(expires_on: date | str | None, today: date) -> str:
    """What is left of a lot that is good through `expires_on`: 8 days left, last day today, expired 2 days ago."""
    if expires_on is None:
        return str(gettext("No expiry"))
    days = (_day(expires_on) - today).days
    if days == 0:
        return str(gettext("last day today"))
    if days < 0:
        return str(gettext("expired %(days_ago)s", days_ago=relative_days(expires_on, today)))
    return str(ngettext("%(span)s left", "%(span)s left", _span(days)[0], span=duration(days)))


def duration(days: int) -> str:
    """A number of days in the words people use: 1 day, 45 days, 9 months, 3 years."""
    return _of_days(*_span(days))


def _span(days: int) -> tuple[int, _Unit]:
    months = days * 12 // 365
    if days <= _DAYS_AS_DAYS:
        return days, "day"
    return (months, "month") if months <= _MONTHS_AS_MONTHS else (months // 12, "year")


def _of_days(count: int, unit: _Unit, *, from_now: bool = False) -> str:
    span = timedelta(days=count * _DAYS_OF[unit])
    return format_timedelta(span, unit, threshold=sys.maxsize, add_direction=from_now, locale=words.locale())


def _exact(value: int | str | Decimal) -> Decimal:
    return numbers.from_micro(value) if isinstance(value, int) else Decimal(value)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _sign(value: Decimal, signed: bool) -> str:
    return "−" if value < 0 else "+" if signed and value > 0 else ""


def _digits(value: Decimal) -> str:
    places = max(_MICRO_PLACES, _places_for(value, _TINY_DIGITS) if value < 1 else 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return _written(rounded, "#,##0." + "#" * places, words.locale())


def _places_for(value: Decimal, digits: int) -> int:
    """Decimal places that show `digits` significant digits of `value`."""
    return max(0, digits - 1 - value.adjusted()) if value else 0


def _currency(value: Decimal, currency: str, digits: int, signed: bool) -> Markup:
    minor = get_currency_precision(currency)
    places = max(minor, _places_for(value, digits) if digits else 0)
    rounded = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    locale = words.locale()
    pattern = _around(currency, locale).format("#,##0." + "0" * minor + "#" * (places - minor))
    return escape(_sign(value, signed) + _priced(rounded, currency, pattern, locale))


@lru_cache(maxsize=256)
def _around(currency: str, locale: Locale) -> str:
    """Where the symbol stands: before the number, with a space behind letters, or behind it."""
    if not str(locale.currency_formats["standard"].pattern).startswith("¤"):
        return "{}\u00a0¤"
    return "¤\u00a0{}" if get_currency_symbol(currency, locale)[-1].isalpha() else "¤{}"


# A page of a hundred materials writes six hundred numbers, and mostly those of a moment ago.
@lru_cache(maxsize=8_192)
def _written(value: Decimal, pattern: str, locale: Locale) -> str:
    return str(format_decimal(value, format=pattern, locale=locale, decimal_quantization=False))


@lru_cache(maxsize=2_048)
def _dated(value: date, locale: Locale) -> str:
    return format_date(value, "medium", locale=locale)


@lru_cache(maxsize=8_192)
def _priced(value: Decimal, currency: str, pattern: str, locale: Locale) -> str:
    return str(
        format_currency(value, currency, pattern, locale=locale, currency_digits=False, decimal_quantization=False)
    )

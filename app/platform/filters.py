"""How quantities, money and dates are written on pages; the only place that formats them.

Ints are micros (millionths); Decimals and plain decimal text are the number itself; None is an en dash. No float.
A number that is not zero never reads as 0. Every filter gives text that is safe in HTML.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeAlias
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_precision, get_currency_symbol
from flask import Flask
from markupsafe import Markup, escape

from app.kernel import ids, numbers
from app.platform import words

NONE = Markup('<span class="mute">–</span>')
_MICRO_PLACES = 6
_TINY_DIGITS = 4
_DAYS_AS_DAYS = 60
_MONTHS_AS_MONTHS = 24

Number: TypeAlias = int | str | Decimal | None


def register(app: Flask) -> None:
    """Give the filters, and a fresh `command_key()`, to all templates of `app`."""
    counted = (amount, number, money, unit_cost, percent)
    for function in (*counted, day, when, local_day, relative_days, life_left, duration, weekday):
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


def amount(value: Number, unit: str | None = "", signed: bool = False) -> Markup:
    """A quantity with its unit standing back: `9,420 <span class="u">g</span>`."""
    if value is None:
        return NONE
    text = escape(number(value, signed))
    return text + Markup(' <span class="u">{}</span>').format(unit) if unit else text


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
    return "–" if value is None else f"{number(value)}%"


def day(value: date | str | None) -> str:
    """A calendar day: Nov 19, 2026."""
    return "–" if value is None else format_date(_day(value), "medium", locale=words.locale())


def weekday(value: date) -> str:
    """A day as a day begins: Friday, November 20."""
    return format_date(value, "EEEE, MMMM d", locale=words.locale())


def when(value: datetime | str | None, zone: str) -> str:
    """An instant (with a zone of its own) as the clock in IANA `zone` shows it: Nov 19, 2026, 4:10 PM."""
    if value is None:
        return "–"
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_datetime(instant.astimezone(ZoneInfo(zone)), "MMM d, y, h:mm\u00a0a", locale=words.locale())


def local_day(value: datetime | None, zone: str) -> str:
    """The day of an instant on the calendar of IANA `zone`: Nov 19, 2026."""
    return "–" if value is None else day(value.astimezone(ZoneInfo(zone)).date())


def relative_days(value: date | str | None, today: date) -> str:
    """How far `value` is from `today`: today, tomorrow, in 8 days, 3 days ago, in 4 months."""
    if value is None:
        return "–"
    days = (_day(value) - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return near.get(days) or (f"in {duration(days)}" if days > 0 else f"{duration(-days)} ago")


def life_left(expires_on: date | str | None, today: date) -> str:
    """What is left of a lot that is good through `expires_on`: 8 days left, last day today, expired 2 days ago."""
    if expires_on is None:
        return "No expiry"
    days = (_day(expires_on) - today).days
    if days == 0:
        return "last day today"
    return f"{duration(days)} left" if days > 0 else f"expired {relative_days(expires_on, today)}"


def duration(days: int) -> str:
    """A number of days in the words people use: 1 day, 45 days, 9 months, 3 years."""
    months = days * 12 // 365
    if days <= _DAYS_AS_DAYS:
        count, word = days, "day"
    elif months <= _MONTHS_AS_MONTHS:
        count, word = months, "month"
    else:
        count, word = months // 12, "year"
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _exact(value: int | str | Decimal) -> Decimal:
    return numbers.from_micro(value) if isinstance(value, int) else Decimal(value)


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _sign(value: Decimal, signed: bool) -> str:
    return "−" if value < 0 else "+" if signed and value > 0 else ""


def _digits(value: Decimal) -> str:
    places = max(_MICRO_PLACES, _places_for(value, _TINY_DIGITS) if value < 1 else 0)
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    return str(
        format_decimal(rounded, format="#,##0." + "#" * places, locale=words.locale(), decimal_quantization=False)
    )


def _places_for(value: Decimal, digits: int) -> int:
    """Decimal places that show `digits` significant digits of `value`."""
    return max(0, digits - 1 - value.adjusted()) if value else 0


def _currency(value: Decimal, currency: str, digits: int, signed: bool) -> Markup:
    minor = get_currency_precision(currency)
    places = max(minor, _places_for(value, digits) if digits else 0)
    rounded = abs(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    locale = words.locale()
    space = "\u00a0" if get_currency_symbol(currency, locale)[-1].isalpha() else ""
    pattern = f"¤{space}#,##0." + "0" * minor + "#" * (places - minor)
    text = format_currency(
        rounded, currency, pattern, locale=words.locale(), currency_digits=False, decimal_quantization=False
    )
    return escape(_sign(value, signed) + text)

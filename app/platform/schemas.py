"""The shapes that API bodies are made of: exact decimals as text, dates, references, bounded text."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
)

from app.kernel import numbers
from app.kernel.errors import Invalid
from app.platform.strict_json import NumberText

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
S = TypeVar("S", bound="Shape")
_DAY_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]", re.ASCII)
_DECIMAL_PATTERN = r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"
_FORBIDDEN_LETTERS = {chr(code) for code in range(32)} - {"\n", "\r", "\t"}


class Shape(BaseModel):
    """A request body or query: nothing but the declared fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str):
        raise ValueError("must be a decimal number")
    try:
        return numbers.read(value)
    except numbers.NotANumber:
        raise ValueError("must be a plain decimal: at most 9 digits and 6 decimals") from None


def clean_text(value: Any) -> str:
    """Text that both databases can hold and a page can show.

    raises: ValueError on other types, control characters and lone surrogates
    """
    if not isinstance(value, str) or isinstance(value, NumberText):
        raise ValueError("must be text")
    if _FORBIDDEN_LETTERS & set(value) or any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
        raise ValueError("holds characters that cannot be kept")
    return value.strip()


def _whole(value: Any) -> int:
    if isinstance(value, str) and value.isascii() and value.lstrip("-").isdigit() and len(value) <= 10:
        return int(value)
    raise ValueError("must be a whole number")


def _day(value: Any) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("must be a date, YYYY-MM-DD")
    day = date.fromisoformat(value)
    if day.isoformat() != value:  # ISO weeks are dates too, to Python
        raise ValueError("must be a date, YYYY-MM-DD")
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("must be between 1970-01-01 and 2199-12-31")
    return day


def _instant(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY_FIRST.match(value):  # to pydantic, digits alone count from 1970
        raise ValueError("must be ISO 8601 with a time zone")
    return value


def _sane_instant(value: datetime) -> datetime:
    if not FIRST_DAY.year <= value.year <= LAST_DAY.year:
        raise ValueError("must be between 1970 and 2199")
    return value.astimezone(UTC)


def _flag(value: Any) -> bool:
    if value in (True, False):
        return bool(value)
    if value in ("true", "false"):
        return bool(value == "true")
    raise ValueError("must be true or false")


def _json_flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal),
    WithJsonSchema({"type": ["string", "number"], "format": "decimal", "pattern": _DECIMAL_PATTERN}),
]
PositiveDecimal = Annotated[DecimalText, Field(gt=0)]
NonNegativeDecimal = Annotated[DecimalText, Field(ge=0)]
Name = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(clean_text)]
ShortText = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(clean_text)]
LongText = Annotated[str, Field(max_length=10_000), BeforeValidator(clean_text)]
Reason = Annotated[str, Field(min_length=1, max_length=1_000), BeforeValidator(clean_text)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$"), BeforeValidator(clean_text)]
Reference = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(clean_text)]
UnitName = Annotated[str, Field(min_length=1, max_length=60), BeforeValidator(clean_text)]
Whole = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer"})]
IsoDay = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
IsoInstant = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_sane_instant)]
Flag = Annotated[bool, BeforeValidator(_json_flag)]
QueryFlag = Annotated[bool, BeforeValidator(_flag)]

# What answers are made of: documentation, and what tests hold the answers against.
DecimalOut = Annotated[
    str, Field(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,6})?$"), WithJsonSchema({"type": "string", "format": "decimal"})
]


class PageQuery(Shape):
    """Of every list: `?limit=&cursor=`."""

    limit: Annotated[Whole, Field(ge=1, le=200)] = 50
    cursor: Annotated[str, Field(max_length=200)] | None = None


def read(shape: type[S], value: Any) -> S:
    """`value` as `shape`.

    raises: Invalid, with every wrong field and its message, nested ones as `lines.0.quantity`
    """
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise Invalid("Some of what was sent cannot be used.", errors=field_messages(error)) from None


def field_messages(error: ValidationError) -> dict[str, list[str]]:
    """Pydantic's complaints by field."""
    messages: dict[str, list[str]] = {}
    for complaint in error.errors(include_url=False, include_context=False, include_input=False):
        field = ".".join(str(part) for part in complaint["loc"]) or "body"
        messages.setdefault(field, []).append(_message(complaint["msg"]))
    return messages


def _message(text: str) -> str:
    plain = text.removeprefix("Value error, ")
    return plain[:1].upper() + plain[1:]

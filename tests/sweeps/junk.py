"""What nobody means: values for a field, as JSON and as typed text, and whole bodies that are no body."""

import json

_LONG = "x" * 10_001
_DIGITS = "9" * 30

AS_JSON = {
    "zero": "0",
    "negative": "-1",
    "NaN": "NaN",
    "infinite": "-Infinity",
    "a huge exponent": "1e1000000",
    "30 digits": _DIGITS,
    "30 digits as text": f'"{_DIGITS}"',
    "7 decimals": '"0.0000001"',
    "a word": '"abc"',
    "an unknown unit": '"furlong"',
    "full-width digits": '"１２"',
    "grouped digits": '"1_000"',
    "year 1": '"0001-01-01"',
    "year 9999": '"9999-12-31"',
    "an instant in year 9999": '"9999-12-31T23:59:59Z"',
    "10,001 letters": json.dumps(_LONG),
    "NUL": '"a\\u0000b"',
    "markup": '"<script>alert(1)</script>"',
    "right to left": '"\\u202eabc\\u200f"',
    "emoji": '"🧼"',
    "half a surrogate pair": '"\\ud800"',
    "nothing": '""',
    "spaces": '"   "',
    "null": "null",
    "true": "true",
    "a list": "[]",
    "a list of lists": "[[1]]",
    "an object": '{"a": 1}',
}
"""By name, as it stands in the body."""

FOR_EVERY_FIELD = {"null", "true", "a list", "an object", "zero", "a word", "nothing"}
FOR_NUMBERS = FOR_EVERY_FIELD | {
    *("negative", "NaN", "infinite", "a huge exponent", "30 digits", "30 digits as text", "7 decimals"),
    *("full-width digits", "grouped digits"),
}
FOR_DAYS = FOR_EVERY_FIELD | {"year 1", "year 9999", "an instant in year 9999"}
FOR_WORDS = FOR_EVERY_FIELD | {
    *("an unknown unit", "10,001 letters", "NUL", "markup", "right to left", "emoji", "half a surrogate pair"),
    *("spaces", "30 digits as text", "year 9999", "a list of lists"),
}
"""What is tried in which kind of field."""

FOR_A_DATABASE = {
    *("30 digits as text", "10,001 letters", "NUL", "right to left", "emoji", "half a surrogate pair"),
    *("year 1", "year 9999"),
}
"""What one database might mind and another not; what never comes that far is refused on both."""

AS_TEXT = {
    "zero": "0",
    "negative": "-1",
    "NaN": "NaN",
    "infinite": "Infinity",
    "a huge exponent": "1e1000000",
    "30 digits": _DIGITS,
    "30 digits and a unit": f"{_DIGITS} g",
    "a word": "abc",
    "an unknown unit": "5 furlong",
    "full-width digits": "１２",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "a moment in year 9999": "9999-12-31T23:59",
    "10,001 letters": _LONG,
    "NUL": "a\0b",
    "markup": "<script>alert(1)</script>",
    "right to left": "\u202eabc\u200f",
    "emoji": "🧼",
    "half a surrogate pair": b"\xed\xa0\x80",
    "nothing": "",
    "spaces": "   ",
}
"""By name, as it stands in a form."""

IN_AN_ADDRESS = {
    *("negative", "30 digits", "a word", "year 9999", "10,001 letters", "NUL", "markup", "half a surrogate pair"),
}

BODIES: dict[str, tuple[bytes, str, int]] = {
    "no JSON": (b"{", "application/json", 400),
    "two values": (b"{} {}", "application/json", 400),
    "33 levels deep": (b"[" * 33 + b"]" * 33, "application/json", 400),
    "100,000 levels deep": (b"[" * 100_000, "application/json", 400),
    "a key twice": (b'{"a": 1, "a": 2}', "application/json", 400),
    "no UTF-8": (b'{"a": "\xff"}', "application/json", 400),
    "NaN": (b'{"a": NaN}', "application/json", 400),
    "a list": (b"[]", "application/json", 422),
    "a word": (b'"abc"', "application/json", 422),
    "a number": (b"5", "application/json", 422),
    "null": (b"null", "application/json", 422),
    "an unknown field": (b'{"surprise": 1}', "application/json", 422),
    "more than a megabyte": (b'{"a": "' + b"x" * 1_100_000 + b'"}', "application/json", 413),
    "a form": (b"quantity=5", "application/x-www-form-urlencoded", 415),
    "no content type": (b"{}", "", 415),
}
"""By name: bytes, content type, and the status it gets."""

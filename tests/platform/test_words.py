"""Numbers, money and days as each locale writes them, and mails in the language of who gets them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from flask import Flask, current_app
from flask_babel import force_locale

from app.kernel.words import phrase, phrases
from app.platform import commands, filters, mail, mail_writing, words
from app.platform.database import db
from app.platform.models import OutgoingMail

TODAY = date(2026, 11, 20)
NBSP = "\u00a0"


@contextmanager
def speaking(app: Flask, locale: str) -> Iterator[None]:
    with app.app_context(), force_locale(locale):
        yield


@pytest.mark.parametrize(
    ("locale", "number", "money", "percent"),
    [
        ("en_US", "9,420.5", "€74.20", "12.5%"),
        ("en_GB", "9,420.5", "€74.20", "12.5%"),
        ("de_DE", "9.420,5", f"74,20{NBSP}€", f"12,5{NBSP}%"),
        ("es_ES", "9.420,5", f"74,20{NBSP}€", f"12,5{NBSP}%"),
    ],
)
def test_figures_are_written_as_the_locale_does(app: Flask, locale: str, number: str, money: str, percent: str) -> None:
    with speaking(app, locale):
        assert filters.number("9420.5") == number
        assert filters.money("74.2", "EUR") == money
        assert filters.percent("12.5") == percent


@pytest.mark.parametrize(
    ("locale", "day", "weekday", "when"),
    [
        ("en_US", "Nov 20, 2026", "Friday, November 20", f"Nov 20, 2026, 4:10{NBSP}PM"),
        ("en_GB", "20 Nov 2026", "Friday, 20 November", "20 Nov 2026, 16:10"),
        ("de_DE", "20.11.2026", "Freitag, 20. November", "20.11.2026, 16:10"),
        ("es_ES", "20 nov 2026", "viernes, 20 de noviembre", "20 nov 2026, 16:10"),
    ],
)
def test_days_are_written_as_the_locale_does(app: Flask, locale: str, day: str, weekday: str, when: str) -> None:
    with speaking(app, locale):
        assert filters.day(TODAY) == day
        assert filters.weekday(TODAY) == weekday
        assert filters.when(datetime(2026, 11, 20, 16, 10, tzinfo=UTC), "UTC") == when


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en_US", ["in 8 days", "3 days ago", "tomorrow", "8 days left", "expired yesterday", "last day today"]),
        ("de_DE", ["in 8 Tagen", "vor 3 Tagen", "morgen", "noch 8 Tage", "gestern abgelaufen", "heute letzter Tag"]),
        ("es_ES", ["dentro de 8 días", "hace 3 días", "mañana", "quedan 8 días", "caducó ayer", "último día hoy"]),
    ],
)
def test_how_far_a_day_is_is_said_in_the_language(app: Flask, locale: str, said: list[str]) -> None:
    with speaking(app, locale):
        days = [filters.relative_days(date(2026, 11, day), TODAY) for day in (28, 17, 21)]
        lives = [filters.life_left(date(2026, 11, day), TODAY) for day in (28, 19, 20)]
        assert days + lives == said


def test_a_sentence_with_values_is_said_in_the_language_and_is_english_by_itself(app: Flask) -> None:
    status = phrase("%(label)s is %(status)s.", label="SOAP-1", status=phrase("planned"))
    assert status == "SOAP-1 is planned."
    with speaking(app, "de_DE"):
        assert words.said(status) == "SOAP-1 ist geplant."
        assert words.said(phrases("%(num)s lot", "%(num)s lots", 2)) == "2 Chargen"
        assert words.said("No such text is known.") == "No such text is known."


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("de_DE", "Deine E-Mail bei BatchTrack wurde geändert"), (None, "Your BatchTrack email was changed")],
)
def test_a_mail_is_in_the_language_of_who_gets_it(app: Flask, locale: str | None, subject: str) -> None:
    with app.app_context():
        with commands.transaction():
            row_id = mail.queue("ines@example.com", "identity/mail/email_changed", {"name": "Ines"}, locale=locale)
        row = db.session.get_one(OutgoingMail, row_id)
        letter = mail_writing.letter(row)
        assert current_app.config["BASE_URL"] in letter.text
    assert letter.subject == subject
    assert f'<html lang="{(locale or "en_US").replace("_", "-")}"' in letter.html

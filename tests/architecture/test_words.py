"""Every text on a screen is in the catalogue, and every translation says what the text says."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from flask import Flask

from app.platform import words_cli, words_extract
from app.platform.words_cli import LANGUAGES
from tests.architecture import bare_words

_PLACES = re.compile(r"%\(\w+\)[sd]|\{[\w.]+\}")
_TAGS = re.compile(r"</?\w+")


def messages(language: str) -> list[Message]:
    return [message for message in words_cli.read(language) if message.id]


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """The English that a translation stands for, and the translation; of the plural where a language has more forms."""
    if isinstance(message.id, str):
        yield message.id, str(message.string or "")
    else:
        for number, text in enumerate(message.string or ()):
            yield message.id[min(number, 1)], text


def test_no_text_is_bare(app: Flask) -> None:
    assert bare_words.everything("app", app.jinja_env) == []


def test_the_catalogues_hold_what_the_code_says(app: Flask) -> None:
    said = {each if isinstance(each, str) else each[0] for each in words_extract.everything(app.jinja_env)}
    for language in LANGUAGES:
        known = {each.id if isinstance(each.id, str) else each.id[0] for each in messages(language)}
        assert (said - known, known - said) == (set(), set()), "run `flask words extract`, then translate"


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryTranslation:
    def test_is_there(self, language: str) -> None:
        assert [message.id for message in messages(language) if words_cli.is_missing(message.string)] == []

    def test_has_the_values_of_its_text(self, language: str) -> None:
        wrong = [
            (english, text)
            for message in messages(language)
            for english, text in pairs(message)
            if text and set(_PLACES.findall(text)) != set(_PLACES.findall(english)) and "%(num)s" not in english
        ]
        assert wrong == []

    def test_has_no_value_that_its_text_has_not(self, language: str) -> None:
        for message in messages(language):
            for english, text in pairs(message):
                assert set(_PLACES.findall(text)) <= set(_PLACES.findall(english)), text

    def test_has_the_markup_of_its_text_and_no_quote_that_ends_an_attribute(self, language: str) -> None:
        for message in messages(language):
            for english, text in pairs(message):
                assert not text or _TAGS.findall(text) == _TAGS.findall(english), text
                assert '"' not in text or '"' in english, text

    def test_writes_a_percent_sign_as_its_text_does(self, language: str) -> None:
        for message in messages(language):
            for english, text in pairs(message):
                assert not text or _single_percents(text) == _single_percents(english), text


def _single_percents(text: str) -> int:
    return _PLACES.sub("", text).replace("%%", "").count("%")


class TestTheSearchForBareWords:
    @pytest.mark.parametrize(
        "source",
        [
            "<p>Hello there</p>",
            '<p aria-label="Hello there">{{ name }}</p>',
            '<p>{{ ui.button("Hello there") }}</p>',
            "<p>{{ name }} is there</p>",
            '<td data-label="Name">{{ name }}</td>',
        ],
    )
    def test_finds_it_in_a_template(self, app: Flask, source: str) -> None:
        assert len(bare_words.in_template("x.html", source, app.jinja_env)) == 1

    @pytest.mark.parametrize(
        "source",
        [
            '<p>{{ _("Hello there") }}</p>',
            "<p>{% trans name %}Hello {{ name }}{% endtrans %}</p>",
            '<p class="a b">{{ "Hello there" | said }} · <code>GET /items</code> BatchTrack</p>',
        ],
    )
    def test_leaves_alone_what_is_looked_up(self, app: Flask, source: str) -> None:
        assert bare_words.in_template("x.html", source, app.jinja_env) == []

    @pytest.mark.parametrize(
        ("source", "found"),
        [
            ('raise Conflict(f"There are {n} left.")', 1),
            ('raise Conflict(phrase("There are %(n)s left.", n=n))', 0),
            ('pages.went(url, "It is saved.")', 1),
            ('pages.went(url, _("It is saved."))', 0),
            ('raise Invalid.field(f"lines.{n}", "Say how much.")', 0),
        ],
    )
    def test_finds_what_python_glues_together(self, source: str, found: int) -> None:
        assert len(bare_words.in_python("x.py", source)) == found


class TestExtracting:
    def test_finds_labels_errors_ways_and_tables(self) -> None:
        source = """
KINDS = {"use": Word("Used up", "minus")}
name = ReadField("Name", need="What is it called?")
raise Conflict("It is gone.")
raise Invalid.field("name", "Too long." if long else "Too short.")
Way("People", "users", "people.index", P, 20)
"""
        found = set(words_extract.in_python("app/inventory/views/words.py", source))
        wanted = {"Used up", "Name", "What is it called?", "It is gone.", "Too long.", "Too short.", "People"}
        assert found == wanted

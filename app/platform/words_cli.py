"""`flask words`: gathers what people read into the catalogues, says what lacks a translation, builds what is read.

A catalogue, app/translations/<language>/LC_MESSAGES/messages.po, is sorted, names files without lines and has no dates,
so that two people who add a text do not meet. What is not said any more leaves it; nothing is guessed ("fuzzy").
"""

from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask import Flask, current_app
from flask.cli import AppGroup

from app.platform import words_extract
from app.platform.words_extract import Message

FOLDER = words_extract.APP / "translations"
LANGUAGES = ("de", "es")
"""What there is besides English, which stands in the code."""

words = AppGroup("words", help="The texts of the pages and their translations.")


def register(app: Flask) -> None:
    """Give `flask words` to the command line."""
    app.cli.add_command(words)


def file_of(language: str) -> Path:
    """The catalogue of a language."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """What is translated."""
    path = file_of(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(language: str, catalog: Catalog) -> None:
    """Keep it, sorted; the head says only what a reader needs."""
    text = BytesIO()
    write_po(text, catalog, width=120, omit_header=True, sort_output=True, include_lineno=False)
    head = [
        f"Language: {language}",
        f"Plural-Forms: {catalog.plural_forms}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    lines = "".join(f'"{line}\\n"\n' for line in head)
    path = file_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(f'msgid ""\nmsgstr ""\n{lines}\n'.encode() + text.getvalue())


def renewed(said: dict[Message, set[str]], old: Catalog, language: str) -> Catalog:
    """The texts of now, each with the translation it had."""
    new = Catalog(locale=language)
    for message, files in said.items():
        known = old.get(message if isinstance(message, str) else message[0])
        kept = known.string if known is not None and known.pluralizable == (not isinstance(message, str)) else None
        flags = {"python-format"} if "%(" in str(message) else set()
        new.add(message, kept, locations=[(name, 0) for name in sorted(files)], flags=flags)
    return new


def is_missing(text: str | tuple[str, ...] | list[str] | None) -> bool:
    """Whether a translation, or one of its forms, is not there yet."""
    return not text or (not isinstance(text, str) and not all(text))


def build() -> int:
    """Write the .mo files that pages read, and count them."""
    for language in LANGUAGES:
        with file_of(language).with_suffix(".mo").open("wb") as file:
            write_mo(file, read(language))
    return len(LANGUAGES)


@words.command("extract")
def extract() -> None:
    """Bring the catalogues up to what the code says."""
    said = words_extract.everything(current_app.jinja_env)
    for language in LANGUAGES:
        write(language, renewed(said, read(language), language))
    click.echo(f"{len(said)} texts.")


@words.command("compile")
def compile_() -> None:
    """Build the .mo files."""
    click.echo(f"{build()} languages are built.")


@words.command("missing")
@click.argument("languages", nargs=-1)
def missing(languages: tuple[str, ...]) -> None:
    """List what lacks a translation, a line each."""
    for language in languages or LANGUAGES:
        lacking = [message for message in read(language) if message.id and is_missing(message.string)]
        for message in lacking:
            click.echo(f"{language}  {message.id!r}")
        click.echo(f"{language}: {len(lacking)} are missing.")

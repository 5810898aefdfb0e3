"""No mail is so long that mail programs cut it off (Gmail's bound: 102 kB), whatever people are called."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChainableUndefined

from app.kernel import clock
from app.kernel.ids import uuid7
from app.platform import filters, mail_writing
from app.platform.models import OutgoingMail
from tests.architecture.rules import ROOT

BOUND = 102_000
LONGEST = 1_000
"""Characters of anything in a mail: names have 200 at most, a reason 1,000."""

TEMPLATES = sorted((ROOT / "app").glob("*/templates/*/mail/*.txt"))


class Longest(ChainableUndefined):
    """What a template asks for: as long as can be, and each letter the longest when escaped."""

    def __str__(self) -> str:
        return "&" * LONGEST

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, _name: str) -> Any:
        return self


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.stem)
def test_the_longest_mail_of_each_template_is_shown_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch, template: Path
) -> None:
    monkeypatch.setattr(mail_writing, "StrictUndefined", Longest)
    monkeypatch.setattr(filters, "_day", lambda value: value)
    monkeypatch.setattr(filters, "_dated", lambda value, _locale: str(value))
    name = f"{template.parts[-3]}/mail/{template.stem}"
    waiting = OutgoingMail(
        id=uuid7(), recipient="ines@fernandtallow.example", template=name, context="{}", created_at=clock.now()
    )
    waiting.link_path, waiting.link_purpose, waiting.link_id = "/reset", "reset_password", uuid7()
    with app.test_request_context():
        said = mail_writing.letter(waiting)
        wire = bytes(mail_writing.message(waiting, said))
    assert len(wire) < BOUND
    assert len(said.html) > LONGEST  # what it was given stands in it, or it is as long by itself

"""The page of all parts: it draws each of them, and it is no page of a production server."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.platform.config import Config
from tests import cast

_UI = Path(__file__).parents[2] / "app/platform/templates/platform/ui.html"
_DESIGN = _UI.with_name("design.html")
_NOT_ALONE = {
    "post",
    "hidden",
    "errors",
    "section_head",
    "crumb",
    "more",
    "filter_box",
    "mark",
    "drawer_body",
    "as_table",
    "life",
}
"""Parts of other parts, and those that need a page around them: an address, a form that was sent, a list."""


def test_every_part_is_shown() -> None:
    parts = set(re.findall(r"{% set (\w+) = ", _UI.read_text()))
    shown = set(re.findall(r"\bui\.(\w+)\(", _DESIGN.read_text()))
    assert parts - shown - _NOT_ALONE == set()


def test_anyone_may_look_while_it_is_on(app: Flask) -> None:
    answer = cast.anonymous().get("/design")
    assert answer.status_code == 200
    assert "Components" in answer.text


def test_production_has_no_such_page(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DESIGN_PAGE", False)
    assert cast.anonymous().get("/design").status_code == 404


@pytest.mark.parametrize(("said", "on"), [({}, False), ({"DESIGN_PAGE": "1"}, True)])
def test_it_is_off_unless_the_environment_says_so(tmp_path: Path, said: dict[str, Any], on: bool) -> None:
    environ = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "of a test", **said}
    assert Config.from_environment(environ).design_page is on

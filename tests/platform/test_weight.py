"""What a browser must load before the first page stands: little, compressed, and kept."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from tests import cast

MOST = 150_000
"""Bytes of CSS and JavaScript, compressed."""
_LOADED = re.compile(r'<(?:script[^>]* src|link rel="stylesheet" href)="(/static/dist/[^"]+)"')


def loaded(browser: cast.Browser, path: str) -> dict[str, int]:
    """What the page names, and how many bytes of each travel."""
    page = browser.get(path)
    assert page.status_code == 200
    files = _LOADED.findall(page.text)
    assert any(".css" in file for file in files)
    assert any(".js" in file for file in files)
    return {file: len(browser.get(file, headers={"Accept-Encoding": "br"}, buffered=True).data) for file in files}


def test_the_first_page_is_light(app: Flask) -> None:
    travels = loaded(cast.anonymous(), "/sign-in")
    assert sum(travels.values()) <= MOST, travels


@pytest.mark.parametrize("path", ["/", "/stock", "/batches", "/recipes", "/labels"])
def test_so_is_every_page_of_the_day(app: Flask, owner: Actor, organization: OrganizationFacts, path: str) -> None:
    travels = loaded(cast.signed_in(owner), f"/o/{organization.slug}{path}")
    assert sum(travels.values()) <= MOST, travels


def test_a_browser_that_takes_no_compression_gets_the_text_itself(app: Flask) -> None:
    browser = cast.anonymous()
    (file, *_) = loaded(browser, "/sign-in")
    small = browser.get(file, headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    plain = browser.get(file, buffered=True)
    assert small.headers["Content-Encoding"] == "br"
    assert "Content-Encoding" not in plain.headers
    assert len(small.data) < len(plain.data)
    assert small.mimetype == plain.mimetype
    for answer in (small, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "immutable" in answer.headers["Cache-Control"]
    assert plain.data == (Path(app.static_folder or "") / file.removeprefix("/static/")).read_bytes()

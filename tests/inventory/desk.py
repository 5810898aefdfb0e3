"""The pages of stock as a person at a desk uses them: a browser in one organization, its forms filled in."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.test import TestResponse

from app.kernel import ids
from app.kernel.actor import Actor
from tests import cast
from tests.cast import Browser

_INPUT = re.compile(r"<input\b[^>]*>")
_TEXT = re.compile(r'<textarea\b[^>]*name="([^"]*)"[^>]*>(?:\r?\n)?(.*?)</textarea>', re.DOTALL)
_CHOSEN = re.compile(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', re.DOTALL)
Said = Mapping[str, str]
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Desk:
    """One person's browser. Paths are written from the organization on: `/stock`."""

    browser: Browser
    slug: str

    def get(self, path: str, *, htmx: bool = False) -> TestResponse:
        """Open a page, or ask for a fragment."""
        return self.browser.get(self.url(path), headers=HTMX if htmx else {})

    def see(self, path: str, *, htmx: bool = False) -> str:
        """What a page that opens says."""
        answer = self.get(path, htmx=htmx)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(
        self, path: str, said: Said | None = None, *, htmx: bool = False, key: str | None = None, **typed: str
    ) -> TestResponse:
        """Send a page's form as it stands with `typed` over it, under a key of its own unless one is given."""
        form = {
            **self.drawn(path.removesuffix("/preview")),
            "command_key": key or str(ids.uuid7()),
            **(said or {}),
            **typed,
        }
        return self.browser.post(self.url(path), data=form, headers=HTMX if htmx else {})

    def done(self, path: str, said: Said | None = None, *, key: str | None = None, **typed: str) -> str:
        """Send a form that succeeds; what the page after it says."""
        answer = self.send(path, {**(said or {}), **typed}, key=key)
        assert answer.status_code == 303, answer.text
        return self.browser.get(answer.location).text

    def drawn(self, path: str) -> dict[str, str]:
        """What stands in the fields of the page; nothing where there is none."""
        page = self.get(path)
        fields = typed_in(page.text) if page.status_code == 200 else {}
        return {name: text for name, text in fields.items() if name not in {"", "csrf_token"}}

    def url(self, path: str) -> str:
        """The address in this organization."""
        return f"/o/{self.slug}{path}"


def at_desk(actor: Actor, slug: str) -> Desk:
    """The actor's browser, in the organization of this slug."""
    return Desk(cast.signed_in(actor), slug)


def typed_in(page: str) -> dict[str, str]:
    """What stands in the fields of a page: by name; only ticked boxes."""
    fields = {}
    for tag in _INPUT.findall(page):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if said.get("type") in {"checkbox", "radio"} and " checked" not in tag:
            continue
        fields[html.unescape(said.get("name", ""))] = html.unescape(said.get("value", ""))
    fields |= {name: html.unescape(text) for name, text in _TEXT.findall(page)}
    for name, options in _CHOSEN.findall(page):
        chosen = re.search(r'<option selected value="([^"]*)"', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    return fields


def words(page: str) -> str:
    """The page as it is read: no tags, single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())

"""Every page there is, in a real browser: found by walking the URL map, so that none can be forgotten.

Of each: axe finds nothing against WCAG 2.2 A and AA in either theme, the browser complains of nothing, nothing shifts
while it loads, nothing lies beside the screen (a tablet's too), and on a phone every target is large enough for a
gloved thumb.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from tests import cast
from tests.journeys.conftest import Serve
from tests.journeys.maker import Maker
from tests.sweeps import belongings, slots
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import doors

pytestmark = [pytest.mark.browser, pytest.mark.heavy(seconds=120)]

_STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_PHONE, _TABLET, _DESK = 390, 768, 1280
_THUMB = 48
_SHIFT = """() => {
  window.__shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""
_TARGETS = "a[href], button, summary, select, textarea, input, [role=button]"
# Spared is what WCAG spares: a link in a sentence, and the printed sheet's picture, whose ways its tables have too.
_SPARED = ".skip, p, dd, figcaption, legend, .hint, .say, .paper svg"
_SMALL = """([targets, spared, least]) => [...document.querySelectorAll(targets)]
  .filter((each) => {
    if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    if (each.closest(spared) || each.type === "hidden") return false;
    const shape = (each.closest("label") ?? each).getBoundingClientRect();
    const around = (each.closest(".ctl") ?? each).getBoundingClientRect();
    if (!shape.height) return false;
    const narrow = shape.width < least - 0.5 && !each.closest("tr"); // a row of a card is its link's target
    return narrow || Math.max(shape.height, around.height) < least - 0.5;
  })
  .map((each) => {
    const name = (each.ariaLabel ?? each.innerText ?? each.name ?? "").trim().slice(0, 30);
    const { width, height } = each.getBoundingClientRect();
    return `${each.tagName.toLowerCase()}.${each.className} ${Math.round(width)} × ${Math.round(height)} px: ${name}`;
  })"""
_SETTLED = """async () => {
  await document.fonts.ready;
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
}"""
_BESIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_AXE = "(options) => axe.run(document, options)"


@dataclass
class Visit:
    """A walk through pages, and what was wrong on the way."""

    window: BrowserContext
    wide: bool
    wrong: list[str] = field(default_factory=list)
    seen: int = 0
    page: Page = field(init=False)
    _said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.window.new_page()
        self.page.on("console", lambda said: self._said.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self._said.append(str(error)))
        self.page.add_init_script(f"({_SHIFT})()")

    def look(self, name: str, url: str) -> None:
        """Open one page and write down what is wrong with it."""
        self._said.clear()
        self.page.goto(url)
        self.page.evaluate(_SETTLED)
        self.seen += 1
        found = [*self._complaints(), *self._measures(), *self._axe()]
        self.wrong += [f"{name}: {each}" for each in found]

    def _complaints(self) -> Iterator[str]:
        yield from (f"the browser says {text}" for text in self._said)

    def _measures(self) -> Iterator[str]:
        shift = self.page.evaluate("() => window.__shift")
        if shift > 0.01:
            yield f"it shifts by {shift:.3f} while it loads"
        if self.page.evaluate(_BESIDE) > 0:
            yield "something lies beside the screen"
        if self.wide:
            yield from self._on_a_tablet()
        else:
            yield from (f"a small target: {each}" for each in self.page.evaluate(_SMALL, [_TARGETS, _SPARED, _THUMB]))

    def _on_a_tablet(self) -> Iterator[str]:
        self.page.set_viewport_size({"width": _TABLET, "height": 1024})
        if self.page.evaluate(_BESIDE) > 0:
            yield "something lies beside a tablet's screen"
        self.page.set_viewport_size({"width": _DESK, "height": 900})

    def _axe(self) -> Iterator[str]:
        self.page.evaluate(Axe().axe_script)
        yield from self._told("light", {"type": "tag", "values": _STANDARD})
        yield from self._told("dark", {"type": "rule", "values": ["color-contrast"]})  # nothing else knows the theme

    def _told(self, theme: Any, rules: dict[str, Any]) -> Iterator[str]:
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = self.page.evaluate(_AXE, {"runOnly": rules, "resultTypes": ["violations"]})
        for broken in found["violations"]:
            for node in broken["nodes"][:3]:
                yield f"{theme}: {broken['id']} {node['target']} {node['html'][:120]}"


def _pages(app: Flask, its: Belongings, browser: cast.Browser) -> Iterator[tuple[str, str]]:
    """Name and address of each page that this browser is shown."""
    for door in doors(app):
        if door.method != "GET" or door.is_api:
            continue
        path = door.url(slots.own(door, its))
        answer = browser.get(path)
        if answer.status_code == HTTPStatus.OK and answer.mimetype == "text/html" and b"<html" in answer.data:
            yield str(door), path


@pytest.mark.parametrize("dialect", ["sqlite"], scope="session")
@pytest.mark.parametrize("width", [_PHONE, _DESK])
def test_every_page_is_for_everyone(app: Flask, browser: Browser, serve: Serve, width: int) -> None:
    its, server = belongings.furnish(f"axe{width}"), serve(DESIGN_PAGE="1")
    size: Any = {"width": width, "height": 844 if width == _PHONE else 900}
    with (
        browser.new_context(viewport=size) as signed_in,
        browser.new_context(viewport=size) as anonymous,
    ):
        inside, outside = (Visit(each, wide=width > _PHONE) for each in (signed_in, anonymous))
        inside.page.goto(f"{server}/sign-in")
        Maker.fill_in(inside.page, cast.email_of(its.owner))
        for name, path in _pages(app, its, cast.signed_in(its.owner)):
            inside.look(name, server + path)
        for name, path in _pages(app, its, cast.anonymous()):
            outside.look(f"{name} (not signed in)", server + path)
    assert inside.seen > 50
    wrong = [*inside.wrong, *outside.wrong]
    assert not wrong, "\n" + "\n".join(wrong)

"""The house's ways: areas say where people may go and what they may begin; pages show each what the person may.

An entry's permission is the one on its route's door, so nobody is shown a door that stays shut.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from flask import Flask, current_app, g, request, url_for

from app.kernel import text
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import words

_KEY = "batchtrack_navigation"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads. `order` is its place in the list; lower comes first.

    place:  "side", "dock" (the phone's bar, at most four), "plus" (what the + can begin), "settings" (the pages of
            settings, as tabs: see platform/settings.html), "find" (the palette) or "help" (the list of shortcuts)
    covers: endpoints of pages that belong under this entry, besides its own
    whatever_plan: as on the route's door
    does:   the label as a whole action, where it stands alone: "Plan a batch"
    keys:   keys pressed one after the other, with a space between them: "g s"
    on:     the endpoint that does the same for one item; then "use 250 g shea" is understood
    counts: how many wait there, said beside the label on whole pages; one statement
    """

    label: str
    icon: str
    endpoint: str
    permission: Permission
    order: int
    place: str = "side"
    covers: tuple[str, ...] = ()
    gap: bool = False
    whatever_plan: bool = False
    does: str = ""
    keys: str = ""
    on: str = ""
    counts: Callable[[Actor], int] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """One link as `platform/base.html` draws it."""

    label: str
    icon: str
    url: str
    place: str
    current: bool
    gap: bool
    does: str = ""
    keys: str = ""
    on: str = ""
    counter: Callable[[], int] | None = None

    @property
    def count(self) -> int | None:
        """How many wait there: asked for when it is drawn, once."""
        return None if self.counter is None else self.counter()

    @property
    def action(self) -> str:
        """The label as it stands alone, in the reader's language."""
        return words.said(self.does or self.label)


def init_app(app: Flask) -> None:
    """Give `navigation`, `creations`, `settings`, `finder`, `helper` and `has_page()` to every template of `app`."""
    app.extensions[_KEY] = []
    app.context_processor(_shown)
    app.add_template_global(has_page)


def has_page(endpoint: str) -> bool:
    """Whether there is such a page: a lower area leaves a place for what a higher one may bring."""
    return endpoint in current_app.view_functions


def add(app: Flask, *ways: Way) -> None:
    """Register ways; an area does so in its `register`. Said again, they stand once."""
    known: list[Way] = app.extensions.setdefault(_KEY, [])
    known.extend(way for way in ways if way not in known)


def _shown() -> dict[str, Any]:
    actor = g.get("actor")
    if actor is None or g.get("slug") is None:
        return {"navigation": [], "creations": [], "settings": []}
    settings = _entries(actor, "settings")
    return {
        "navigation": _entries(actor, "side", "dock") + _way_to(settings),
        "creations": _entries(actor, "plus"),
        "settings": settings,
        "finder": next(iter(_entries(actor, "find")), None),
        "helper": next(iter(_entries(actor, "help")), None),
    }


def actions(actor: Actor) -> list[Shown]:
    """What the actor can begin, in order."""
    return _entries(actor, "plus")


def places(actor: Actor) -> list[Shown]:
    """The pages that the actor may open: the side's, then those of settings; the list of shortcuts last."""
    return _entries(actor, "side") + _entries(actor, "settings") + _entries(actor, "help")


def matching(entries: list[Shown], said: str) -> list[Shown]:
    """The entries whose words hold every word of `said`, ignoring case and accents."""
    wanted = text.search_key(said).split()
    return [entry for entry in entries if all(word in text.search_key(entry.action) for word in wanted)]


def _way_to(settings: list[Shown]) -> list[Shown]:
    """One entry for all pages of settings, for whoever may open one: it leads to the first."""
    current = any(entry.current for entry in settings)
    return [Shown("Settings", "settings", entry.url, "side", current, gap=True) for entry in settings[:1]]


def _entries(actor: Actor, *places: str) -> list[Shown]:
    ways: list[Way] = sorted(current_app.extensions[_KEY], key=lambda way: way.order)
    return [_entry(actor, way) for way in ways if way.place in places and _open(actor, way)]


def _open(actor: Actor, way: Way) -> bool:
    may = actor.may(way.permission) or (way.whatever_plan and way.permission in actor.beyond_plan)
    return may and has_page(way.endpoint)


def _entry(actor: Actor, way: Way) -> Shown:
    current = request.endpoint == way.endpoint or request.endpoint in way.covers
    url = url_for(way.endpoint)
    counter = None if way.counts is None else cache(partial(way.counts, actor))
    return Shown(way.label, way.icon, url, way.place, current, way.gap, way.does, way.keys, way.on, counter)

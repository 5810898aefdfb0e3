"""The house's ways: areas say where people may go and what they may begin; pages show each what the person may.

An entry's permission is the one on its route's door, so nobody is shown a door that stays shut.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for

from app.kernel.actor import Actor
from app.kernel.permissions import Permission

_KEY = "batchtrack_navigation"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a link leads. `order` is its place in the list; lower comes first.

    place:  "side", "dock" (the phone's bar, at most four), "plus" (what the + can begin) or "settings" (the pages of
            settings, as tabs: see platform/settings.html)
    covers: endpoints of pages that belong under this entry, besides its own
    whatever_plan: as on the route's door
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


@dataclass(frozen=True, slots=True)
class Shown:
    """One link as `platform/base.html` draws it."""

    label: str
    icon: str
    url: str
    place: str
    current: bool
    gap: bool
    count: int | None = None


def init_app(app: Flask) -> None:
    """Give `navigation`, `creations`, `settings` and `has_page()` to every template of `app`."""
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
    }


def _way_to(settings: list[Shown]) -> list[Shown]:
    """One entry for all pages of settings, for whoever may open one: it leads to the first."""
    current = any(entry.current for entry in settings)
    return [Shown("Settings", "settings", entry.url, "side", current, gap=True) for entry in settings[:1]]


def _entries(actor: Actor, *places: str) -> list[Shown]:
    ways: list[Way] = sorted(current_app.extensions[_KEY], key=lambda way: way.order)
    return [_entry(way) for way in ways if way.place in places and _open(actor, way)]


def _open(actor: Actor, way: Way) -> bool:
    may = actor.may(way.permission) or (way.whatever_plan and way.permission in actor.beyond_plan)
    return may and has_page(way.endpoint)


def _entry(way: Way) -> Shown:
    current = request.endpoint == way.endpoint or request.endpoint in way.covers
    return Shown(way.label, way.icon, url_for(way.endpoint), way.place, current, way.gap)

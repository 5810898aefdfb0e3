"""One person's walk along every door of an organization, with the house's own things in every hand."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.cast import Browser
from tests.sweeps import pages, slots
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door, doors

Which = Callable[[Door], bool]


def inside(app: Flask) -> list[Door]:
    """Doors of an organization: pages below its address, and the API but for what anyone may ask."""
    return [door for door in doors(app) if not door.is_public and (door.is_api or "slug" in door.parameters)]


class Walk:
    """With session and token of one person."""

    def __init__(self, its: Belongings, actor: Actor) -> None:
        self.its = its
        self.session: Browser = cast.signed_in(actor)
        self.plain: Browser = cast.anonymous()
        self.headers = {"Authorization": f"Bearer {cast.token_for(actor)}"}

    def looks(self, app: Flask, which: Which = lambda door: True) -> Iterator[tuple[Door, Any]]:
        """Every door that is looked through, and its answer."""
        for door in inside(app):
            if door.method == "GET" and which(door):
                yield door, self._open(door, None)

    def sends(self, app: Flask, which: Which = lambda door: True) -> Iterator[tuple[Door, Any]]:
        """Every door that takes something: what is sound, then what makes no sense."""
        for door in inside(app):
            if door.method == "GET" or not which(door):
                continue
            for body in (*self._sound(door), {}):
                yield door, self._open(door, body)

    def _sound(self, door: Door) -> list[Any]:
        if door.is_api:
            return [make(self.its) for make in slots.BODIES.get(door.endpoint, ())]
        page = pages.FORMS.get(door.endpoint)
        return [page.typed(self.its)] if page else []

    def _open(self, door: Door, body: Any) -> Any:
        url = door.url(slots.own(door, self.its))
        if door.is_api:
            return self.plain.open(url, method=door.method, headers=self.headers, json=body, csrf=False)
        if body is None:
            return self.session.open(url, method=door.method)
        data = {**body, "command_key": f"{door.endpoint} {len(body)}"}
        return self.session.open(url, method=door.method, data=data)

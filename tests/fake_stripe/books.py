"""The fake's state: every object by its id, as Stripe writes it; its clock; the events that it has to tell."""

import copy
import itertools
import secrets
from collections.abc import Callable
from typing import Any

from app.kernel import clock

Thing = dict[str, Any]
API_VERSION = "2026-10-28.endive"


class Refused(Exception):
    """Stripe's error: status, and the body's type, code, message and parameter."""

    def __init__(
        self, status: int, message: str, *, kind: str = "invalid_request_error", code: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, "code": code or None, "param": param or None}}


class Books:
    """What the fake knows. `tell` hears each event as it is written."""

    def __init__(self, tell: Callable[[Thing], None]) -> None:
        self.things: dict[str, dict[str, Thing]] = {}
        self.declined: set[str] = set()
        """Customers whose card does not pay."""
        self.waiting: dict[str, list[Thing]] = {}
        """Lines for the next invoice, by subscription."""
        self.ahead = 0
        self._tell, self._numbers, self._mark = tell, itertools.count(1), secrets.token_hex(5)

    def now(self) -> int:
        """Seconds of Unix, as far ahead as the test wants."""
        return int(clock.now().timestamp()) + self.ahead

    def new_id(self, prefix: str) -> str:
        """Unlike any that another fake ever gave."""
        return f"{prefix}_{self._mark}{next(self._numbers):05d}"

    def add(self, kind: str, thing_id: str, **said: Any) -> Thing:
        """Keep a new object."""
        shelf = self.things.setdefault(kind, {})
        if thing_id in shelf:
            raise Refused(400, f"{kind.capitalize()} already exists.", code="resource_already_exists", param="id")
        thing = {"id": thing_id, "object": kind, "created": self.now(), "livemode": False, "metadata": {}, **said}
        shelf[thing_id] = thing
        return thing

    def find(self, kind: str, thing_id: str, *, param: str = "id") -> Thing:
        """An object. raises: Refused 404"""
        found = self.things.get(kind, {}).get(thing_id)
        if found is None:
            words = kind.replace(".", " ").replace("_", " ")
            raise Refused(404, f"No such {words}: '{thing_id}'", code="resource_missing", param=param)
        return found

    def all(self, kind: str, **wanted: Any) -> list[Thing]:
        """Objects whose fields are as wanted, newest first."""
        found = [
            each
            for each in self.things.get(kind, {}).values()
            if all(each.get(name) == value for name, value in wanted.items() if value is not None)
        ]
        return list(reversed(found))

    def event(self, kind: str, thing: Thing, before: Thing | None = None) -> None:
        """Write down and tell that something happened."""
        data: Thing = {"object": copy.deepcopy(thing)}
        if before is not None:
            changed = {name: value for name, value in before.items() if thing.get(name) != value}
            data["previous_attributes"] = copy.deepcopy(changed)
        written = self.add(
            "event",
            self.new_id("evt"),
            type=kind,
            api_version=API_VERSION,
            data=data,
            pending_webhooks=1,
            request={"id": self.new_id("req"), "idempotency_key": None},
        )
        self._tell(written)


def listed(things: list[Thing], url: str, limit: int = 10) -> Thing:
    """A page of a list, as Stripe writes it."""
    return {"object": "list", "data": things[:limit], "has_more": len(things) > limit, "url": url}

"""Every page of the URL map, asked for as somebody who is let in; no list of them is kept."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from flask import Flask

from app.kernel.actor import Actor
from tests import cast
from tests.sweeps.doors import Door, doors

UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class _Anything(dict[str, str]):
    """A value for each parameter: of the right shape, and of nothing that is there."""

    def __missing__(self, name: str) -> str:
        return str(uuid4())


def url(door: Door, slug: str) -> str:
    """The door's address in the organization of this slug; of things that are not there, 404 is an answer too."""
    return door.url(_Anything(dict.fromkeys(door.numbers, "1"), slug=slug, filename="dist/manifest.json"))


def pages(app: Flask, methods: set[str]) -> Iterator[Door]:
    """Doors that ask for a session, or for nothing."""
    return (door for door in doors(app) if door.method in methods and not door.is_api and door.endpoint != "static")


def slug_of(app: Flask, actor: Actor) -> str:
    """Of the actor's organization."""
    location = cast.signed_in(actor).get("/").location
    assert location, "The actor has one organization."
    return str(location).strip("/").removeprefix("o/")


def ask(browser: cast.Browser, door: Door, slug: str, **said: Any) -> cast.Reply:
    """Ask at this door."""
    headers: Mapping[str, str] = said.pop("headers", {})
    return browser.open(url(door, slug), method=door.method, headers=dict(headers), **said)

"""The doors: every route and method of the application. None is written down here, so none can be forgotten."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.kernel.permissions import Permission
from app.platform.api import Operation
from app.platform.web import PUBLIC_ENDPOINTS

_BESIDE = {"HEAD", "OPTIONS"}
_WHOLE_NUMBER = re.compile(r"<int:([a-z_]+)>")
_PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
API = "/api/v1"


@dataclass(frozen=True, slots=True)
class Door:
    """One route and method. `operation` is the contract of an API route, None for a page."""

    method: str
    path: str
    endpoint: str
    permission: Permission | None
    operation: Operation | None
    whatever_plan: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """What stands in angle brackets."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Those of them that stand for whole numbers alone: anything else finds no route at all."""
        return tuple(_WHOLE_NUMBER.findall(self.path))

    @property
    def is_api(self) -> bool:
        """Asks for a token; a page asks for a session."""
        return self.operation is not None

    @property
    def is_public(self) -> bool:
        """Anyone may come in."""
        return self.endpoint in PUBLIC_ENDPOINTS

    def url(self, values: Mapping[str, str]) -> str:
        """The path with its parameters filled in."""
        return _PARAMETER.sub(lambda found: values[found[1]], self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def doors(app: Flask) -> list[Door]:
    """All of them, by path and method."""
    found = []
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        said = (
            getattr(view, "_requires", None),
            getattr(view, "_operation", None),
            getattr(view, "_whatever_plan", False),
        )
        found += [Door(method, rule.rule, rule.endpoint, *said) for method in (rule.methods or set()) - _BESIDE]
    return sorted(found, key=lambda door: (door.path, door.method))

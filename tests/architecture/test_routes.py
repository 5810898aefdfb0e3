"""A sign on every door: each route names the permission it asks for, or is declared public."""

from flask import Flask

from app.kernel.permissions import Permission
from app.platform.web import PUBLIC_ENDPOINTS

ANY_TOKEN = {"identity_api.health", "identity_api.me"}  # they ask for a live token, and for no permission


def test_every_route_carries_its_permission(app: Flask) -> None:
    unsigned = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "_requires", None), Permission)
        and rule.endpoint not in ANY_TOKEN
    }
    assert unsigned <= PUBLIC_ENDPOINTS, sorted(unsigned - PUBLIC_ENDPOINTS)


def test_no_public_route_carries_a_permission_or_is_gone(app: Flask) -> None:
    signed = {name for name, view in app.view_functions.items() if hasattr(view, "_requires")}
    assert signed.isdisjoint(PUBLIC_ENDPOINTS)
    assert app.view_functions.keys() >= PUBLIC_ENDPOINTS

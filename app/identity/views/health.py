"""Whether the service is alive and ready: for hosts and load balancers, open to anyone, saying little."""

import redis
import sqlalchemy.exc
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.identity.queries import health as queries
from app.platform.web import public

bp = Blueprint("health", __name__)

_BROKER_SECONDS = 1


@bp.get("/healthz")
@public("health.healthz")
def healthz() -> ResponseReturnValue:
    """Alive."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public("health.readyz")
def readyz() -> ResponseReturnValue:
    """Ready: the database, the broker where one is configured, and which wall stands between organizations."""
    database, isolation = _database()
    broker = _broker(current_app.config.get("REDIS_URL"))
    ready = database == "connected" and broker != "unreachable"
    body = {"status": "ok" if ready else "unavailable", "database": database, "broker": broker, "isolation": isolation}
    return jsonify(body), 200 if ready else 503


def _database() -> tuple[str, str]:
    try:
        role = queries.application_role_in_force()
        queries.database_answers()
    except (sqlalchemy.exc.OperationalError, sqlalchemy.exc.TimeoutError):
        return "unreachable", "unknown"
    return "connected", {None: "application", True: "application role", False: "policies and triggers"}[role]


def _broker(url: str | None) -> str:
    if not url:
        return "none"
    client = redis.Redis.from_url(url, socket_timeout=_BROKER_SECONDS, socket_connect_timeout=_BROKER_SECONDS)
    try:
        client.ping()
    except redis.RedisError:
        return "unreachable"
    finally:
        client.close()
    return "connected"

"""Where this installation is on the web: BASE_URL, never the Host that a request claims."""

from urllib.parse import urlsplit

from flask import current_app


def origin() -> str:
    """Scheme, host and port: https://batchtrack.example."""
    base: str = current_app.config["BASE_URL"]
    return base


def host() -> str:
    """The host alone, which passkeys are bound to."""
    return urlsplit(origin()).hostname or ""

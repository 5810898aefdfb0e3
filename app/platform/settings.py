"""What the installation was told at start, for services: they know no Flask. Names are those of platform/config.py."""

from flask import current_app


def text(name: str) -> str | None:
    """The value of this variable; None where nothing was said."""
    found: str | None = current_app.config[name]
    return found

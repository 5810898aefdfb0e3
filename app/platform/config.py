"""Configuration: from the environment only, checked at start with a message that names the variable."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

_LEVELS = ("debug", "info", "warning", "error", "critical")


class BadConfiguration(Exception):
    """A variable is missing or makes no sense; the message names it."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the application is told at start."""

    database_url: str
    data_dir: Path
    secret_key: str
    redis_url: str | None = None
    migration_database_url: str | None = None
    testing: bool = False
    secure_cookies: bool = False
    api_requests_per_minute: int = 6000
    trusted_proxies: int = 0
    base_url: str = "http://localhost:8000"
    smtp_url: str | None = None
    mail_from: str = "BatchTrack <batchtrack@localhost>"
    sign_up: bool = True
    stripe_secret_key: str | None = None
    stripe_webhook_secret: str | None = None
    stripe_api_base: str | None = None
    design_page: bool = False
    log_level: str = "info"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read DATABASE_URL, MIGRATION_DATABASE_URL, REDIS_URL, DATA_DIR, SECRET_KEY, SECURE_COOKIES,
        API_REQUESTS_PER_MINUTE, TRUSTED_PROXIES, BASE_URL, SMTP_URL, MAIL_FROM, SIGN_UP, STRIPE_SECRET_KEY,
        STRIPE_WEBHOOK_SECRET, STRIPE_API_BASE, DESIGN_PAGE and LOG_LEVEL.

        raises: BadConfiguration
        """
        data_dir = Path(environ.get("DATA_DIR") or "data").resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        return cls(
            database_url=database_url(environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'batchtrack.db'}"),
            data_dir=data_dir,
            secret_key=environ.get("SECRET_KEY") or _kept_secret(data_dir / "secret_key"),
            redis_url=environ.get("REDIS_URL") or None,
            migration_database_url=_optional_url(environ.get("MIGRATION_DATABASE_URL")),
            secure_cookies=_flag(environ, "SECURE_COOKIES"),
            api_requests_per_minute=_count(environ, "API_REQUESTS_PER_MINUTE", default=6000, least=1),
            trusted_proxies=_count(environ, "TRUSTED_PROXIES", default=0, least=0),
            base_url=_web_address(environ.get("BASE_URL") or "http://localhost:8000", "BASE_URL"),
            smtp_url=_smtp_address(environ.get("SMTP_URL")),
            mail_from=_sender_address(environ.get("MAIL_FROM") or "BatchTrack <batchtrack@localhost>"),
            sign_up=_flag(environ, "SIGN_UP", default="1"),
            stripe_secret_key=environ.get("STRIPE_SECRET_KEY") or None,
            stripe_webhook_secret=_webhook_secret(environ),
            stripe_api_base=_web_address(environ["STRIPE_API_BASE"], "STRIPE_API_BASE")
            if environ.get("STRIPE_API_BASE")
            else None,
            design_page=_flag(environ, "DESIGN_PAGE"),
            log_level=_level(environ.get("LOG_LEVEL") or "info"),
        )


def database_url(text: str) -> str:
    """SQLAlchemy's URL for what people and hosts write: `postgres://` and `postgresql://` mean psycopg 3.

    raises: BadConfiguration when it is neither SQLite nor PostgreSQL
    """
    scheme, _, rest = text.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return text
    raise BadConfiguration("DATABASE_URL must begin with sqlite:/// or postgresql://")


def _optional_url(text: str | None) -> str | None:
    return database_url(text) if text else None


def _web_address(text: str, name: str) -> str:
    """`scheme://host[:port]`, without a path: links in mails begin with it."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadConfiguration(f"{name} must be like https://batchtrack.example, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def _smtp_address(text: str | None) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise BadConfiguration("SMTP_URL must be like smtp://user:password@mail.example:587 or smtps://...:465")
    return text


def _sender_address(text: str) -> str:
    """Whom mails are from: `BatchTrack <mail@batchtrack.example>`."""
    _, address = parseaddr(text)
    if "@" not in address or not text.isprintable():
        raise BadConfiguration("MAIL_FROM must be like BatchTrack <mail@batchtrack.example>")
    return text


def _level(text: str) -> str:
    if text.lower() not in _LEVELS:
        raise BadConfiguration(f"LOG_LEVEL must be one of {', '.join(_LEVELS)}")
    return text.lower()


def _webhook_secret(environ: Mapping[str, str]) -> str | None:
    """Billing is on when there is a key; then what Stripe tells must be provable too."""
    secret = environ.get("STRIPE_WEBHOOK_SECRET") or None
    if environ.get("STRIPE_SECRET_KEY") and not secret:
        raise BadConfiguration("STRIPE_WEBHOOK_SECRET is needed beside STRIPE_SECRET_KEY")
    return secret


def _flag(environ: Mapping[str, str], name: str, default: str = "0") -> bool:
    text = (environ.get(name, "").strip() or default).lower()
    if text not in {"0", "1", "false", "true", "no", "yes"}:
        raise BadConfiguration(f"{name} must be 1 or 0")
    return text in {"1", "true", "yes"}


def _count(environ: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    text = environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdigit() and int(text) >= least):
        raise BadConfiguration(f"{name} must be a whole number, {least} or more")
    return int(text)


def _kept_secret(path: Path) -> str:
    """The secret of this installation, made on first start and readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()

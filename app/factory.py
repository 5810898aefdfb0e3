"""Makes the application: reads the configuration, wires platform and areas. Holds no rules."""

from datetime import timedelta

from flask import Flask

from app import areas
from app.platform import (
    assets,
    database,
    design,
    filters,
    logs,
    mail_cli,
    navigation,
    openapi,
    proxies,
    shell,
    tasks,
    web,
    words,
    words_cli,
)
from app.platform.api import MAX_BODY
from app.platform.config import Config


def create_app(config: Config | None = None) -> Flask:
    """A ready application.

    raises: BadConfiguration, naming the variable
    """
    config = config or Config.from_environment()
    app = Flask("app", template_folder="platform/templates", static_folder="static")
    app.config.update(
        SECRET_KEY=config.secret_key,
        TESTING=config.testing,
        DATA_DIR=config.data_dir,
        REDIS_URL=config.redis_url,
        API_REQUESTS_PER_MINUTE=config.api_requests_per_minute,
        BASE_URL=config.base_url,
        SMTP_URL=config.smtp_url,
        MAIL_FROM=config.mail_from,
        SIGN_UP=config.sign_up,
        DESIGN_PAGE=config.design_page or config.testing,
        STRIPE_SECRET_KEY=config.stripe_secret_key,
        STRIPE_WEBHOOK_SECRET=config.stripe_webhook_secret,
        STRIPE_API_BASE=config.stripe_api_base,
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=MAX_BODY,
        MAX_FORM_PARTS=2000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_NAME="__Host-session" if config.secure_cookies else "session",
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    logs.init_app(app, level=config.log_level)
    database.init_app(app, config)
    web.init_app(app)
    words.init_app(app)
    assets.register(app)
    filters.register(app)
    navigation.init_app(app)
    shell.init_app(app)
    design.register(app)
    mail_cli.register(app)
    words_cli.register(app)
    tasks.register(app)
    areas.register(app)
    openapi.register(app)
    app.wsgi_app = proxies.trusting(app.wsgi_app, config.trusted_proxies)  # type: ignore[assignment,method-assign]
    return app

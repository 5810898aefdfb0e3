"""How gunicorn serves the product: read by itself when it starts in this folder.

Threads, because requests wait for the database more than they compute. A buffering proxy belongs in front of it
wherever strangers can connect: slow senders would hold its threads.
"""

import os

from gunicorn import glogging

from app.platform.logs import Lines


class ServerLog(glogging.Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own lines, written as ours are, and as free of secrets."""

    def setup(self, cfg: object) -> None:
        """Take our way of writing."""
        super().setup(cfg)
        for each in self.error_log.handlers:
            each.setFormatter(Lines())


bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
wsgi_app = "wsgi:app"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 8
preload_app = True  # loaded once and forked: no connection is open yet, and a lost worker is replaced at once
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190
control_socket_disable = True
logger_class = ServerLog
loglevel = os.environ.get("LOG_LEVEL") or "warning"

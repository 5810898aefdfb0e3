"""What an application of ours would take a request for: `gunicorn tests.platform.echo:app`, told TRUSTED_PROXIES."""

import json
import os
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from app.platform.proxies import trusting


def _say(environ: WSGIEnvironment, begin: StartResponse) -> Iterable[bytes]:
    begin("200 OK", [("Content-Type", "application/json")])
    seen = {"address": "REMOTE_ADDR", "scheme": "wsgi.url_scheme", "host": "HTTP_HOST"}
    return [json.dumps({name: environ[key] for name, key in seen.items()}).encode()]


app = trusting(_say, int(os.environ["TRUSTED_PROXIES"]))

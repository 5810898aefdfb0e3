"""The whole fake, and the two ways to it: HTTP on an address of this machine, or a carrier inside the process."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import stripe

from tests.fake_stripe import hooks
from tests.fake_stripe.api import SECRET_KEY, Api, Reply
from tests.fake_stripe.books import Books, Refused, Thing
from tests.fake_stripe.engine import Engine
from tests.fake_stripe.hooks import Postman
from tests.fake_stripe.pages import Pages


class FakeStripe:
    """Stripe. `events`: all that it told, oldest first. With a postman they are posted too."""

    def __init__(self, *, key: str = SECRET_KEY) -> None:
        self.events: list[Thing] = []
        self.postman: Postman | None = None
        self.books = Books(self._tell)
        self.engine = Engine(self.books)
        self.pages = Pages(self.books, self.engine)
        self.api = Api(self.books, self.engine, key=key)

    def posts_to(self, url: str, secret: str = hooks.SECRET) -> Postman:
        """Post every event to this address from now on."""
        self.postman = Postman(url, secret)
        return self.postman

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: str) -> Reply:
        """Answer one request, of a program or of a browser."""
        if target.startswith("/v1/"):
            return self.api.request(method, target, headers, body)
        with self.api.lock:
            try:
                if target == "/_test/events":
                    return Reply(200, json.dumps(self.events).encode(), {"Content-Type": "application/json"})
                shown = self.pages.show(method, urlsplit(target).path, body)
            except Refused as refused:
                return Reply(refused.status, str(refused).encode(), {"Content-Type": "text/plain"})
        headers = {"Content-Type": "text/html; charset=utf-8"}
        if shown.location:
            headers["Location"] = shown.location
        return Reply(shown.status, shown.html.encode(), headers)

    def _tell(self, event: Thing) -> None:
        self.events.append(event)
        if self.postman:
            self.postman.take(event)


@contextmanager
def serving(fake: FakeStripe, port: int = 0) -> Iterator[str]:
    """The fake on 127.0.0.1 for the length of the block; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(fake))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    fake.api.public = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake.api.public
    finally:
        server.shutdown()
        server.server_close()


def _handler(fake: FakeStripe) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            reply = fake.answer(self.command, self.path, self.headers, body)  # type: ignore[arg-type]
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names that http.server calls

    return type("Quiet", (Handler,), {"log_message": lambda *said: None})


class Carrier(stripe.HTTPClient):
    """Carries the official client's requests to a fake in this process: the same bytes, without sockets."""

    name = "in process"

    def __init__(self, fake: FakeStripe) -> None:
        super().__init__()
        self._fake = fake

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """One request."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        reply = self._fake.answer(method.upper(), target, headers or {}, post_data or "")
        return reply.body.decode(), reply.status, reply.headers

    def close(self) -> None:
        """Nothing is open."""

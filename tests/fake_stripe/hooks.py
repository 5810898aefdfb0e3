"""Webhooks of the fake: signed as Stripe signs, sent again while the other side fails."""

import hashlib
import hmac
import json
import queue
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass

from app.kernel import clock
from tests.fake_stripe.books import Thing

SECRET = "whsec_of_the_fake"
_TRIES, _FIRST_WAIT = 8, 0.1


@dataclass(frozen=True, slots=True)
class Post:
    """What goes over the wire."""

    body: bytes
    signature: str


def sign(event: Thing, *, secret: str = SECRET, age: int = 0) -> Post:
    """An event as Stripe posts it. `age`: seconds since it was signed."""
    body = json.dumps(event, indent=2).encode()
    at = int(clock.now().timestamp()) - age
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return Post(body, f"t={at},v1={digest},v0=of-the-tests")


class Postman:
    """Posts events to an address in a thread of its own; what is refused is posted again, later each time."""

    def __init__(self, url: str, secret: str = SECRET) -> None:
        self._url, self._secret = url, secret
        self._bag: queue.Queue[tuple[Thing, int]] = queue.Queue()
        self.answers: list[tuple[str, int]] = []
        """Type of the event and status of the answer, 0 for none, in the order in which they came."""
        threading.Thread(target=self._walk, daemon=True).start()

    def take(self, event: Thing) -> None:
        """Post this as soon as possible."""
        self._bag.put((event, 1))

    def wait(self) -> None:
        """Until everything was taken or given up."""
        self._bag.join()

    def _walk(self) -> None:
        while True:
            event, number = self._bag.get()
            status = self._post(event)
            self.answers.append((event["type"], status))
            if not 200 <= status < 300 and number < _TRIES:
                self._later(event, number)
            self._bag.task_done()

    def _later(self, event: Thing, number: int) -> None:
        self._bag.put((event, number + 1))
        threading.Event().wait(_FIRST_WAIT * number)

    def _post(self, event: Thing) -> int:
        post = sign(event, secret=self._secret)
        headers = {"Content-Type": "application/json", "Stripe-Signature": post.signature}
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        asked = urllib.request.Request(self._url, post.body, headers)  # noqa: S310 - the test's own address
        try:
            with opener.open(asked, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            refused.close()
            return refused.code
        except OSError:
            return 0

"""A program that sends entries and keeps a journal: the intent before it sends, the answer when it came."""

import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What the server said in the end."""

    status: int
    body: Any


@dataclass
class Sender:
    """Sends until told to stop; whatever goes wrong, the same request again under the same key."""

    name: str
    port: int
    token: str
    items: Sequence[str]
    intents: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    answers: dict[str, Acknowledged] = field(default_factory=dict)
    interrupted: int = 0

    def run(self, stop: threading.Event) -> None:
        """Entry after entry."""
        chance = random.Random(self.name)  # noqa: S311 - a test's choice, not a secret
        while not stop.is_set():
            key = f"{self.name}-{len(self.intents)}"
            self.intents[key] = _entry(chance, chance.choice(self.items))
            self.answers[key] = self._send_until_answered(key)

    def _send_until_answered(self, key: str) -> Acknowledged:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._send(key)
            except (OSError, HTTPException, ValueError):  # cut off: nobody knows whether it was done
                self.interrupted += 1
                time.sleep(0.01)
                continue
            if answer.status != 503:
                return answer
            time.sleep(0.05)
        raise AssertionError(f"{key} was not answered.")

    def _send(self, key: str) -> Acknowledged:
        path, body = self.intents[key]
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
            "Connection": "close",
        }
        connection = HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            response = connection.getresponse()
            return Acknowledged(response.status, json.loads(response.read()))
        finally:
            connection.close()


def _entry(chance: random.Random, item: str) -> tuple[str, dict[str, str]]:
    quantity = str(chance.randint(1, 20))
    if chance.random() < 0.4:
        return f"/items/{item}/receipts", {"quantity": quantity, "total_cost": f"{chance.randint(1, 99)}.07"}
    return f"/items/{item}/issues", {"quantity": quantity, "kind": "use"}

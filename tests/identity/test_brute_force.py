"""Brute force: of a thousand tries from fifty addresses, no more than five ever look at the password.

The tries come through the pages, as they do in life, from several threads at once.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from app.identity.services import people, tries
from app.kernel import clock, ids
from app.kernel.actor import Actor
from tests import cast
from tests.identity import letters

NEW = "tallow-and-fern-9"
_THREADS = 8


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Passwords that were looked at."""
    seen, look = list[str](), people.is_password

    def watched(known: str | None, password: str) -> bool:
        seen.append(password)
        return look(known, password)

    monkeypatch.setattr(people, "is_password", watched)
    return seen


def knock(email: str, password: str, sender: str, **headers: str) -> int:
    """One try, in a browser of its own: the status."""
    answer = cast.anonymous().post(
        "/sign-in",
        data={"email": email, "password": password},
        headers=headers,
        environ_overrides={"REMOTE_ADDR": sender},
    )
    return answer.status_code


def many(count: int, try_one: Callable[[int], int], threads: int = _THREADS) -> Counter[int]:
    """How often each status came, of `count` tries by several threads."""
    with ThreadPoolExecutor(threads) as pool:
        return Counter(pool.map(try_one, range(count)))


@pytest.mark.heavy
def test_a_thousand_tries_from_fifty_addresses(app: Flask, owner: Actor, looked: list[str]) -> None:
    email, run = cast.email_of(owner), ids.code()

    seen = many(1_000, lambda number: knock(email, f"guess {number}", f"{run} {number % 50}"))

    assert seen.keys() <= {401, 429}
    assert 1 <= len(looked) == seen[401] <= tries.WRONG_PER_ACCOUNT
    looked.clear()
    assert knock(email, cast.PASSWORD, f"{run} home") == 429  # the owner is locked out like everybody
    assert looked == []
    browser = cast.anonymous()
    assert browser.post("/reset", data={"email": email}).status_code == 200
    assert browser.post(letters.link_in(app, email), data={"password": NEW}).status_code == 303
    assert browser.get("/").location.startswith("/o/")
    assert knock(email, NEW, f"{run} home") == 302
    assert knock(email, cast.PASSWORD, f"{run} home") == 401


@pytest.mark.heavy
def test_sixty_four_at_the_same_moment(app: Flask, owner: Actor, looked: list[str]) -> None:
    email, run, barrier = cast.email_of(owner), ids.code(), threading.Barrier(64)

    def at_once(number: int) -> int:
        barrier.wait()
        return knock(email, f"guess {number}", f"{run} {number}")

    seen = many(64, at_once, threads=64)
    assert seen.keys() <= {401, 429, 503}
    assert len(looked) <= tries.WRONG_PER_ACCOUNT


def test_a_day_of_patience_gets_thirty_looks(app: Flask, owner: Actor, looked: list[str]) -> None:
    email, run, start = cast.email_of(owner), ids.code(), clock.now()
    for minute in range(0, 24 * 60, 5):
        with clock.set_to(start + timedelta(minutes=minute)):
            while knock(email, "guess", f"{run} {minute}") == 401:
                pass
    assert 20 <= len(looked) <= 32


def test_a_forged_forwarding_header_is_nobodys_address(app: Flask, looked: list[str]) -> None:
    """No proxy is trusted here, so what a request says of where it comes from counts for nothing."""
    sender = f"203.0.113.{ids.code()}"
    seen = [
        knock(f"{ids.code()}@nowhere.example", "guess", sender, **{"X-Forwarded-For": f"198.51.100.{number}"})
        for number in range(30)
    ]
    assert Counter(seen) == {401: tries.WRONG_PER_ADDRESS, 429: 30 - tries.WRONG_PER_ADDRESS}
    assert len(looked) == tries.WRONG_PER_ADDRESS

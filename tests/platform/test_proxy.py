"""compose.yaml's proxy: address and scheme are those of who asks, whoever stands in front and whatever is forged."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import request

from app.factory import create_app
from tests.databases import config_for, dispose
from tests.platform.proxies import OUTSIDE, TERMINATOR, ask, composed, ending_tls, served

FORGED = {"x_forwarded_for": "203.0.113.9, 198.51.100.7", "x_forwarded_proto": "https", "x_real_ip": "203.0.113.9"}
ELSEWHERE = "127.0.0.4"


@pytest.fixture(scope="module")
def alone() -> Iterator[int]:
    """The proxy as it comes."""
    with served({}) as port:
        yield port


@pytest.fixture(scope="module")
def behind() -> Iterator[int]:
    """The proxy that knows of one in front."""
    with served({"PROXY_NETWORK": f"{TERMINATOR}/32"}) as port:
        yield port


@pytest.fixture(scope="module")
def front(behind: int) -> Iterator[int]:
    """The one in front of it."""
    with ending_tls(behind) as port:
        yield port


class TestAlone:
    def test_sees_who_asks(self, alone: int) -> None:
        seen = ask(alone)
        assert (seen.address, seen.scheme, seen.host) == (OUTSIDE, "http", "shop.example")

    @pytest.mark.parametrize("come_from", [OUTSIDE, "127.0.0.1"])
    def test_takes_nobody_s_word(self, alone: int, come_from: str) -> None:
        seen = ask(alone, come_from=come_from, **FORGED, x_forwarded_host="evil.example")
        assert (seen.address, seen.scheme, seen.host) == (come_from, "http", "shop.example")


class TestBehindAnother:
    def test_sees_who_asked_it_and_that_it_was_https(self, front: int) -> None:
        seen = ask(front)
        assert (seen.address, seen.scheme, seen.host) == (OUTSIDE, "https", "shop.example")

    def test_tells_its_visitors_apart(self, front: int) -> None:
        seen = [ask(front, come_from=each) for each in (OUTSIDE, ELSEWHERE)]
        assert [each.address for each in seen] == [OUTSIDE, ELSEWHERE]
        assert [each.counted for each in seen] == [OUTSIDE, ELSEWHERE]

    def test_takes_no_visitor_s_word(self, front: int) -> None:
        assert ask(front, **FORGED).address == OUTSIDE

    def test_takes_no_word_of_who_goes_around_it(self, behind: int) -> None:
        seen = ask(behind, **FORGED)
        assert (seen.address, seen.scheme, seen.counted) == (OUTSIDE, "http", OUTSIDE)


def test_behind_two_the_first_one_s_word_counts() -> None:
    given = {"PROXY_NETWORK": f"{TERMINATOR}/32", "TRUSTED_PROXIES": "2"}
    with served(given) as port, ending_tls(port, "127.0.0.5") as front:
        seen = ask(front, **FORGED)
    assert (seen.address, seen.scheme) == (OUTSIDE, "https")


def test_how_many_stand_in_front_comes_from_the_environment() -> None:
    said = [composed(given)["services"]["web"]["environment"] for given in ({}, {"TRUSTED_PROXIES": "3"})]
    assert [each["TRUSTED_PROXIES"] for each in said] == [1, 3]


@pytest.mark.parametrize(("told", "taken"), [(0, "127.0.0.1"), (1, "10.0.0.1"), (2, OUTSIDE)])
def test_the_application_counts_as_it_is_told(tmp_path: Path, told: int, taken: str) -> None:
    made = create_app(replace(config_for("sqlite://", tmp_path), trusted_proxies=told))
    seen = []
    made.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append((request.remote_addr, request.scheme)))
    headers = {"X-Forwarded-For": f"203.0.113.9, {OUTSIDE}, 10.0.0.1", "X-Forwarded-Proto": "https"}
    answer = made.test_client().get("/healthz", headers=headers)
    dispose(made)
    assert seen == [(taken, "https" if told else "http")]
    assert ("Strict-Transport-Security" in answer.headers) is bool(told)

"""The authority on how often something may be asked: counts in Redis where there is one, so that all workers agree.

Without Redis each process counts by itself. When Redis does not answer, each process counts by itself too, says so in
the log, and asks Redis again a little later: nobody is refused because it is away. Wrong passwords and codes have
guards of their own, in the database, that do not depend on this.

A window begins when the clock is at a whole multiple of its length: the minute, the hour.
"""

import hashlib
import ipaddress
import logging
import time
from dataclasses import dataclass, field

from flask import current_app, request
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from werkzeug.exceptions import TooManyRequests

from app.kernel import clock

_log = logging.getLogger(__name__)
_EXTENSION = "batchtrack_rate"
_PATIENCE_SECONDS = 1.0  # for one answer of Redis
_RESPITE_SECONDS = 5.0  # after it gave none
_MINUTE = 60


def take(token: str) -> int:
    """Count one API request of a token; 0 when it may pass, else the seconds until the next minute."""
    return take_for("token", token, limit=current_app.config["API_REQUESTS_PER_MINUTE"], seconds=_MINUTE)


def take_for(name: str, key: str, *, limit: int, seconds: int) -> int:
    """Count one try; 0 when it may pass, else the seconds to wait: what `Retry-After` says.

    name:    what is limited: "sign_up"
    key:     whom: an address (see `sender`), a person's id. Only its hash is kept
    limit:   how many tries pass in each window of `seconds`
    """
    place, left = _window(name, key, seconds)
    return left if _counts().add(place, seconds) > limit else 0


def wait_for(name: str, key: str, *, limit: int, seconds: int) -> int:
    """What the next `take_for` would answer, without counting: 0, or the seconds to wait."""
    place, left = _window(name, key, seconds)
    return left if _counts().so_far(place) >= limit else 0


def require(name: str, key: str, *, limit: int, seconds: int) -> None:
    """`take_for`, for those who have nothing better to say than 429.

    raises: TooManyRequests, with its Retry-After
    """
    refuse(take_for(name, key, limit=limit, seconds=seconds))


def refuse(wait: int) -> None:
    """Raise TooManyRequests when there are seconds to wait."""
    if wait:
        raise TooManyRequests("Too many tries. Wait a little, then try again.", retry_after=wait)


def sender() -> str:
    """Where the request comes from, as a key to count by: of an IPv6 address its network, which one sender owns."""
    return network(request.remote_addr or "unknown")


def network(address: str) -> str:
    """An address as a key to count by: of IPv6 its /64, of IPv4 written as IPv6 the IPv4; another word as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(known), 64), strict=False))


def _window(name: str, key: str, seconds: int) -> tuple[str, int]:
    """The counter's name in the present window, and the seconds until the next."""
    at = int(clock.now().timestamp())
    whom = hashlib.sha256(f"{name}\0{key}".encode()).hexdigest()[:32]
    return f"{name}:{whom}:{seconds}:{at // seconds}", seconds - at % seconds


def _counts() -> "_Counts":
    found: _Counts = current_app.extensions.get(_EXTENSION) or current_app.extensions.setdefault(
        _EXTENSION, _Counts(current_app.config["REDIS_URL"])
    )
    return found


@dataclass
class _Counts:
    """The shared counters, and this process's own for when there are none."""

    redis_url: str | None
    own: Storage = field(default_factory=MemoryStorage)
    shared: Storage | None = None
    silent_until: float = 0.0

    def __post_init__(self) -> None:
        if self.redis_url:
            self.shared = RedisStorage(
                self.redis_url,
                key_prefix="batchtrack:rate",
                wrap_exceptions=True,
                socket_timeout=_PATIENCE_SECONDS,
                socket_connect_timeout=_PATIENCE_SECONDS,
            )

    def add(self, place: str, seconds: int) -> int:
        """Count one; how many there are now."""
        if self._listens():
            try:
                return self.shared.incr(place, seconds)  # type: ignore[union-attr]
            except StorageError as error:
                self._fell_silent(error)
        return self.own.incr(place, seconds)

    def so_far(self, place: str) -> int:
        """How many there are."""
        if self._listens():
            try:
                return self.shared.get(place)  # type: ignore[union-attr]
            except StorageError as error:
                self._fell_silent(error)
        return self.own.get(place)

    def _listens(self) -> bool:
        return self.shared is not None and time.monotonic() >= self.silent_until

    def _fell_silent(self, error: StorageError) -> None:
        self.silent_until = time.monotonic() + _RESPITE_SECONDS
        reason = type(error.storage_error).__name__
        _log.warning("Redis does not answer (%s): requests are counted by this process alone", reason)

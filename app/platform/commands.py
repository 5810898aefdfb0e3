"""Runs commands: one transaction each, one effect per key, retries, remembered refusals. The only code that commits.

The order inside: insert the command row (a twin waits there), do the work, store the answer. A refusal rolls
everything back; then a second small transaction stores key, body hash and refusal, so that it is answered the same
way for ever. source: docs/domain/ledger.md
"""

import hashlib
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, Unavailable
from app.platform import strict_json
from app.platform.database import IMMEDIATE, connection, db, table
from app.platform.models import Command
from app.platform.prepared import Prepared

ATTEMPTS = 4
_RETRIED_STATES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock timeout
_RETRY_AFTER_SECONDS = 2
_T = TypeVar("_T")
_running: ContextVar[str] = ContextVar("running_key")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body of a command, and whether it was given before.

    shown_once: keys of the body that the first answer carries and no memory keeps: secrets
    """

    status: int
    body: Any
    replayed: bool = False
    shown_once: Mapping[str, Any] = field(default_factory=dict)


class RememberedRefusal(Conflict):
    """A 409 that was answered under this key before: the same problem again."""

    replayed = True

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem["detail"]), code=str(problem["code"]))
        self._problem = dict(problem)
        self.errors, self.details = self._problem["errors"], self._problem["details"]
        self.drawer = self._problem.get("drawer_payload")

    def problem(self) -> dict[str, Any]:
        """The stored body, unchanged."""
        return self._problem


class IdempotencyMismatch(Invalid):
    """The key was used for something else."""

    code = "idempotency_mismatch"


def run(actor: Actor, key: str | None, body: Any, command: Callable[[], Answer]) -> Answer:
    """Run `command` once under `key` and keep its answer for ever.

    key:     None runs it without a memory for the sender (a key of its own is made)
    body:    what was asked, JSON-able: with the person it must be the same whenever the key is
    raises:  IdempotencyMismatch, RememberedRefusal, Unavailable after four attempts, and what `command` raises
    """
    asked = _Asked(actor, key or f"auto-{ids.uuid7()}", _fingerprint(actor, body))
    try:
        return _retrying(lambda: _attempt(asked, command))
    except Conflict as refusal:
        if key is None or isinstance(refusal, RememberedRefusal):
            raise
        _retrying(partial(_remember, asked, refusal))
        raise


@contextmanager
def transaction() -> Iterator[None]:
    """One writing transaction without a command row: sign-in, settings, set-up. Not for stock."""
    begin()
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def carry_out(work: Callable[[], _T]) -> _T:
    """`work` in a `transaction`, tried again after a deadlock, a lost connection or a race for a unique value.

    raises: Unavailable after four attempts, and what `work` raises
    """

    def attempt() -> _T:
        with transaction():
            return work()

    return _retrying(attempt)


def begin() -> None:
    """End whatever was being read and begin a transaction that may write."""
    db.session.rollback()
    db.session.connection(execution_options={IMMEDIATE: True})


@dataclass(frozen=True, slots=True)
class _Asked:
    actor: Actor
    key: str
    body_hash: bytes


def _fingerprint(actor: Actor, body: Any) -> bytes:
    return hashlib.sha256(strict_json.canonical([str(actor.person_id), body]).encode()).digest()


def running_key() -> str:
    """The key of the command that is running: every posting names it.

    raises: LookupError outside `run`
    """
    return _running.get()


def _attempt(asked: _Asked, command: Callable[[], Answer]) -> Answer:
    with transaction():
        if not _claim(asked):
            return _replay(asked)
        token = _running.set(asked.key)
        try:
            answer = command()
        finally:
            _running.reset(token)
        _store(asked, answer.status, answer.body)
        return answer


def _remember(asked: _Asked, refusal: Conflict) -> None:
    with transaction():
        if _claim(asked):
            _store(asked, refusal.status, refusal.problem())


_TABLE = table(Command)
_ROW = (_TABLE.c.organization_id == sa.bindparam("o")) & (_TABLE.c.key == sa.bindparam("k"))
_GIVEN = ("organization_id", "key", "body_hash", "person_id", "recorded_at")
_NEW: dict[str, Any] = {name: sa.bindparam(name) for name in _GIVEN}
_CLAIM = {
    "postgresql": Prepared(postgresql.insert(_TABLE).values(_NEW).on_conflict_do_nothing()),
    "sqlite": Prepared(sqlite.insert(_TABLE).values(_NEW).on_conflict_do_nothing()),
}
_ANSWER = Prepared(sa.update(_TABLE).where(_ROW).values(status=sa.bindparam("s"), answer=sa.bindparam("a")))
_READ = Prepared(sa.select(_TABLE.c.body_hash, _TABLE.c.status, _TABLE.c.answer).where(_ROW))


def _claim(asked: _Asked) -> bool:
    """Insert the command row; False when the key is taken. A twin that is still running is waited for."""
    row = {
        "organization_id": asked.actor.organization_id,
        "key": asked.key,
        "body_hash": asked.body_hash,
        "person_id": asked.actor.person_id,
        "recorded_at": clock.now(),
    }
    return _CLAIM[connection().dialect.name].write(row) == 1


def _store(asked: _Asked, status: int, body: Any) -> None:
    db.session.flush()
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    _ANSWER.write({"o": asked.actor.organization_id, "k": asked.key, "s": status, "a": text})


def _replay(asked: _Asked) -> Answer:
    (row,) = _READ.rows({"o": asked.actor.organization_id, "k": asked.key})
    if bytes(row.body_hash) != asked.body_hash:
        raise IdempotencyMismatch.field("Idempotency-Key", "This key was used for another request.")
    body = json.loads(row.answer)
    if row.status == Conflict.status:
        raise RememberedRefusal(body)
    return Answer(row.status, body, replayed=True)


def _retrying(attempt: Callable[[], _T]) -> _T:
    """Same command again after a deadlock, a lock time-out, a lost connection or a race for a unique value."""
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt()
        except DBAPIError as error:
            if not _is_passing(error):
                raise
            if number == ATTEMPTS:
                if isinstance(error, IntegrityError):
                    raise
                raise Unavailable("The books are busy. Try again.", retry_after=_RETRY_AFTER_SECONDS) from error
            time.sleep(random.random() * 0.02 * 2**number)  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")


def _is_passing(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return _is_unique_violation(error)
    state = getattr(error.orig, "sqlstate", None)
    busy = isinstance(error, OperationalError) and "is locked" in str(error.orig)
    return error.connection_invalidated or state in _RETRIED_STATES or busy


def _is_unique_violation(error: IntegrityError) -> bool:
    return getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint" in str(error.orig)

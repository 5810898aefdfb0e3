"""The audit log: a chain per organization that is only ever added to, whoever comes and however many at once."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.identity.models import AuditEvent
from app.identity.services import audit
from app.identity.services.audit import Subject
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import uuid7
from app.platform import tenancy
from app.platform.database import execute, table
from app.platform.types import Id
from tests.databases import on_postgresql_only
from tests.identity.chains import Chain
from tests.ledger import raw

REFUSED = r"append-only|permission denied|events only|begins at nothing|wrong claim|UNIQUE|unique"
NOON = datetime(2026, 3, 4, 12, 0, 0, 5, UTC)


@pytest.fixture
def chain(database: Flask, owner: Actor) -> Chain:
    return Chain(owner)


def refused(run: Callable[[str, dict[str, Any]], Any], statement: str, chain: Chain) -> None:
    said: Any = chain.id
    with pytest.raises(DBAPIError, match=REFUSED):
        run(statement, {"o": said})


def as_application(chain: Chain) -> Callable[[str, dict[str, Any]], Any]:
    """What the product's own connection may do."""

    def run(statement: str, said: dict[str, Any]) -> Any:
        return chain.write(lambda: execute(sa.text(statement).bindparams(sa.bindparam("o", type_=Id())), said))

    return run


def as_owner(url: str) -> Callable[[str, dict[str, Any]], Any]:
    """What the owner of the tables may do."""

    def run(statement: str, said: dict[str, Any]) -> Any:
        with raw.as_owner(url) as connection:
            return connection.execute(sa.text(statement).bindparams(sa.bindparam("o", type_=Id())), said)

    return run


REWRITINGS = (
    "UPDATE audit_events SET reason = 'a slip' WHERE organization_id = :o",
    "UPDATE audit_events SET reason = reason WHERE organization_id = :o",
    "DELETE FROM audit_events WHERE organization_id = :o",
    "UPDATE audit_heads SET sequence = sequence + 1 WHERE organization_id = :o",
    "UPDATE audit_heads SET sequence = 0 WHERE organization_id = :o",
    "DELETE FROM audit_heads WHERE organization_id = :o",
)


class TestRewriting:
    @pytest.mark.parametrize("statement", REWRITINGS)
    def test_the_application_cannot_rewrite_it(self, chain: Chain, statement: str) -> None:
        chain.story()

        refused(as_application(chain), statement, chain)

        assert chain.proof().ok

    @pytest.mark.parametrize("statement", REWRITINGS)
    def test_nor_can_the_owner_of_the_tables(self, chain: Chain, database_url: str, statement: str) -> None:
        chain.story()

        refused(as_owner(database_url), statement, chain)

    @on_postgresql_only
    @pytest.mark.parametrize("name", ["audit_events", "audit_heads"])
    def test_nor_is_it_truncated(self, chain: Chain, database_url: str, name: str) -> None:
        with pytest.raises(DBAPIError, match=REFUSED):
            chain.write(lambda: execute(sa.text(f"TRUNCATE {name}")))
        with raw.as_owner(database_url) as connection, pytest.raises(DBAPIError, match=REFUSED):
            connection.execute(sa.text(f"TRUNCATE {name}"))

    @pytest.mark.parametrize("field", ["sequence", "previous_hash"])
    def test_an_event_that_does_not_stand_on_the_last_is_refused(self, chain: Chain, field: str) -> None:
        chain.story()
        (row,) = chain.write(lambda: execute(last_of(chain)).mappings().all())
        forged = {**row, "id": uuid7(), "previous_hash": row["hash"], "sequence": row["sequence"] + 1}
        forged[field] = row[field] if field == "sequence" else bytes(32)

        with pytest.raises(DBAPIError, match=REFUSED):
            chain.write(lambda: execute(sa.insert(table(AuditEvent)), forged))

        assert (chain.proof().ok, chain.proof().events) == (True, 3)

    def test_a_head_does_not_begin_anywhere_but_at_nothing(self, chain: Chain, database_url: str) -> None:
        begun = "INSERT INTO audit_heads (organization_id, sequence, hash) SELECT :o, 7, hash FROM audit_heads LIMIT 1"

        refused(as_owner(database_url), begun, chain)


class TestRecording:
    def test_an_organization_begins_with_an_empty_chain(self, chain: Chain) -> None:
        found = chain.proof()

        assert (found.ok, found.events, found.head) == (True, 0, "00" * 32)

    def test_an_event_says_who_when_from_where_what_and_why(self, chain: Chain) -> None:
        with clock.set_to(NOON):
            chain.story()

        (first, *_) = chain.write(lambda: execute(all_of(chain)).mappings().all())
        assert (first["sequence"], first["at"], first["person_id"]) == (1, NOON, chain.actor.person_id)
        assert (first["entry_point"], first["address"], first["action"]) == ("web", "192.0.2.7", "members.role_changed")
        assert (first["before"], first["after"]) == ('{"role":"maker"}', '{"role":"manager"}')
        assert first["reason"] == "Ines asked — “ja” ✓"

    def test_what_is_rolled_back_leaves_no_event_and_no_gap(self, chain: Chain) -> None:
        def fail() -> None:
            audit.record(chain.actor, "exports.audit", Subject("organization"))
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            chain.write(fail)
        chain.record()

        assert (chain.proof().ok, chain.proof().events) == (True, 1)

    def test_several_events_of_one_transaction_stand_one_on_the_other(self, chain: Chain) -> None:
        def several() -> None:
            for number in range(3):
                audit.record(chain.actor, "exports.audit", Subject("organization"), after={"number": number})

        chain.write(several)

        assert (chain.proof().ok, chain.proof().events) == (True, 3)

    def test_another_organizations_events_are_another_chain(self, chain: Chain, stranger: Actor) -> None:
        theirs = Chain(stranger)
        chain.story()
        theirs.record()

        assert (chain.proof().events, theirs.proof().events) == (3, 1)
        assert theirs.proof().ok

    @on_postgresql_only
    def test_nobody_writes_into_anothers_chain(self, chain: Chain, stranger: Actor) -> None:
        """The session is bound to one organization; its database lets it see no other's head."""

        def into_another() -> None:
            tenancy.bind(chain.id)
            audit.record(stranger, "exports.audit", Subject("organization"))

        with pytest.raises(sa.exc.NoResultFound):
            chain.write(into_another)


def test_many_at_once_leave_no_gap_and_no_fork(chain: Chain, app: Flask) -> None:
    bugs: list[BaseException] = []
    gate = threading.Barrier(8)

    def add_ten() -> None:
        with app.app_context():
            gate.wait()
            try:
                for _ in range(10):
                    chain.record()
            except BaseException as error:
                bugs.append(error)
                raise

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert bugs == []
    assert (chain.proof().ok, chain.proof().events) == (True, 80)


def all_of(chain: Chain) -> Any:
    rows = table(AuditEvent)
    return sa.select(rows).where(rows.c.organization_id == chain.id).order_by(rows.c.sequence)


def last_of(chain: Chain) -> Any:
    rows = table(AuditEvent)
    return sa.select(rows).where(rows.c.organization_id == chain.id).order_by(rows.c.sequence.desc()).limit(1)

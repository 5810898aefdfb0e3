"""The proof of the audit log: an honest one is whole; one field of one event changed behind the guards is found."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.identity import tasks
from app.identity.models import AuditEvent, AuditHead
from app.identity.queries import audit as audit_queries
from app.identity.services import audit
from app.identity.services.audit_proof import AuditProof
from app.kernel.actor import Actor
from app.platform import jobs, tenancy
from app.platform.database import table
from tests.cast import make_organization, owner_of
from tests.databases import application, dispose
from tests.identity.chains import Chain
from tests.ledger import raw
from tests.ledger.test_chain import other

EVENTS, HEADS = table(AuditEvent), table(AuditHead)
COLUMNS = sorted(EVENTS.columns.keys())


@dataclass(frozen=True)
class Tampered:
    """A copy of an honest database whose guards are off, and its proof after each change. Changes are taken back."""

    app: Flask
    url: str
    organization_id: UUID

    def proof(self) -> AuditProof:
        """As the copy is now."""
        with self.app.app_context():
            return audit_queries.proof(self.organization_id)

    def row(self, sequence: int) -> dict[str, Any]:
        """One event."""
        return self.rows()[sequence - 1]

    def rows(self) -> list[dict[str, Any]]:
        """Every event, in order."""
        mine = sa.select(EVENTS).where(EVENTS.c.organization_id == self.organization_id)
        with raw.unguarded(self.url) as connection:
            return [dict(row) for row in connection.execute(mine.order_by(EVENTS.c.sequence)).mappings()]

    def write(self, *statements: Any) -> None:
        """Behind the guards."""
        with raw.unguarded(self.url) as connection:
            for statement in statements:
                connection.execute(statement)

    def finds(self, *statements: Any) -> set[str]:
        """What the proof then finds; the log is put back after that."""
        rows, head = self.rows(), self.head()
        self.write(*statements)
        found = {finding.check for finding in self.proof().findings}
        self.write(sa.delete(EVENTS), sa.insert(EVENTS).values(rows), sa.update(HEADS).values(head))
        return found

    def head(self) -> dict[str, Any]:
        """The head's row but its key."""
        mine = sa.select(HEADS.c.sequence, HEADS.c.hash).where(HEADS.c.organization_id == self.organization_id)
        with raw.unguarded(self.url) as connection:
            return dict(connection.execute(mine).mappings().one())


@pytest.fixture
def tampered(fresh_app: Flask, tmp_path: Path) -> Iterator[Tampered]:
    """A chain of three events in a database of its own."""
    with fresh_app.app_context():
        chain = Chain(owner_of(make_organization()))
        chain.story()
        url = fresh_app.extensions["batchtrack_config"].database_url
    dispose(fresh_app)
    with raw.copy_of(url) as copy:
        app = application(copy, tmp_path)
        yield Tampered(app, copy, chain.id)
        dispose(app)


def event(sequence: int) -> Any:
    return EVENTS.c.sequence == sequence


def test_what_nobody_touched_is_whole(tampered: Tampered) -> None:
    assert (tampered.proof().ok, tampered.proof().events) == (True, 3)


@pytest.mark.parametrize("column", COLUMNS)
def test_any_field_that_is_changed_is_found(tampered: Tampered, column: str) -> None:
    for number in (1, 2, 3):
        value = tampered.row(number)[column]
        changed = {column: other(value, EVENTS.c[column])}
        assert tampered.finds(sa.update(EVENTS).where(event(number)).values(changed)), (number, column)


def test_an_event_that_is_removed_is_found(tampered: Tampered) -> None:
    assert tampered.finds(sa.delete(EVENTS).where(event(1))) == {"sequence", "chain"}
    assert tampered.finds(sa.delete(EVENTS).where(event(2))) == {"sequence", "chain"}
    assert tampered.finds(sa.delete(EVENTS).where(event(3))) == {"head"}
    assert tampered.finds(sa.delete(EVENTS)) == {"head"}


def test_an_event_that_is_put_in_is_found(tampered: Tampered) -> None:
    new = {**tampered.row(3), "id": UUID(int=9), "reason": "a slip"}
    for sequence, stands_on in ((4, tampered.row(3)["hash"]), (0, bytes(32)), (-3, bytes(32))):
        forged = new | {"sequence": sequence, "previous_hash": bytes(stands_on)}
        forged["hash"] = audit.hash_of(forged, forged["previous_hash"])

        assert tampered.finds(sa.insert(EVENTS).values(forged)), sequence


def test_events_that_change_places_are_found(tampered: Tampered) -> None:
    aside = sa.update(EVENTS).where(event(1)).values(sequence=99)
    first = sa.update(EVENTS).where(event(2)).values(sequence=1)
    second = sa.update(EVENTS).where(event(99)).values(sequence=2)

    assert tampered.finds(aside, first, second) >= {"chain", "hash"}


def test_a_head_that_is_moved_or_gone_is_found(tampered: Tampered) -> None:
    assert tampered.finds(sa.update(HEADS).values(sequence=2)) == {"head"}
    assert tampered.finds(sa.update(HEADS).values(hash=bytes(32))) == {"head"}
    tampered.write(sa.delete(HEADS))
    assert {finding.check for finding in tampered.proof().findings} == {"head"}


def test_a_history_that_was_rewritten_whole_ends_in_another_head(tampered: Tampered) -> None:
    """Every hash made anew after a change: nothing to find but that the head is not the one that was written down."""
    anchor, before = tampered.proof().head, bytes(32)
    for row in tampered.rows():
        new = row | {"previous_hash": before} | ({"reason": "a slip"} if row["sequence"] == 1 else {})
        before = audit.hash_of(new, before)
        tampered.write(sa.update(EVENTS).where(event(row["sequence"])).values(new | {"hash": before}))
    tampered.write(sa.update(HEADS).values(hash=before))

    assert tampered.proof().ok
    assert tampered.proof().head != anchor


VALUES = {
    bytes: st.binary(min_size=1, max_size=32),
    datetime: st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    int: st.integers(min_value=-(2**40), max_value=2**40),
    str: st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    UUID: st.uuids(),
}


@given(data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_value_of_any_field_has_another_hash(data: st.DataObject) -> None:
    """Over the whole of what a field may hold: what is hashed is never the same for two different events."""
    row: dict[str, Any] = {name: data.draw(kind_of(name), label=name) for name in audit.HASHED}
    field = data.draw(st.sampled_from(audit.HASHED), label="changed")
    value = data.draw(kind_of(field).filter(lambda value: value != row[field]), label="to")

    assert audit.hash_of(row | {field: value}, bytes(32)) != audit.hash_of(row, bytes(32))


def kind_of(name: str) -> st.SearchStrategy[Any]:
    column = EVENTS.c[name]
    kind = {"Id": UUID, "Instant": datetime, "Text": str}.get(type(column.type).__name__, int)
    return VALUES[kind] | st.none() if column.nullable else VALUES[kind]


def test_every_column_is_hashed() -> None:
    assert {*audit.HASHED, "previous_hash", "hash"} == set(COLUMNS)


def test_an_exported_log_can_be_proved_by_anybody(database: Flask, owner: Actor) -> None:
    """As docs/domain/audit.md says how, worked out without the product's code."""
    chain = Chain(owner)
    chain.story()

    before = bytes(32)
    for line in chain.lines():
        said = json.loads(line)
        hashes = said.pop("previous_hash"), said.pop("hash")
        body = {"event": [said[name] for name in audit.HASHED], "format": 1}
        text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        after = hashlib.sha256(before + text.encode()).digest()
        assert hashes == (before.hex(), after.hex())
        before = after
    assert before.hex() == chain.proof().head


class TestTheCommandLine:
    def test_an_honest_log_is_whole(self, app: Flask, owner: Actor) -> None:
        with app.app_context():
            Chain(owner).story()
            slug = slug_of(owner)

        done = app.test_cli_runner().invoke(args=["audit", "verify", "--org", slug])
        as_json = app.test_cli_runner().invoke(args=["audit", "verify", "--org", slug, "--json"])
        exported = app.test_cli_runner().invoke(args=["audit", "export", "--org", slug])

        assert (done.exit_code, as_json.exit_code, exported.exit_code) == (0, 0, 0)
        assert ": whole, 3 events, head " in done.output
        said = json.loads(as_json.output)
        assert (said["ok"], said["events"], said["findings"]) == (True, 3, [])
        lines = [json.loads(line) for line in exported.output.splitlines()]
        assert [line["sequence"] for line in lines] == [1, 2, 3, 4]
        last = lines[-1]  # that it was taken stands in it
        assert (last["action"], last["entry_point"], last["person_id"]) == ("exports.audit", "cli", None)
        assert last["after"] == '{"format":"jsonl"}'

    def test_a_changed_one_ends_with_1_and_is_named(self, tampered: Tampered) -> None:
        tampered.write(sa.update(EVENTS).where(event(2)).values(action="plan.kept"))

        done = tampered.app.test_cli_runner().invoke(args=["audit", "verify"])

        assert done.exit_code == 1
        assert "NOT WHOLE" in done.output
        assert "hash: event 2 is not what its hash says" in done.output

    def test_a_name_of_nobody_is_refused(self, app: Flask) -> None:
        done = app.test_cli_runner().invoke(args=["audit", "verify", "--org", "nobody at all"])

        assert done.exit_code == 2
        assert "--org" in done.output


class TestEveryNight:
    def test_each_organization_s_log_is_proved(self, database: Flask, owner: Actor) -> None:
        chain = Chain(owner)
        chain.story()

        said = tasks.verify.run(str(chain.id))

        assert said == {"organization": str(chain.id), "ok": True, "events": 3, "head": chain.proof().head}

    def test_a_difference_is_logged_as_an_error(self, tampered: Tampered, caplog: pytest.LogCaptureFixture) -> None:
        tampered.write(sa.update(EVENTS).where(event(2)).values(action="plan.kept"))
        with tampered.app.app_context():
            tenancy.bind(tampered.organization_id)
            assert tasks.verify.run(str(tampered.organization_id))["ok"] is False

        assert [record.levelname for record in caplog.records] == ["ERROR"]

    def test_it_is_asked_for_every_night(self, app: Flask) -> None:
        schedule = app.extensions[jobs._SCHEDULE]

        assert schedule[tasks.VERIFY_ALL]["task"] == tasks.VERIFY_ALL


def slug_of(actor: Actor) -> str:
    from app.identity.services import organizations

    return next(place.slug for place in organizations.of_person(actor.person_id))

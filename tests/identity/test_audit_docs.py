"""docs/domain/audit.md is acted out: its example, what a hash covers, what can be found, what is written."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from app.identity.models import Organization
from app.identity.services import audit, audit_proof, developers
from app.identity.services.audit import By, Subject
from app.identity.views import audit_words
from app.kernel import clock
from app.platform import commands, strict_json, tenancy
from app.platform.database import db
from tests.databases import ROOT
from tests.ledger.test_docs import tables

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def number(last: int) -> UUID:
    """`0191e7f0-0000-7000-8000-` and this."""
    return UUID(f"0191e7f0-0000-7000-8000-{last:012x}")


def test_the_example_is_what_is_written(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    (story,) = tables("audit.md", "| Part of the hash | Text |")
    said = [row[1] for row in story]
    ids = iter([number(0xA), number(0xB)])
    monkeypatch.setattr(audit, "uuid7", lambda: next(ids))
    with fresh_app.app_context(), clock.set_to(NOON):
        with commands.transaction():
            _open(number(1))
            audit.record(
                By(number(1), "web", number(2), "192.0.2.7"), "members.role_changed", Subject("person", number(3)),
                before={"role": "maker"}, after={"role": "manager"}, reason="She runs the shop now.",
            )  # fmt: skip
            audit.record(
                By(number(1), "stripe"),
                "plan.changed",
                Subject("plan"),
                before={"tier": "solo"},
                after={"tier": "team"},
            )
        tenancy.bind(number(1))
        first, second = audit_proof.events(number(1))
        proof = audit_proof.prove(number(1))

    assert said == [text(first), bytes(first["hash"]).hex(), text(second), bytes(second["hash"]).hex()]
    assert (proof.ok, proof.head) == (True, said[3])


def text(event: dict[str, Any]) -> str:
    """What is hashed after the previous hash."""
    said = [audit.plain(event[name]) for name in audit.HASHED]
    return str(strict_json.canonical({"event": said, "format": audit.FORMAT}))


def test_the_page_says_what_the_hash_covers() -> None:
    (listed,) = (table for table in tables("audit.md", "| Part | Values |"))

    assert [(row[0], tuple(row[1].split(", "))) for row in listed] == [("event", audit.HASHED)]


def test_the_page_explains_every_finding() -> None:
    (listed,) = tables("audit.md", "| Finding | Means |")
    code = Path(audit_proof.__file__).read_text(encoding="utf-8")

    assert {row[0] for row in listed} == set(re.findall(r'proof\.find\("(\w+)"', code))


def test_the_page_lists_every_area() -> None:
    (listed,) = tables("audit.md", "| Area | What |")

    assert [row[0] for row in listed] == list(dict.fromkeys(row[0] for row in listed))
    assert {row[0] for row in listed} == set(audit_words.AREAS)


def test_the_page_says_how_long_a_visit_may_last() -> None:
    page = (ROOT / "docs" / "domain" / "audit.md").read_text(encoding="utf-8")
    *some, last = developers.MINUTES

    assert f"({', '.join(map(str, some))} or {last} minutes)" in page
    assert developers.REASON_LENGTH[0] == 10
    assert "at least ten characters" in page


def _open(organization_id: UUID) -> None:
    """An organization of that id."""
    tenancy.bind(organization_id)
    said = {"name": "An example", "slug": "an-example", "time_zone": "UTC", "currency": "USD", "locale": "en"}
    db.session.add(Organization(id=organization_id, created_at=NOON, cost_method="fifo", tier="solo", **said))
    db.session.flush()

"""The ledger at the command line: proved, told as JSON, exported, and honest about a difference."""

import json
from decimal import Decimal

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import proofs
from app.inventory.services.proof import Finding, Proof
from app.kernel.actor import Actor
from tests.cast import api


@pytest.fixture
def stocked(owner: Actor, organization: OrganizationFacts) -> OrganizationFacts:
    """A workshop with one lot, of which some was used."""
    clerk = api(owner)
    clerk.post("/items", {"name": "Oats", "type": "ingredient", "unit": "kg"})
    clerk.post("/items/oats/receipts", {"quantity": "3", "unit_cost": "0.5"})
    clerk.post("/items/oats/issues", {"quantity": "1", "kind": "use", "reason": "porridge"})
    return organization


def test_the_proof_says_where_everything_went(app: Flask, stocked: OrganizationFacts) -> None:
    done = app.test_cli_runner().invoke(args=["ledger", "prove", "--org", stocked.slug])

    assert done.exit_code == 0
    assert f"{stocked.name}: proved, 2 postings, 2 movements" in done.output
    assert "in 1.5 = sold 0 + used 0.5 + lost 0 + in batches 0 + on the shelf 1 USD" in done.output


def test_the_proof_as_json(app: Flask, stocked: OrganizationFacts) -> None:
    done = app.test_cli_runner().invoke(args=["ledger", "prove", "--org", stocked.slug, "--json"])

    told = json.loads(done.output)
    assert told["ok"] is True
    assert Decimal(told["totals"]["received"]) == Decimal("1.5")
    assert told["findings"] == []


def test_a_difference_ends_with_one(app: Flask, stocked: OrganizationFacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "of", lambda _: Proof(findings=[Finding("lots", "a lot is not what it was")]))

    done = app.test_cli_runner().invoke(args=["ledger", "prove", "--org", stocked.slug])

    assert done.exit_code == 1
    assert "NOT PROVED" in done.output
    assert "a lot is not what it was" in done.output


def test_an_unknown_organization_is_named(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["ledger", "prove", "--org", "nowhere"])

    assert done.exit_code == 2
    assert "--org" in done.output


def test_the_export_holds_every_posting_with_its_hash(app: Flask, stocked: OrganizationFacts) -> None:
    done = app.test_cli_runner().invoke(args=["ledger", "export", "--org", stocked.slug])

    lines = [json.loads(line) for line in done.output.splitlines()]
    assert [line["posting"]["kind"] for line in lines] == ["receipt", "use"]
    assert lines[1]["posting"]["previous_hash"] == lines[0]["posting"]["hash"]
    assert lines[1]["notes"]["reason"] == "porridge"
    assert lines[0]["lots"][0]["initial_quantity"] == 3_000_000

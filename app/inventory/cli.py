"""The ledger at the command line: prove it, export it."""

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup

from app.identity.cli import naming
from app.identity.services.organizations import OrganizationFacts
from app.inventory.queries import proofs
from app.inventory.services import proof as proving
from app.inventory.services.proof import Proof
from app.kernel.numbers import plain

ledger = AppGroup("ledger", help="The stock ledger.")


@ledger.command("prove")
@click.option("--org", help="Name or slug; left out: every organization.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per organization.")
def prove(*, org: str | None, as_json: bool) -> None:
    """Re-derive every balance and cost from movements alone. Ends with 1 on any difference."""
    clean = True
    for organization in naming.all_of(org):
        proof = proofs.of(organization.id)
        clean = clean and proof.ok
        click.echo(json.dumps(_as_json(organization, proof)) if as_json else _as_text(organization, proof))
    sys.exit(0 if clean else 1)


@ledger.command("export")
@click.option("--org", required=True, help="Name or slug.")
def export(*, org: str) -> None:
    """Print the whole ledger, a JSON object per posting, with the hashes that prove it."""
    for organization in naming.all_of(org):
        for line in proofs.exported(organization.id):
            click.echo(line)


def _as_json(organization: OrganizationFacts, proof: Proof) -> dict[str, Any]:
    totals = proof.totals
    return {
        "organization": {"id": str(organization.id), "name": organization.name},
        "ok": proof.ok,
        "postings": proof.postings,
        "movements": proof.movements,
        "head": proof.head,
        "totals": {name: plain(getattr(totals, name)) for name in proving.Totals.__dataclass_fields__},
        "findings": [{"check": finding.check, "message": finding.message} for finding in proof.findings],
    }


def _as_text(organization: OrganizationFacts, proof: Proof) -> str:
    totals = proof.totals
    verdict = "proved" if proof.ok else "NOT PROVED"
    size = f"{proof.postings} postings, {proof.movements} movements, head {proof.head[:16]}"
    out = f"sold {plain(totals.sold)} + used {plain(totals.used)} + lost {plain(totals.lost)}"
    there = f"in batches {plain(totals.in_batches)} + on the shelf {plain(totals.shelf)}"
    lines = [
        f"{organization.name}: {verdict}, {size}",
        f"  in {plain(totals.received)} = {out} + {there} {organization.currency}",
        *(f"  {finding.check}: {finding.message}" for finding in proof.findings),
    ]
    return "\n".join(lines)

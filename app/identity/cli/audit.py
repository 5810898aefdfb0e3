"""The audit log at the command line: verify it, export it."""

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup

from app.identity.cli import naming
from app.identity.queries import audit as audit_queries
from app.identity.services import audit
from app.identity.services.audit import By, Subject
from app.identity.services.audit_proof import AuditProof
from app.identity.services.organizations import OrganizationFacts
from app.platform import commands, tenancy

_SHORT = 16
_audit = AppGroup("audit", help="The audit log.")
GROUPS = (_audit,)


@_audit.command("verify")
@click.option("--org", help="Name or slug; left out: every organization.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per organization.")
def verify(*, org: str | None, as_json: bool) -> None:
    """Work every hash of the log out again. Ends with 1 on any difference."""
    whole = True
    for organization in naming.all_of(org):
        proof = audit_queries.proof(organization.id)
        whole = whole and proof.ok
        click.echo(json.dumps(_as_json(organization, proof)) if as_json else _as_text(organization, proof))
    sys.exit(0 if whole else 1)


@_audit.command("export")
@click.option("--org", required=True, help="Name or slug.")
def export(*, org: str) -> None:
    """Print the whole log, a JSON object per event, with the hashes that prove it; the last says that it was taken."""
    for organization in naming.all_of(org):
        with commands.transaction():
            tenancy.bind(organization.id)
            subject = Subject("organization", organization.id)
            audit.record(By(organization.id, "cli"), "exports.audit", subject, after={"format": "jsonl"})
        for line in audit_queries.exported(organization.id):
            click.echo(line)


def _as_json(organization: OrganizationFacts, proof: AuditProof) -> dict[str, Any]:
    return {
        "organization": {"id": str(organization.id), "name": organization.name},
        "ok": proof.ok,
        "events": proof.events,
        "head": proof.head,
        "findings": [{"check": finding.check, "message": finding.message} for finding in proof.findings],
    }


def _as_text(organization: OrganizationFacts, proof: AuditProof) -> str:
    verdict = "whole" if proof.ok else "NOT WHOLE"
    lines = [f"{organization.name}: {verdict}, {proof.events} events, head {proof.head[:_SHORT]}"]
    return "\n".join([*lines, *(f"  {finding.check}: {finding.message}" for finding in proof.findings)])

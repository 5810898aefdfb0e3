"""Inventory's background work: the nightly proof of every organization's books."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task
from flask import Flask

from app.identity.services import organizations
from app.inventory.queries import proofs
from app.platform import jobs

PROVE_ALL, PROVE_ONE = "inventory.prove_all", "inventory.prove"
_log = logging.getLogger(__name__)


@shared_task(name=PROVE_ALL, ignore_result=False)
def prove_all() -> int:
    """Ask for the proof of each organization, one task each; answers how many."""
    everyone = organizations.everyone()
    for organization in everyone:
        prove.delay(str(organization.id))
    return len(everyone)


@shared_task(name=PROVE_ONE, ignore_result=False)
def prove(organization_id: str) -> dict[str, Any]:
    """Prove one organization's books; a difference is logged as an error. Safe to repeat: it only reads."""
    proof = proofs.of(UUID(organization_id))
    if not proof.ok:
        _log.error("the books of %s do not prove: %s", organization_id, proof.findings[:10])
    return {"organization": organization_id, "ok": proof.ok, "postings": proof.postings, "head": proof.head}


def register(app: Flask) -> None:
    """Every night at three."""
    jobs.every_night(app, PROVE_ALL, hour=3)

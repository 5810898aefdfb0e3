"""Identity's background work: every night, whether each audit log is whole; and what is over is swept out."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task
from flask import Flask

from app.identity.queries import audit
from app.identity.services import organizations, sweeping
from app.platform import commands, jobs

VERIFY_ALL, VERIFY_ONE = "identity.verify_all", "identity.verify"
SWEEP = "identity.sweep"
_log = logging.getLogger(__name__)


@shared_task(name=VERIFY_ALL, ignore_result=False)
def verify_all() -> int:
    """Ask for the proof of each organization's log, one task each; answers how many."""
    everyone = organizations.everyone()
    for organization in everyone:
        verify.delay(str(organization.id))
    return len(everyone)


@shared_task(name=VERIFY_ONE, ignore_result=False)
def verify(organization_id: str) -> dict[str, Any]:
    """Prove one organization's log; a difference is logged as an error. Safe to repeat: it only reads."""
    proof = audit.proof(UUID(organization_id))
    if not proof.ok:
        _log.error("the audit log of %s is not whole: %s", organization_id, proof.findings[:10])
    return {"organization": organization_id, "ok": proof.ok, "events": proof.events, "head": proof.head}


@shared_task(name=SWEEP, ignore_result=False)
def sweep() -> dict[str, int]:
    """Delete sessions, challenges and links that are over; how many of each."""
    with commands.transaction():
        return sweeping.sweep()


def register(app: Flask) -> None:
    """Every night: the proof at half past three, the sweeping at half past four."""
    jobs.every_night(app, VERIFY_ALL, hour=3, minute=30)
    jobs.every_night(app, SWEEP, hour=4, minute=30)

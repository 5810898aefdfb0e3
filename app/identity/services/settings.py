"""The authority on what an organization says of itself, what it asks of its people, and whether it is open."""

from typing import Any

from app.identity.models import Organization
from app.identity.services import audit, granting, organizations, ownership, second_factors
from app.identity.services.audit import Subject
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict
from app.kernel.permissions import Permission
from app.platform.database import db


def change(actor: Actor, *, name: str, time_zone: str, locale: str, craft: str | None = None) -> None:
    """Another name, time zone, language or craft. Business dates that are written stay; the address stays too.

    craft:  None leaves it as it is
    raises: Forbidden; Invalid on `name`, `timezone`, `locale` or `craft`
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    organization = granting.lock(actor.organization_id)
    said = {
        "name": organizations.known_name(name),
        "time_zone": organizations.known_zone(time_zone),
        "locale": organizations.known_locale(locale),
        "craft": organization.craft if craft is None else organizations.known_craft(craft),
    }
    before = {field: getattr(organization, field) for field in said}
    changed = {field for field in said if said[field] != before[field]}
    if not changed:
        return
    for field in changed:
        setattr(organization, field, said[field])
    db.session.flush()
    _note(
        actor,
        "organization.changed",
        organization,
        before={field: before[field] for field in sorted(changed)},
        after={field: said[field] for field in sorted(changed)},
    )


def choose_craft(actor: Actor, craft: str) -> None:
    """What the workshop makes: words, units and categories follow it.

    raises: Forbidden; Invalid on `craft`
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    organization = granting.lock(actor.organization_id)
    before, organization.craft = organization.craft, organizations.known_craft(craft)
    db.session.flush()
    if before != craft:
        _note(actor, "organization.changed", organization, before={"craft": before}, after={"craft": craft})


def require_two_factor(actor: Actor, *, required: bool) -> None:
    """From now on members need a second factor to come in; or need none. Whoever asks it has one.

    Never behind a plan: it is about who comes in.

    raises: Forbidden; Conflict `no_second_factor`
    """
    actor.require(Permission.ORGANIZATION_MANAGE, whatever_plan=True)
    organization = granting.lock(actor.organization_id)
    if required and not second_factors.has_any(actor.person_id):
        raise Conflict("Turn on two-factor for your own account first.", code="no_second_factor")
    if (organization.two_factor_since is not None) == required:
        return
    organization.two_factor_since = clock.now() if required else None
    db.session.flush()
    action = "organization.two_factor_required" if required else "organization.two_factor_not_required"
    _note(actor, action, organization)


def close(actor: Actor, *, name: str) -> None:
    """Close: read-only at once, for owners alone, API tokens open nothing. `closing.closed` tells others afterwards.

    name:    the organization's name, typed to confirm
    raises:  Forbidden; Invalid on `name`; Conflict `wrong_state`
    """
    actor.require(Permission.ORGANIZATION_CLOSE)
    organization = granting.lock(actor.organization_id)
    if organization.closed_at is not None:
        raise Conflict("This workshop is closed.", code="wrong_state")
    ownership.require_name(name, organization.name)
    organization.closed_at = clock.now()
    db.session.flush()
    _note(actor, "organization.closed", organization)


def reopen(actor: Actor) -> None:
    """Everything is as it was before closing; what was paid for then is not bought again.

    raises: Forbidden; Conflict `wrong_state`
    """
    actor.require(Permission.ORGANIZATION_CLOSE)
    organization = granting.lock(actor.organization_id)
    if organization.closed_at is None:
        raise Conflict("This workshop is open.", code="wrong_state")
    organization.closed_at = None
    db.session.flush()
    _note(actor, "organization.reopened", organization)


def _note(
    actor: Actor,
    action: str,
    organization: Organization,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(actor, action, Subject("organization", organization.id), before=before, after=after)

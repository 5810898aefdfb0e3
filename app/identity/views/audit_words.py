"""What happened, in plain words: a sentence for each action of the audit log, and the words around it.

An action without a sentence is shown by its own name, so that a new one is never invisible.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.identity.queries.audit import EventRow
from app.identity.services.roles import NAMES
from app.platform import words

AREAS = {
    "members": "People here",
    "roles": "Roles",
    "tokens": "API tokens",
    "people": "Sign-in of members",
    "organization": "Organization",
    "plan": "Plan",
    "billing": "Billing",
    "lots": "Lots",
    "postings": "Stock taken back",
    "batches": "Batches",
    "exports": "Exports",
    "developer": "Developer visits",
}
"""The first half of an action, as the filter calls it."""

DOORS = {
    "web": "page",
    "api": "API",
    "cli": "command line",
    "task": "nightly work",
    "demo": "demo",
    "stripe": "Stripe",
}
"""Through which door somebody came."""

_NOBODY = {"stripe": "Stripe", "task": "BatchTrack", "cli": "Whoever runs this installation"}
_FORGOTTEN = "Somebody"
_BRACES = re.compile(r"\{([a-z_.]+)\}")

SENTENCES = {
    "batches.cancelled": "{who} cancelled batch {after.number}",
    "batches.noted": "{who} wrote a note to batch {after.number}",
    "batches.reopened": "{who} put batch {after.number} back to {after.status}",
    "batches.reversed": "{who} took back batch {after.number}",
    "billing.cancelled": "{who} cancelled the subscription for the end of its period",
    "billing.changed": "{who} told of a change in what is paid for",
    "billing.checkout_started": "{who} went to pay for {after.tier}, {after.period}",
    "billing.plan_changed": "{who} changed what is paid for from {before.tier} to {after.tier}",
    "billing.portal_opened": "{who} opened Stripe's pages for cards and invoices",
    "billing.resumed": "{who} kept the subscription going",
    "developer.entered": "{who}, a developer user, came in for {after.minutes} minutes",
    "developer.left": "{who}, a developer user, left",
    "developer.opened": "{who}, a developer user, asked for {after.method} {after.path}",
    "exports.audit": "{who} exported the audit log",
    "exports.everything": "{who} exported everything",
    "lots.held": "{who} put lot {after.lot} on hold",
    "lots.relabelled": "{who} relabelled lot {after.lot}",
    "lots.released": "{who} released lot {after.lot}",
    "members.deactivated": "{who} ended {subject}'s membership",
    "members.invitation_withdrawn": "{who} withdrew the invitation of {subject}",
    "members.invited": "{who} invited {subject} as {after.role}",
    "members.joined": "{who} gave {subject} a place as {after.role}",
    "members.restored": "{who} gave {subject} the place back as {after.role}",
    "members.role_changed": "{who} changed {subject}'s role from {before.role} to {after.role}",
    "organization.changed": "{who} changed the organization's settings",
    "organization.closed": "{who} closed the organization",
    "organization.created": "{who} opened the organization",
    "organization.reopened": "{who} opened the organization again",
    "organization.sample_made": "{who} made a sample workshop to play with",
    "organization.sample_wiped": "{who} wiped the sample workshop",
    "organization.transferred": "{who} handed the organization over to {after.owner}",
    "organization.two_factor_not_required": "{who} stopped asking members for a second factor",
    "organization.two_factor_required": "{who} asked members for a second factor",
    "people.authenticator_off": "{who} turned the authenticator app off",
    "people.authenticator_on": "{who} turned an authenticator app on",
    "people.deactivated": "{who} closed {subject}'s account",
    "people.email_changed": "{who} changed the email to sign in with",
    "people.email_verified": "{who} verified the email to sign in with",
    "people.passkey_added": "{who} added a passkey",
    "people.passkey_removed": "{who} removed a passkey",
    "people.password_changed": "{who} changed the password",
    "people.password_reset": "{who} set a new password through a mailed link",
    "people.recovery_code_used": "{who} signed in with a recovery code",
    "people.recovery_codes_made": "{who} made new recovery codes",
    "people.renamed": "{who} changed their name from {before.name} to {after.name}",
    "people.restored": "{who} opened {subject}'s account again",
    "people.second_factor_reset": "{who} took {subject}'s second factors away",
    "people.second_factor_undone": "{who} took new second factors away through a mailed link",
    "people.session_ended": "{who} signed another browser out",
    "people.signed_out_everywhere": "{who} signed out everywhere",
    "plan.brought_back": "{who} brought back what a smaller plan had put aside",
    "plan.changed": "{who} changed the plan from {before.tier} to {after.tier}",
    "plan.comp_ended": "{who} ended the gift of {before.tier}",
    "plan.comped": "{who} gave the plan {after.tier}",
    "plan.keeps_chosen": "{who} chose what stays active in the plan {after.tier}",
    "plan.put_aside": "{who} put aside what a smaller plan does not hold",
    "plan.then_free": "{who} chose to go on with Free",
    "postings.reversed": "{who} took back {before.number}",
    "roles.archived": "{who} archived the role {before.name}",
    "roles.changed": "{who} changed the role {after.name}",
    "roles.created": "{who} made the role {after.name}",
    "tokens.created": "{who} made the API token {subject}",
    "tokens.revoked": "{who} revoked the API token {subject}",
}

_ABOUT_ONESELF = {"members.joined": "{who} joined as {after.role}"}

_LABELS = {
    "cancels_at": "Ends",
    "expires_on": "Best before",
    "read_only": "Read-only",
    "tier": "Plan",
    "trial_ends_at": "Trial ends",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an event changed. None: it was not there."""

    label: str
    before: str | None
    after: str | None


def sentence(event: EventRow, names: Mapping[str, str]) -> str:
    """What happened. names: of people, roles and tokens, by id as text"""
    oneself = event.person_id is not None and event.subject_id == str(event.person_id)
    said = _ABOUT_ONESELF.get(event.action) if oneself else None
    said = said or SENTENCES.get(event.action)
    if said is None:
        return f"{who(event)}: {event.action.replace('.', ' ').replace('_', ' ')}"
    return _BRACES.sub(lambda found: _fill(event, names, found[1]), words.said(said))


def who(event: EventRow) -> str:
    """Who did it."""
    if event.person_name:
        return event.person_name
    return words.said(_FORGOTTEN if event.person_id else _NOBODY.get(event.entry_point, "BatchTrack"))


def changes(event: EventRow, names: Mapping[str, str]) -> list[Change]:
    """What was before and after, by the words for it; not what stayed, nor what the sentence says already."""
    said = SENTENCES.get(event.action, "")
    keys = [*event.before, *(key for key in event.after if key not in event.before)]
    found = []
    for key in keys:
        sides = [side for side in ("before", "after") if key in getattr(event, side)]
        if not all(f"{{{side}.{key}}}" in said for side in sides):
            found.append(Change(_label(key), _said(event.before, key, names), _said(event.after, key, names)))
    return [change for change in found if change.before != change.after]


def _said(values: Mapping[str, Any], key: str, names: Mapping[str, str]) -> str | None:
    return _value(values[key], names) if key in values else None


def _label(key: str) -> str:
    return words.said(_LABELS.get(key) or key.replace("_", " ").capitalize())


def _value(value: Any, names: Mapping[str, str]) -> str:
    """A value in words: people by name, lists with commas."""
    if value is None or value in ([], ""):
        return str(_("nothing"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_value(part, names) for part in value)
    text = str(value)
    return names.get(text) or (words.said(text.capitalize()) if text in NAMES else text)


def _fill(event: EventRow, names: Mapping[str, str], field: str) -> str:
    """The words for who, subject, before.x or after.x; what was not said reads as nothing."""
    first, _, key = field.partition(".")
    if first == "who":
        return who(event)
    if first == "subject":
        return names.get(event.subject_id or "", f"a {event.subject_kind}")
    return _value((event.before if first == "before" else event.after).get(key), names)

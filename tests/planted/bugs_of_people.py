"""Bugs at the door, among people, in plans and billing, and in the audit log."""

from tests.planted.shape import one

_IDENTITY = "app/identity/services/"
_PLANS = "app/subscriptions/services/"

DOORS = (
    one(
        "a mailed link opens twice",
        f"{_IDENTITY}mail_links.py",
        "        .where(MailLink.id == link.id, MailLink.used_at.is_(None))\n",
        "        .where(MailLink.id == link.id)\n",
        "identity/test_mail_links.py::test_of_two_who_found_it_open_one_gets_it",
        "postgresql",
    ),
    one(
        "a link for one thing opens another",
        f"{_IDENTITY}mail_links.py",
        "                MailLink.purpose == str(purpose),\n                MailLink.used_at",
        "                MailLink.used_at",
        "identity/test_mail_links.py::test_a_new_signature_over_its_id_for_something_else_opens_nothing",
    ),
    one(
        "a link outlives the password",
        f"{_IDENTITY}mail_links.py",
        "if now is None or (now != link.password_stamp and link.purpose not in _OUTLIVES_THE_PASSWORD):",
        "if now is None:",
        "identity/test_mail_links.py::test_it_opens_nothing_once_the_password_is_another",
    ),
    one(
        "a reset leaves the sessions open",
        f"{_IDENTITY}passwords.py",
        "    sessions.end_all(person.id, but=but)\n",
        "",
        "identity/test_reset.py::TestTheLink::test_ends_every_session",
    ),
    one(
        "a reset signs in without the second factor",
        f"{_IDENTITY}passwords.py",
        "    if second_factors.asked_after_password(person.id):\n        return None\n",
        "",
        "identity/test_reset.py::TestTheLink::test_does_not_sign_in_who_has_a_second_factor",
    ),
    one(
        "a try is looked at before it is counted",
        f"{_IDENTITY}attempts.py",
        "    wait = _wait(key, sender, besides=attempt_id)\n    if wait is not None:\n",
        "    wait = _wait(key, sender, besides=attempt_id)\n    if wait is not None and not address:\n",
        "identity/test_brute_force.py::test_sixty_four_at_the_same_moment",
    ),
    one(
        "the right password forgives wrong codes",
        f"{_IDENTITY}second_step.py",
        "attempts.begin(_key(person_id), visit.address)",
        "attempts.begin(visit.secret, visit.address)",
        "identity/test_second_step.py::TestCounting::test_the_sixth_wrong_code_waits_whatever_the_challenge",
    ),
    one(
        "a challenge opens two sessions",
        f"{_IDENTITY}challenges.py",
        "        .values(used_at=clock.now())\n    )\n    return known",
        "        .values(used_at=None)\n    )\n    return known",
        "identity/test_second_step.py::TestCodes::test_a_challenge_opens_one_session",
    ),
    one(
        "a recovery code works for ever",
        f"{_IDENTITY}recovery_codes.py",
        "            RecoveryCode.used_at.is_(None),\n        )\n        .values",
        "        )\n        .values",
        "identity/test_authenticators.py::TestRecoveryCodes::test_each_works_once_however_it_is_typed",
    ),
)

PEOPLE = (
    one(
        "a deputy makes owners",
        f"{_IDENTITY}granting.py",
        "return grants <= self.permissions and (role != Role.OWNER or self.is_owner)",
        "return True",
        "identity/test_members.py::TestNobodyGivesMoreThanTheyHold",
    ),
    one(
        "two owners send each other away",
        f"{_IDENTITY}members.py",
        "    if aside is None and member.role == Role.OWNER:\n        _require_another_owner(actor.organization_id)\n",
        "",
        "identity/test_members.py::TestTheLastOwner",
    ),
    one(
        "who was sent away keeps the API token",
        f"{_IDENTITY}members.py",
        "    revoked = _revoke_tokens(actor.organization_id, person_id)\n",
        "    revoked = 0\n",
        "identity/test_members.py::TestTheEnd::test_ends_the_api_tokens_of_this_organization_for_good",
    ),
    one(
        "an invitation is for whoever opens it",
        f"{_IDENTITY}invitations.py",
        "    if person.email_key != invitation.email_key:\n",
        "    if not person.email_key:\n",
        "identity/test_joining.py::TestAcceptingWithAnAccount::test_somebody_else_is_told_so_and_gets_nothing",
    ),
    one(
        "an own role can be given what is the owner's alone",
        f"{_IDENTITY}roles.py",
        "frozenset(known[word] for word in said.split() if word in known) - OWNERS_ALONE",
        "frozenset(known[word] for word in said.split() if word in known)",
        "identity/test_own_roles.py::TestMaking::test_a_row_that_says_more_grants_no_more",
    ),
    one(
        "a developer needs no visit",
        f"{_IDENTITY}developers.py",
        "        DeveloperAccess.ended_at.is_(None),\n        DeveloperAccess.expires_at > clock.now(),\n",
        "",
        "identity/test_developers.py",
    ),
    one(
        "a developer's step is not written down",
        "app/identity/views/doors.py",
        '        developers.note(actor, method=request.method, path=request.full_path.rstrip("?")[:_PATH_LENGTH])\n',
        "",
        "identity/test_developers.py",
    ),
)

AUDIT = (
    one(
        "the audit log is not chained",
        f"{_IDENTITY}audit.py",
        "hashlib.sha256(previous + body.encode())",
        "hashlib.sha256(body.encode())",
        "identity/test_audit_proof.py",
    ),
    one(
        "the reason is not sealed",
        f"{_IDENTITY}audit.py",
        '    "after",\n    "reason",\n)',
        '    "after",\n)',
        "identity/test_audit_proof.py",
    ),
)

BILLING = (
    one(
        "two at once pass a full plan",
        f"{_PLANS}gates.py",
        "        .with_for_update(key_share=True)\n",
        "",
        "subscriptions/test_gates.py::TestTwoAtOnce",
        "postgresql",
    ),
    one(
        "an older word of Stripe's wins",
        f"{_PLANS}stripe_sync.py",
        "        .where(Subscription.organization_id == organization_id, Subscription.version == known.version)\n",
        "        .where(Subscription.organization_id == organization_id)\n",
        "subscriptions/test_stripe_orders.py::TestAtOnce",
    ),
    one(
        "an event is handled again",
        f"{_PLANS}stripe_sync.py",
        "state)\n            _remember(event)\n",
        "state)\n",
        "subscriptions/test_stripe_orders.py::TestAtOnce::test_one_event_forty_times_eight_at_once_is_handled_once",
    ),
    one(
        "a lapsed plan still writes",
        f"{_PLANS}tiers.py",
        "    return included & while_lapsed() if plan.read_only else included\n",
        "    return included\n",
        "sweeps/test_lapsed.py",
    ),
)

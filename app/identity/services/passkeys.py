"""The authority on passkeys (WebAuthn): making one, and what one proves. It checks its holder: it is both factors.

Bound to the host of BASE_URL. What a passkey signs is a challenge's row, taken before it is looked at: nothing that was
sent once counts again. A sign count that does not grow means a copy of the key, and is refused.
source: W3C Web Authentication Level 2, sections 7.1 and 7.2
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
import webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from sqlalchemy.exc import IntegrityError
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.identity.models import Passkey, Person
from app.identity.services import challenges
from app.identity.services.challenges import Challenge
from app.kernel import clock
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.ids import uuid7
from app.kernel.words import phrase
from app.platform import site
from app.platform.database import db

MOST = 20
NAME_LENGTH = 60
CREDENTIAL_LENGTH = 16_000
_MAKER = "BatchTrack"
_PATIENCE_MS = 300_000  # as long as the challenge lasts
_UNREADABLE = (
    WebAuthnException,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)
"""What the library lets out when a sender writes nonsense."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the browser asks the passkey with: `options` is JSON for the page, `secret` the challenge's."""

    secret: str
    options: str


class NotProven(Invalid):
    """The passkey proved nothing: of another site, too late, sent before, removed, or a copy."""

    code = "passkey_refused"

    def __init__(self) -> None:
        super().__init__("That passkey was not accepted. Try again, or use another way.")


def offer_new(person_id: UUID, *, email: str, name: str) -> Offer:
    """Ask the browser to make a passkey, on a device that has none of the person's yet."""
    options = webauthn.generate_registration_options(
        rp_id=site.host(),
        rp_name=_MAKER,
        user_id=person_id.bytes,
        user_name=email,
        user_display_name=name,
        timeout=_PATIENCE_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_described(person_id),
    )
    secret = challenges.begin(challenges.PASSKEY_NEW, person_id=person_id, value=options.challenge)
    return Offer(secret, webauthn.options_to_json(options))


def offer(purpose: str, *, person_id: UUID | None = None) -> Offer:
    """Ask the browser for a passkey: of this person, or of whoever it finds."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host(),
        timeout=_PATIENCE_MS,
        allow_credentials=None if person_id is None else _described(person_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    secret = challenges.begin(purpose, person_id=person_id, value=options.challenge)
    return Offer(secret, webauthn.options_to_json(options))


def add(challenge: Challenge | None, *, person_id: UUID, credential: str, name: str) -> Passkey:
    """Keep the passkey that the browser made for this challenge.

    raises: NotProven; Invalid on `name`; Conflict `already_exists`, `too_many`
    """
    if challenge is None or challenge.value is None or challenge.person_id != person_id:
        raise NotProven
    named = name.strip()
    if not 1 <= len(named) <= NAME_LENGTH or not named.isprintable():
        raise Invalid.field("name", phrase("Must be 1 to %(most)s characters.", most=NAME_LENGTH))
    if _count(person_id) >= MOST:
        raise Conflict(phrase("You have %(most)s passkeys. Remove one first.", most=MOST), code="too_many")
    made = _made(challenge.value, credential, person_id, named)
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict("This passkey is known already.", code="already_exists") from error
    return made


def prove(challenge: Challenge | None, *, credential: str) -> UUID:
    """The person whose passkey signed this challenge, having checked that it is them. Writes down the use.

    raises: NotProven
    """
    if challenge is None or challenge.value is None:
        raise NotProven
    said = _parsed(credential)
    known = db.session.scalar(
        sa.select(Passkey)
        .join(Person, Person.id == Passkey.person_id)
        .where(Passkey.credential_id == said.raw_id, Person.deactivated_at.is_(None))
        .with_for_update(of=Passkey)
        .execution_options(populate_existing=True)
    )
    if known is None or not _is_of(known, challenge, said):
        raise NotProven
    checked = _checked(challenge.value, said, known)
    known.sign_count, known.last_used_at = checked.new_sign_count, clock.now()
    db.session.flush()
    return known.person_id


def remove(person_id: UUID, *, passkey_id: UUID) -> str:
    """Forget a passkey; returns its name.

    raises: NotFound
    """
    known = db.session.scalar(
        sa.select(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id).with_for_update()
    )
    if known is None:
        raise NotFound("That passkey does not exist.")
    name = known.name
    db.session.delete(known)
    db.session.flush()
    return name


def remove_since(person_id: UUID, at: datetime | None = None) -> None:
    """Forget the passkeys that were added then or later; all of them without a time."""
    since = Passkey.created_at >= at if at is not None else sa.true()
    db.session.execute(sa.delete(Passkey).where(Passkey.person_id == person_id, since))


def _count(person_id: UUID) -> int:
    return db.session.scalars(sa.select(sa.func.count()).where(Passkey.person_id == person_id)).one()


def _described(person_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    rows = db.session.execute(
        sa.select(Passkey.credential_id, Passkey.transports).where(Passkey.person_id == person_id)
    )
    return [
        PublicKeyCredentialDescriptor(
            id=row.credential_id, transports=[AuthenticatorTransport(way) for way in row.transports.split()] or None
        )
        for row in rows
    ]


def _made(challenge: bytes, credential: str, person_id: UUID, name: str) -> Passkey:
    try:
        said = parse_registration_credential_json(credential[:CREDENTIAL_LENGTH])
        checked = webauthn.verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=site.host(),
            expected_origin=site.origin(),
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise NotProven from error
    return Passkey(
        id=uuid7(),
        person_id=person_id,
        credential_id=checked.credential_id,
        public_key=checked.credential_public_key,
        sign_count=checked.sign_count,
        transports=" ".join(way.value for way in said.response.transports or []),
        name=name,
        created_at=clock.now(),
    )


def _parsed(credential: str) -> AuthenticationCredential:
    try:
        return parse_authentication_credential_json(credential[:CREDENTIAL_LENGTH])
    except _UNREADABLE as error:
        raise NotProven from error


def _is_of(known: Passkey, challenge: Challenge, said: AuthenticationCredential) -> bool:
    """Whether the passkey is the person's that was asked; where nobody was, the passkey itself must say whose it is."""
    handle = said.response.user_handle
    if challenge.person_id is None:
        return handle == known.person_id.bytes
    return known.person_id == challenge.person_id and handle in {None, b"", known.person_id.bytes}


def _checked(challenge: bytes, said: AuthenticationCredential, known: Passkey) -> VerifiedAuthentication:
    try:
        return webauthn.verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=site.host(),
            expected_origin=site.origin(),
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise NotProven from error

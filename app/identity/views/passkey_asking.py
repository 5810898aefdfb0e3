"""What the pages that ask for a passkey share: where the challenge's secret waits, and what the browser answered."""

from dataclasses import dataclass

from flask import Response, session

from app.identity.forms.second_factors import CredentialForm
from app.identity.services.passkeys import Offer
from app.platform.web import safe_path

_WAITING = "passkey_challenge"


@dataclass(frozen=True, slots=True)
class Said:
    """What the passkey answered, to which challenge, and where the person was going."""

    secret: str
    credential: str
    there: str | None


def asked(offer: Offer) -> Response:
    """The options as JSON for the page's script; the secret stays in the browser's session."""
    session[_WAITING] = offer.secret
    return Response(offer.options, mimetype="application/json")


def secret() -> str:
    """The secret of the challenge that was asked last; it is asked for once."""
    return str(session.pop(_WAITING, ""))


def said() -> Said:
    """What was sent; nothing where it cannot be what a passkey says."""
    form = CredentialForm()
    credential = form.credential.data if form.validate() else None
    return Said(secret(), credential or "", safe_path(form.next.data))

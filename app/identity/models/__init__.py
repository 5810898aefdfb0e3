"""Tables of identity."""

from app.identity.models.audit import AuditEvent, AuditHead
from app.identity.models.developers import Developer, DeveloperAccess
from app.identity.models.organizations import Invitation, Membership, Organization, OwnRole
from app.identity.models.people import MailLink, Person, SignInAttempt, SignInChallenge, SignInSession
from app.identity.models.second_factors import Authenticator, Passkey, RecoveryCode
from app.identity.models.tokens import ApiToken

__all__ = [
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "Authenticator",
    "Developer",
    "DeveloperAccess",
    "Invitation",
    "MailLink",
    "Membership",
    "Organization",
    "OwnRole",
    "Passkey",
    "Person",
    "RecoveryCode",
    "SignInAttempt",
    "SignInChallenge",
    "SignInSession",
]

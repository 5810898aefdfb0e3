"""The role templates: what each place in a workshop may do. Data, and the one lookup over it.

Own roles are rows: an organization's own choice among the grantable permissions. An unknown role grants nothing.
"""

from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import OwnRole
from app.kernel.ids import parse
from app.kernel.permissions import Permission
from app.platform import tenancy
from app.platform.database import db


class Role(StrEnum):
    """Names of the templates, as memberships keep them."""

    AUDITOR = "auditor"
    MAKER = "maker"
    MANAGER = "manager"
    OWNER = "owner"
    SALES = "sales"
    STOREKEEPER = "storekeeper"
    VIEWER = "viewer"


NAMES = frozenset(str(role) for role in Role)

_P = Permission

_READS = frozenset({_P.BATCHES_VIEW, _P.CATALOG_VIEW, _P.INVENTORY_VIEW, _P.RECIPES_VIEW})

_KEEPS_STOCK = frozenset(
    {_P.INVENTORY_COUNT, _P.INVENTORY_HOLD, _P.INVENTORY_ISSUE, _P.INVENTORY_RECEIVE, _P.INVENTORY_REVERSE}
)

_MAKES = frozenset({_P.BATCHES_CANCEL, _P.BATCHES_MAKE, _P.BATCHES_PLAN, _P.CATALOG_EDIT, _P.RECIPES_EDIT})

OWNERS_ALONE = frozenset({_P.ORGANIZATION_CLOSE, _P.ORGANIZATION_TRANSFER})
"""What no other role can be given."""

_RUNS_THE_HOUSE = OWNERS_ALONE | {
    _P.BILLING_MANAGE,
    _P.DATA_EXPORT,
    _P.MEMBERS_MANAGE,
    _P.ORGANIZATION_MANAGE,
    _P.ROLES_MANAGE,
    _P.TOKENS_MANAGE,
}

TEMPLATES: dict[Role, frozenset[Permission]] = {
    # Everything, tokens included: a token is a key to the house.
    Role.OWNER: frozenset(Permission),
    # Runs the workshop, undoes finished batches, proves the books; people, plan and keys are the owner's.
    Role.MANAGER: frozenset(Permission) - _RUNS_THE_HOUSE,
    # Buys, writes recipes, makes, and undoes own slips; sees costs, because recipes are priced at the bench.
    Role.MAKER: _READS | _KEEPS_STOCK | _MAKES | {_P.INVENTORY_VIEW_COSTS},
    # Takes goods in and gives them out; types what they cost, so sees it. Recipes are not the store's business.
    Role.STOREKEEPER: _KEEPS_STOCK | {_P.BATCHES_VIEW, _P.CATALOG_VIEW, _P.INVENTORY_VIEW, _P.INVENTORY_VIEW_COSTS},
    # Sells and gives samples; sees neither recipes nor costs.
    Role.SALES: frozenset({_P.BATCHES_VIEW, _P.CATALOG_VIEW, _P.INVENTORY_ISSUE, _P.INVENTORY_VIEW}),
    # Reads all, costs and the audit log included, proves the books and takes them away; changes nothing.
    Role.AUDITOR: _READS | {_P.AUDIT_VIEW, _P.DATA_EXPORT, _P.INVENTORY_VIEW_COSTS, _P.LEDGER_PROVE},
    # Reads all but costs.
    Role.VIEWER: _READS,
}

NOT_IN_SAMPLES = OWNERS_ALONE | {
    _P.BILLING_MANAGE,
    _P.MEMBERS_MANAGE,
    _P.ROLES_MANAGE,
    _P.TOKENS_MANAGE,
}
"""A sample workshop is one person's, no plan's, and gives nobody a key."""

VISITING = TEMPLATES[Role.MANAGER] - {_P.DATA_EXPORT}
"""What a developer user may while visiting: as a manager, and take nothing away."""


def permissions_of(role: str) -> frozenset[Permission]:
    """What the template of this name grants."""
    return TEMPLATES[Role(role)] if role in NAMES else frozenset()


def granted(organization_id: UUID, role: str) -> frozenset[Permission]:
    """What `role` grants in this organization: a template's name, or the id of one of its own roles.

    Binds the organization when the role is its own.
    """
    if role in NAMES:
        return permissions_of(role)
    role_id = parse(role)
    if role_id is None:
        return frozenset()
    tenancy.bind(organization_id)
    said = db.session.scalar(
        sa.select(OwnRole.permissions).where(
            OwnRole.organization_id == organization_id, OwnRole.id == role_id, OwnRole.archived_at.is_(None)
        )
    )
    return of_text(said or "")


def of_text(said: str) -> frozenset[Permission]:
    """Permissions written with spaces between them; words that are none, and owners' alone, grant nothing."""
    known = {str(permission): permission for permission in Permission}
    return frozenset(known[word] for word in said.split() if word in known) - OWNERS_ALONE

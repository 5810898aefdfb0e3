"""The role templates: what each place in a workshop may do. Data, and the one lookup over it.

An unknown role grants nothing.
"""

from enum import StrEnum

from app.kernel.permissions import Permission


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

TEMPLATES: dict[Role, frozenset[Permission]] = {
    # Everything, tokens included: a token is a key to the house.
    Role.OWNER: frozenset(Permission),
    # Runs the workshop, undoes finished batches, proves the books.
    Role.MANAGER: frozenset(Permission) - {_P.TOKENS_MANAGE},
    # Buys, writes recipes, makes, and undoes own slips; sees costs, because recipes are priced at the bench.
    Role.MAKER: _READS | _KEEPS_STOCK | _MAKES | {_P.INVENTORY_VIEW_COSTS},
    # Takes goods in and gives them out; types what they cost, so sees it. Recipes are not the store's business.
    Role.STOREKEEPER: _KEEPS_STOCK | {_P.BATCHES_VIEW, _P.CATALOG_VIEW, _P.INVENTORY_VIEW, _P.INVENTORY_VIEW_COSTS},
    # Sells and gives samples; sees neither recipes nor costs.
    Role.SALES: frozenset({_P.BATCHES_VIEW, _P.CATALOG_VIEW, _P.INVENTORY_ISSUE, _P.INVENTORY_VIEW}),
    # Reads all, costs included, and proves the books; changes nothing.
    Role.AUDITOR: _READS | {_P.INVENTORY_VIEW_COSTS, _P.LEDGER_PROVE},
    # Reads all but costs.
    Role.VIEWER: _READS,
}


def permissions_of(role: str) -> frozenset[Permission]:
    """What the template of this name grants."""
    return TEMPLATES[Role(role)] if role in NAMES else frozenset()

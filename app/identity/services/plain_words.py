"""What permissions and roles are called in plain words, and in which order they are shown. Decides nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import OwnRole
from app.identity.services.roles import Role
from app.kernel.ids import parse
from app.kernel.permissions import Permission
from app.platform.database import db

_P = Permission

PERMISSIONS: dict[Permission, str] = {
    _P.AUDIT_VIEW: "Read the audit log",
    _P.BATCHES_CANCEL: "Cancel batches, say that one failed",
    _P.BATCHES_MAKE: "Start and finish batches",
    _P.BATCHES_PLAN: "Plan batches",
    _P.BATCHES_REVERSE: "Undo finished batches",
    _P.BATCHES_VIEW: "See batches",
    _P.BILLING_MANAGE: "Choose and pay the plan",
    _P.CATALOG_EDIT: "Add and change materials and products",
    _P.CATALOG_VIEW: "See materials and products",
    _P.DATA_EXPORT: "Take all data away as files",
    _P.INVENTORY_COUNT: "Count stock",
    _P.INVENTORY_HOLD: "Hold lots back and release them",
    _P.INVENTORY_ISSUE: "Take stock out: use, sell, give, throw away",
    _P.INVENTORY_RECEIVE: "Take deliveries in",
    _P.INVENTORY_REVERSE: "Undo entries of stock",
    _P.INVENTORY_VIEW: "See stock and where it came from",
    _P.INVENTORY_VIEW_COSTS: "See costs and prices",
    _P.LEDGER_PROVE: "Prove the books",
    _P.MEMBERS_MANAGE: "Invite people, change their roles, end their access",
    _P.ORGANIZATION_CLOSE: "Close the workshop",
    _P.ORGANIZATION_MANAGE: "Change the workshop’s name, time zone and safety",
    _P.ORGANIZATION_TRANSFER: "Hand the workshop to another owner",
    _P.RECIPES_EDIT: "Write recipes",
    _P.RECIPES_VIEW: "See recipes",
    _P.ROLES_MANAGE: "Make and change roles",
    _P.TOKENS_MANAGE: "Make and revoke API tokens",
}

_AREAS = (
    ("Making", ("batches", "recipes")),
    ("Stock", ("catalog", "inventory")),
    ("Books", ("audit", "data", "ledger")),
    ("The house", ("members", "organization", "roles", "tokens", "billing")),
)

ROLES: dict[Role, tuple[str, str]] = {
    Role.OWNER: ("Owner", "May do everything, and alone close the workshop or hand it on."),
    Role.MANAGER: ("Manager", "Runs the workshop. People, plan and keys are the owner’s."),
    Role.MAKER: ("Maker", "Buys, writes recipes, makes, and sees costs."),
    Role.STOREKEEPER: ("Storekeeper", "Takes goods in and gives them out, and sees costs."),
    Role.SALES: ("Sales", "Sells and gives samples. Sees neither recipes nor costs."),
    Role.AUDITOR: ("Auditor", "Reads everything, proves the books, changes nothing."),
    Role.VIEWER: ("Viewer", "Reads everything but costs."),
}
GONE = "Archived role"


@dataclass(frozen=True, slots=True)
class Group:
    """Permissions of one part of the work, with their words."""

    title: str
    permissions: tuple[tuple[Permission, str], ...]


def grouped(permissions: Iterable[Permission]) -> list[Group]:
    """By part of the work, seeing before doing; parts without any are left out."""
    asked = set(permissions)
    groups = []
    for title, areas in _AREAS:
        found = sorted((each for each in asked if each.partition(".")[0] in areas), key=_order)
        if found:
            groups.append(Group(title, tuple((each, PERMISSIONS[each]) for each in found)))
    return groups


def role_name(organization_id: UUID, role: str) -> str:
    """What a membership's `role` is called. The organization must be bound when the role is its own."""
    if role in ROLES:
        return ROLES[Role(role)][0]
    role_id = parse(role)
    name = db.session.scalar(
        sa.select(OwnRole.name).where(OwnRole.organization_id == organization_id, OwnRole.id == role_id)
    )
    return GONE if name is None else str(name)


def _order(permission: Permission) -> tuple[str, bool, str]:
    area, _, action = permission.partition(".")
    return area, not action.startswith("view"), action

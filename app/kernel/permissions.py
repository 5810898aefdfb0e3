"""What a person may do. One alphabetised list; names are `area.action`."""

from enum import StrEnum


class Permission(StrEnum):
    """The sign on a route's door and the lock in its command."""

    AUDIT_VIEW = "audit.view"
    BATCHES_CANCEL = "batches.cancel"
    BATCHES_MAKE = "batches.make"
    BATCHES_PLAN = "batches.plan"
    BATCHES_REVERSE = "batches.reverse"
    BATCHES_VIEW = "batches.view"
    BILLING_MANAGE = "billing.manage"
    CATALOG_EDIT = "catalog.edit"
    CATALOG_VIEW = "catalog.view"
    DATA_EXPORT = "data.export"
    INVENTORY_COUNT = "inventory.count"
    INVENTORY_HOLD = "inventory.hold"
    INVENTORY_ISSUE = "inventory.issue"
    INVENTORY_RECEIVE = "inventory.receive"
    INVENTORY_REVERSE = "inventory.reverse"
    INVENTORY_VIEW = "inventory.view"
    INVENTORY_VIEW_COSTS = "inventory.view_costs"
    LEDGER_PROVE = "ledger.prove"
    MEMBERS_MANAGE = "members.manage"
    ORGANIZATION_CLOSE = "organization.close"
    ORGANIZATION_MANAGE = "organization.manage"
    ORGANIZATION_TRANSFER = "organization.transfer"
    RECIPES_EDIT = "recipes.edit"
    RECIPES_VIEW = "recipes.view"
    ROLES_MANAGE = "roles.manage"
    TOKENS_MANAGE = "tokens.manage"

"""What a person may do. One alphabetised list; names are `area.action`."""

from enum import StrEnum


class Permission(StrEnum):
    """The sign on a route's door and the lock in its command."""

    BATCHES_CANCEL = "batches.cancel"
    BATCHES_MAKE = "batches.make"
    BATCHES_PLAN = "batches.plan"
    BATCHES_REVERSE = "batches.reverse"
    BATCHES_VIEW = "batches.view"
    CATALOG_EDIT = "catalog.edit"
    CATALOG_VIEW = "catalog.view"
    INVENTORY_COUNT = "inventory.count"
    INVENTORY_HOLD = "inventory.hold"
    INVENTORY_ISSUE = "inventory.issue"
    INVENTORY_RECEIVE = "inventory.receive"
    INVENTORY_REVERSE = "inventory.reverse"
    INVENTORY_VIEW = "inventory.view"
    INVENTORY_VIEW_COSTS = "inventory.view_costs"
    LEDGER_PROVE = "ledger.prove"
    RECIPES_EDIT = "recipes.edit"
    RECIPES_VIEW = "recipes.view"
    TOKENS_MANAGE = "tokens.manage"

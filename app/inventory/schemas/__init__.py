"""The shapes of the stock API: what comes in (`bodies`, `lists`), what goes out (`answers`), and its rendering."""

from app.inventory.schemas.entries import instant, item_ref, posting
from app.inventory.schemas.shown import item, lot, own_unit, shown_trace, stock_check, unit

__all__ = ["instant", "item", "item_ref", "lot", "own_unit", "posting", "shown_trace", "stock_check", "unit"]

"""The ledger's tables and the kinds of posting."""

from app.inventory.models.ledger import LedgerHead, PostingNote, StockMovement, StockPosting
from app.inventory.models.stock import Lot, LotChange, StockBalance

__all__ = ["LedgerHead", "Lot", "LotChange", "PostingNote", "StockBalance", "StockMovement", "StockPosting"]

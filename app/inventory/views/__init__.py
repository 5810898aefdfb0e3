"""The pages of stock: the shelf, items, lots, what comes in and goes out, the log."""

from app.inventory.views import (
    books,
    counting,
    curing,
    items,
    log,
    lots,
    receiving,
    stock,
    stocktake,
    tracing,
    units,
    using,
)
from app.inventory.views.blueprint import WAYS, bp

__all__ = [
    "WAYS",
    "books",
    "bp",
    "counting",
    "curing",
    "items",
    "log",
    "lots",
    "receiving",
    "stock",
    "stocktake",
    "tracing",
    "units",
    "using",
]

"""All pages of batches, on their one blueprint."""

from app.production.views import batches, making, planning

bp = batches.bp

__all__ = ["batches", "bp", "making", "planning"]

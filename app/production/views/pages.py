"""All pages of batches, on their one blueprint."""

from app.production.views import batches, ending, making, planning

bp = batches.bp

__all__ = ["batches", "bp", "ending", "making", "planning"]

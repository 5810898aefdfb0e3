"""All pages of batches, on their one blueprint."""

from app.production.views import batches, bench, ending, jotting, labels, making, planning

bp = batches.bp

__all__ = ["batches", "bench", "bp", "ending", "jotting", "labels", "making", "planning"]

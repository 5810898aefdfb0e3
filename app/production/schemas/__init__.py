"""The shapes of production's API: what comes in (`bodies`), what goes out (`answers`), and its rendering."""

from app.production.schemas.shown import batch

__all__ = ["batch"]

"""The shapes of recipes' API: what comes in (`bodies`), what goes out (`answers`), and its rendering."""

from app.recipes.schemas.shown import cost, explosion, recipe

__all__ = ["cost", "explosion", "recipe"]

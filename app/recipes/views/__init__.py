"""The pages of recipes: reading them, writing them, and where an item is used."""

from app.recipes.views.reading import bp
from app.recipes.views.writing import bp as writing

BLUEPRINTS = (bp, writing)

"""What the nesting of recipes can be refused for."""

from collections.abc import Sequence

from app.kernel.errors import Invalid

MOST_LEVELS = 10
"""A recipe of materials alone is one level; each recipe in a recipe is one more."""


class RecipeCycle(Invalid):
    """A recipe would be made of itself; `details.path` names the way round."""

    code = "recipe_cycle"


class RecipeTooDeep(Invalid):
    """More levels of recipes in recipes than anybody can follow."""

    code = "recipe_too_deep"


def cycle(path: Sequence[str]) -> RecipeCycle:
    """`path`: names from the recipe back to itself."""
    message = f"A recipe cannot be made of itself: {' → '.join(path)}."
    return RecipeCycle(message, errors={"lines": [message]}, path=list(path))


def too_deep(levels: int) -> RecipeTooDeep:
    """`levels`: how many there would be."""
    message = f"Recipes within recipes go at most {MOST_LEVELS} levels deep; this would be {levels}."
    return RecipeTooDeep(message, errors={"lines": [message]}, levels=levels, most=MOST_LEVELS)

"""The authority on recipes within recipes: no recipe is made of itself, none goes deeper than ten levels.

Checked under one lock of the organization, so that two edits at once cannot close a ring together: each sees what the
other published before it looks. The lock is the organization's row, which whoever counts or makes items locks too: it
comes before the recipe's own, and before any item's.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

import sqlalchemy as sa

from app.identity.models import Organization
from app.kernel.actor import Actor
from app.platform.database import execute
from app.recipes.models import Recipe, RecipeLine, RecipeVersion
from app.recipes.services import errors

Edges = Mapping[UUID, tuple[UUID, ...]]


def wait_for_others(actor: Actor) -> None:
    """One at a time in an organization, from here to the end of the command. The first lock of whoever revises."""
    execute(_LOCK, {"o": actor.organization_id})


def check(actor: Actor, recipe_id: UUID, name: str, uses: Iterable[UUID]) -> None:
    """Refuse a version of `recipe_id` that uses the recipes `uses`, before it is written.

    raises: RecipeCycle, RecipeTooDeep
    """
    wanted = tuple(dict.fromkeys(uses))
    if not wanted:
        return
    wait_for_others(actor)
    names = {recipe_id: name}
    edges: dict[UUID, tuple[UUID, ...]] = {}
    for row in execute(_EDGES, {"o": actor.organization_id}):
        names.setdefault(row.id, row.name)
        edges[row.id] = (*edges.get(row.id, ()), row.used_recipe_id)
    refuse(recipe_id, {**edges, recipe_id: wanted}, names)


def refuse(recipe_id: UUID, edges: Edges, names: Mapping[UUID, str]) -> None:
    """Pure: `edges` as they would be, from each recipe to those it uses."""
    ring = _way_back(recipe_id, edges)
    if ring:
        raise errors.cycle([names[step] for step in ring])
    users: dict[UUID, tuple[UUID, ...]] = {}
    for user, used in edges.items():
        for below in used:
            users[below] = (*users.get(below, ()), user)
    levels = _longest(recipe_id, edges, {}) + _longest(recipe_id, users, {}) - 1
    if levels > errors.MOST_LEVELS:
        raise errors.too_deep(levels)


def _way_back(start: UUID, edges: Edges) -> list[UUID] | None:
    """The shortest way round through `start`, told from the recipe that it would use: A → B → A where B takes up A."""
    came_from: dict[UUID, UUID] = {}
    queue = [start]
    for place in queue:
        for below in edges.get(place, ()):
            if below == start:
                ring = [*_steps(place, start, came_from), start]
                return [*ring, ring[0]]
            if below not in came_from:
                came_from[below] = place
                queue.append(below)
    return None


def _steps(place: UUID, start: UUID, came_from: Mapping[UUID, UUID]) -> list[UUID]:
    steps: list[UUID] = []
    while place != start:
        steps.insert(0, place)
        place = came_from[place]
    return steps


def _longest(place: UUID, edges: Edges, known: dict[UUID, int]) -> int:
    """Recipes on the longest way from `place`, itself counted. There is no ring: it was looked for first."""
    if place not in known:
        known[place] = 1 + max((_longest(below, edges, known) for below in edges.get(place, ())), default=0)
    return known[place]


_LOCK = sa.select(Organization.id).where(Organization.id == sa.bindparam("o")).with_for_update(key_share=True)
_EDGES = (
    sa.select(Recipe.id, Recipe.name, RecipeLine.used_recipe_id)
    .join(
        RecipeVersion,
        sa.and_(
            RecipeVersion.organization_id == Recipe.organization_id,
            RecipeVersion.recipe_id == Recipe.id,
            RecipeVersion.number == Recipe.current_version,
        ),
    )
    .join(
        RecipeLine,
        sa.and_(RecipeLine.organization_id == RecipeVersion.organization_id, RecipeLine.version_id == RecipeVersion.id),
    )
    .where(Recipe.organization_id == sa.bindparam("o"), RecipeLine.used_recipe_id.is_not(None))
    .order_by(Recipe.id, RecipeLine.line)
)

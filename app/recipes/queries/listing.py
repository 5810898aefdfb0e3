"""The list of recipes: what one of each costs, how much the shelf gives, when it was made last. Read set-wise."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from app.inventory.services import stock_check
from app.inventory.services.stock_check import CheckLine
from app.kernel import numbers
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.recipes.queries import pages, sheet
from app.recipes.queries.pages import RecipeRow
from app.recipes.queries.sheet import Scarcest
from app.recipes.services import costing, explosion, last_made, materials, structure
from app.recipes.services.explosion import Explosion
from app.recipes.services.materials import Material
from app.recipes.services.structure import Version

_NOTHING = Explosion((), ())


@dataclass(frozen=True, slots=True)
class ListRow:
    """A live recipe at one making.

    cost_each: of one unit of the output, plain text; None: nothing of it can be costed
    in_part:   whether that leaves out what is missing or cannot be compared with the stock
    scarcest:  what runs out first; None: nothing does
    known:     whether every amount can be compared with the stock; else `scarcest` says nothing
    """

    recipe: RecipeRow
    cost_each: str | None
    in_part: bool
    scarcest: Scarcest | None
    known: bool
    made_at: datetime | None


def rows(actor: Actor) -> tuple[ListRow, ...]:
    """By name, in a fixed number of statements."""
    live = pages.live(actor)
    versions = structure.all_in_force(actor)
    known = materials.read(actor, {item_id for version in versions.values() for item_id in version.item_ids})
    in_force = {version.recipe_id: version for version in versions.values()}
    exploded = {row.id: _explode(versions, in_force[row.id], known) for row in live if row.id in in_force}
    checks = stock_check.check_each(actor, [costing.needs(each.needs) for each in exploded.values()])
    checked = dict(zip(exploded, checks, strict=True))
    made = last_made.of_each(actor)
    return tuple(
        _row(row, in_force.get(row.id), exploded.get(row.id, _NOTHING), checked.get(row.id, ()), made.get(row.id))
        for row in live
    )


def _explode(versions: Mapping[UUID, Version], version: Version, known: Mapping[UUID, Material]) -> Explosion:
    """One making; nothing at all where a material comes to too little or too much to keep."""
    try:
        return explosion.explode(versions, version.id, Fraction(1), known)
    except Invalid as problem:
        return Explosion((), tuple((known[item_id], problem) for item_id in sorted(version.item_ids)[:1]))


def _row(
    recipe: RecipeRow,
    version: Version | None,
    exploded: Explosion,
    lines: tuple[CheckLine, ...],
    made_at: datetime | None,
) -> ListRow:
    known = version is not None and not exploded.unknown
    costed = any(line.consumed for line in lines)
    return ListRow(
        recipe=recipe,
        cost_each=numbers.quotient(sum(line.total_cost for line in lines), recipe.quantity or 0) if costed else None,
        in_part=not known or any(line.shortfall for line in lines),
        scarcest=sheet.scarcest(version, Fraction(1), lines) if version and known else None,
        known=known,
        made_at=made_at,
    )

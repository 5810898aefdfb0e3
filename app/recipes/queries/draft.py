"""A version that is still being typed, as a sheet needs it: whatever of it can be understood. Writes nothing."""

from dataclasses import dataclass
from uuid import UUID

from app.catalog.services.unit_conversion import ItemUnits
from app.kernel import clock, ids
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotFound
from app.recipes.queries.sheet import Tree
from app.recipes.services import materials, references, saying, structure
from app.recipes.services.materials import Material
from app.recipes.services.saying import FoundLine, FoundOutput, SaidLine, SaidOutput
from app.recipes.services.structure import Line, Output, Used, Version

_ATTEMPTS = 8
"""Lines that cannot be understood are left out one by one; past these the sheet waits until more makes sense."""


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed so far."""

    name: str
    output: SaidOutput | None
    lines: tuple[SaidLine, ...]


def tree(actor: Actor, said: Said) -> Tree | None:
    """What the sheet of this version would be made of; None while nothing of it can be understood."""
    found = _understood(actor, said.output, said.lines)
    if found is None:
        return None
    output, lines = found
    below, used = _used(actor, [line.recipe_id for line in lines if line.recipe_id])
    version = _version(said.name, output, [_line(n, line, used) for n, line in enumerate(lines, start=1)])
    versions = {**below, version.id: version}
    item_ids = {item_id for each in versions.values() for item_id in each.item_ids}
    known = materials.read(actor, item_ids)
    if output and version.output and output.item_id is None:
        known[version.output.item_id] = _unborn(version.output.item_id, output)
    return Tree(version, versions, known)


def _understood(
    actor: Actor, output: SaidOutput | None, lines: tuple[SaidLine, ...]
) -> tuple[FoundOutput | None, tuple[FoundLine, ...]] | None:
    for _ in range(_ATTEMPTS):
        try:
            return saying.find(actor, output, lines) if lines else None
        except (Invalid, NotFound) as error:
            wrong = {field.split(".")[1] for field in error.errors if field.startswith("lines.")}
            if not wrong and output is None:
                return None
            output = output if wrong else None
            lines = tuple(line for n, line in enumerate(lines) if str(n) not in wrong)
    return None


def _used(actor: Actor, recipe_ids: list[UUID]) -> tuple[dict[UUID, Version], dict[UUID, Used]]:
    """Every version below, and what a line says of each recipe that it uses."""
    found = references.find_each(actor, {str(recipe_id): str(recipe_id) for recipe_id in recipe_ids})
    in_force = {recipe.id: references.current(recipe) for recipe in found.values()}
    below: dict[UUID, Version] = {}
    for version_id in in_force.values():
        below |= structure.whole(actor, version_id)
    used = {
        recipe_id: Used(recipe_id, below[version_id].name, version_id, below[version_id].output)
        for recipe_id, version_id in in_force.items()
    }
    return below, used


def _line(number: int, line: FoundLine, used: dict[UUID, Used]) -> Line:
    recipe = used[line.recipe_id] if line.recipe_id else None
    return Line(number, line.item_id, recipe, line.quantity, line.unit, line.note)


def _version(name: str, output: FoundOutput | None, lines: list[Line]) -> Version:
    return Version(
        id=ids.uuid7(),
        recipe_id=ids.uuid7(),
        name=name,
        prefix="",
        kind="production",
        number=1,
        current_number=None,
        archived_at=None,
        published_at=None,
        created_at=clock.now(),
        instructions=None,
        output=Output(output.item_id or ids.uuid7(), output.quantity, output.unit) if output else None,
        lines=tuple(lines),
    )


def _unborn(item_id: UUID, output: FoundOutput) -> Material:
    """The product that this version would make."""
    units = ItemUnits(output.unit, item_id=item_id, item_name=output.name or "")
    return Material(item_id, "", output.name or "", output.unit, True, units)

"""The authority on recipes and their versions: making them, and making the next. What was published never changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.catalog.services import items
from app.catalog.services.items import NewItem
from app.kernel import clock, ids, text
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import db
from app.platform.tenancy import select_for
from app.recipes.models import RECIPE_KINDS, Recipe, RecipeLine, RecipeVersion
from app.recipes.services import nesting, saying, structure
from app.recipes.services.prefixes import prefix as label_prefix
from app.recipes.services.saying import FoundLine, FoundOutput, SaidLine, SaidOutput
from app.subscriptions.services import gates
from app.subscriptions.services.tiers import Limit


@dataclass(frozen=True, slots=True)
class Making:
    """What one making takes and gives. None: as in the version before."""

    output: SaidOutput | None = None
    lines: tuple[SaidLine, ...] | None = None
    instructions: str | None = None


class AlreadyExists(Conflict):
    """A live recipe has this name."""

    code = "already_exists"


def create(
    actor: Actor,
    *,
    name: str,
    making: Making,
    prefix: str | None = None,
    kind: str = "production",
    draft: bool = False,
) -> UUID:
    """Make a recipe and its version 1, published unless it is a draft. Gives the version's id.

    prefix: of batch labels; None: from the name
    raises: NotFound, Invalid, UnknownUnit, RecipeCycle, RecipeTooDeep, AlreadyExists, LimitReached
    """
    actor.require(Permission.RECIPES_EDIT)
    gates.check(actor, Limit.RECIPES)
    letters = label_prefix(prefix, name)
    if kind not in RECIPE_KINDS:
        raise Invalid.field("kind", phrase("Must be one of %(choices)s.", choices=", ".join(RECIPE_KINDS)))
    output, lines = saying.find(actor, making.output, making.lines or ())
    _refuse_incomplete(draft, output, lines)
    _refuse_taken_name(actor, name)
    recipe = Recipe(
        organization_id=actor.organization_id,
        id=ids.uuid7(),
        name=name,
        name_key=text.search_key(name),
        prefix=letters,
        kind=kind,
        latest_version=1,
        created_at=clock.now(),
    )
    db.session.add(recipe)
    db.session.flush()
    return _write(actor, recipe, _Found(output, lines, making.instructions), draft=draft)


def revise(
    actor: Actor,
    recipe_id: UUID,
    *,
    making: Making,
    name: str | None = None,
    prefix: str | None = None,
    draft: bool = False,
) -> UUID:
    """Make the next version of a recipe; what is not said stays as in the latest one. Gives the version's id.

    name, prefix: change the recipe itself, for batches to come
    raises: as `create`
    """
    actor.require(Permission.RECIPES_EDIT)
    nesting.wait_for_others(actor)
    recipe = _lock(actor, recipe_id)
    before = _latest(actor, recipe)
    found = _next(actor, before, making)
    _refuse_incomplete(draft, found.output, found.lines)
    if name is not None and text.search_key(name) != recipe.name_key:
        _refuse_taken_name(actor, name)
    recipe.name = name or recipe.name
    recipe.name_key = text.search_key(recipe.name)
    recipe.prefix = label_prefix(prefix, recipe.name) if prefix is not None else recipe.prefix
    recipe.latest_version += 1
    db.session.flush()
    return _write(actor, recipe, found, draft=draft)


@dataclass(frozen=True, slots=True)
class _Found:
    output: FoundOutput | None
    lines: tuple[FoundLine, ...]
    instructions: str | None


def _next(actor: Actor, before: structure.Version, said: Making) -> _Found:
    output, lines = saying.find(actor, said.output, said.lines or ())
    if output is None and before.output:
        output = FoundOutput(before.output.item_id, None, before.output.quantity, before.output.unit)
    elif output and output.name:
        output = _same_product(actor, before, output)
    return _Found(
        output,
        _kept(before.lines) if said.lines is None else lines,
        before.instructions if said.instructions is None else said.instructions,
    )


def _same_product(actor: Actor, before: structure.Version, said: FoundOutput) -> FoundOutput:
    """A name that is the present output's means that item, not a second one."""
    made_ids = [before.output.item_id] if before.output else []
    made = next(iter(items.get_each(actor, made_ids).values()), None)
    if made is None or made.name_key != text.search_key(said.name or ""):
        return said
    return FoundOutput(made.id, None, said.quantity, said.unit)


def _kept(lines: Iterable[structure.Line]) -> tuple[FoundLine, ...]:
    return tuple(
        FoundLine(line.item_id, line.used.recipe_id if line.used else None, line.quantity, line.unit, line.note)
        for line in lines
    )


def _refuse_incomplete(draft: bool, output: FoundOutput | None, lines: tuple[FoundLine, ...]) -> None:
    missing = [field for field, said in (("output", output), ("lines", lines)) if not said]
    if missing and not draft:
        wanted = {"output": "What one making gives is missing.", "lines": "What goes in is missing."}
        raise Invalid(
            "This can be a draft, but not yet a recipe to make from.",
            errors={field: [wanted[field]] for field in missing},
        )


def _refuse_taken_name(actor: Actor, name: str) -> None:
    taken = select_for(actor, Recipe.id).where(Recipe.name_key == text.search_key(name), Recipe.archived_at.is_(None))
    if db.session.scalar(taken.limit(1)) is not None:
        raise AlreadyExists("There is a recipe of that name already.", field="name")


def _write(actor: Actor, recipe: Recipe, found: _Found, *, draft: bool) -> UUID:
    if not draft:
        nesting.check(actor, recipe.id, recipe.name, [line.recipe_id for line in found.lines if line.recipe_id])
    now = clock.now()
    output = found.output
    version = RecipeVersion(
        organization_id=actor.organization_id,
        id=ids.uuid7(),
        recipe_id=recipe.id,
        number=recipe.latest_version,
        output_item_id=output and _made(actor, output),
        output_quantity=output and output.quantity,
        output_unit=output and output.unit,
        instructions=found.instructions,
        published_at=None if draft else now,
        created_at=now,
        created_by=actor.person_id,
    )
    db.session.add(version)
    db.session.flush()
    if found.lines:
        db.session.execute(
            sa.insert(RecipeLine), [_row(actor, version, n, line) for n, line in enumerate(found.lines, 1)]
        )
    if not draft:
        recipe.current_version = version.number
        db.session.flush()
    return version.id


def _made(actor: Actor, output: FoundOutput) -> UUID:
    """The item that the output is; a new product where it is only named so far."""
    if output.item_id is None:
        return items.create(actor, NewItem(name=output.name or "", type="product", unit=output.unit)).id
    return output.item_id


def _row(actor: Actor, version: RecipeVersion, number: int, line: FoundLine) -> dict[str, object]:
    return {
        "organization_id": actor.organization_id,
        "id": ids.uuid7(),
        "version_id": version.id,
        "line": number,
        "item_id": line.item_id,
        "used_recipe_id": line.recipe_id,
        "quantity": line.quantity,
        "unit": line.unit,
        "note": line.note,
    }


def _lock(actor: Actor, recipe_id: UUID) -> Recipe:
    found: Recipe | None = db.session.scalar(
        select_for(actor, Recipe)
        .where(Recipe.id == recipe_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("That recipe does not exist.")
    return found


def _latest(actor: Actor, recipe: Recipe) -> structure.Version:
    wanted = select_for(actor, RecipeVersion.id).where(
        RecipeVersion.recipe_id == recipe.id, RecipeVersion.number == recipe.latest_version
    )
    version_id = db.session.scalars(wanted).one()
    return structure.read(actor, [version_id])[version_id]

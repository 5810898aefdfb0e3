"""Reads what was typed into a recipe: which thing a name means, which amount a text says."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import g

from app.catalog.services import crafts
from app.catalog.services.unit_conversion import ItemUnits
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.kernel.numbers import Quantity
from app.kernel.permissions import Permission
from app.recipes.forms import amounts
from app.recipes.forms.recipe import LineForm, RecipeForm
from app.recipes.queries import pages
from app.recipes.queries.draft import Said
from app.recipes.queries.pages import RECIPE_MARK
from app.recipes.queries.sheet import Tree
from app.recipes.services import materials
from app.recipes.services.materials import Material
from app.recipes.services.saying import SaidLine, SaidOutput
from app.recipes.services.structure import Line
from app.recipes.services.versions import Making


def making(actor: Actor, form: RecipeForm) -> Making:
    """What was typed, as the command takes it.

    raises: Invalid, naming every wrong field as the command would
    """
    errors: dict[str, list[str]] = {}
    output, lines = _read_all(actor, form, errors)
    if errors:
        raise Invalid("Some of it cannot be read yet.", errors=errors, drawer=_new_thing(actor, form))
    return Making(output, lines, form.instructions.value or "")


def _new_thing(actor: Actor, form: RecipeForm) -> dict[str, Any] | None:
    """The drawer that writes down the first thing that nobody knows; None where there is none, or who may not."""
    known = amounts.Known(pages.things(actor), {})
    typed = [line.form.thing for line in form.lines if line.form.thing.value]
    unknown = [thing for thing in typed if not known.named(thing.value)]
    if not unknown or not actor.may(Permission.CATALOG_EDIT):
        return None
    asked = urlencode({"name": unknown[0].value, "field": unknown[0].name})
    return {"modal_url": f"items/quick?{asked}", "success_event": "item.created", "retry": True}


def so_far(actor: Actor, form: RecipeForm) -> Said:
    """What can be read of it while it is still being typed."""
    output, lines = _read_all(actor, form, {})
    return Said(form.name.value or "", output if output and (output.item or output.name) else None, lines)


def _read_all(
    actor: Actor, form: RecipeForm, errors: dict[str, list[str]]
) -> tuple[SaidOutput | None, tuple[SaidLine, ...]]:
    known = _known(actor, form)
    written = [line.form for line in form.lines if line.form.said]
    lines = [line for n, typed in enumerate(written) if (line := _line(f"lines.{n}", typed, known, errors))]
    return _output(form, known, errors), tuple(lines)


def _known(actor: Actor, form: RecipeForm) -> amounts.Known:
    things = amounts.Known(pages.things(actor), {})
    said = [form.makes.value or "", *(line.form.thing.value or "" for line in form.lines)]
    named = [thing.id for name in said if (thing := things.named(name, kinds=("item",)))]
    read = materials.read(actor, named) if named else {}
    return amounts.Known(things.things, {item_id: material.units for item_id, material in read.items()})


def _line(field: str, typed: LineForm, known: amounts.Known, errors: dict[str, list[str]]) -> SaidLine | None:
    name = typed.thing.value or ""
    thing = known.named(name)
    if thing is None:
        errors[f"{field}.item"] = [f"Nothing here is called {name}." if name else "What goes in?"]
    quantity = _read(typed.amount.value or "", known.units_of(thing), f"{field}.quantity", errors)
    if thing is None or quantity is None:
        return None
    named_by = {"item": str(thing.id)} if thing.kind == "item" else {"recipe": str(thing.id)}
    return SaidLine(quantity, note=typed.note.value, **named_by)


def _output(form: RecipeForm, known: amounts.Known, errors: dict[str, list[str]]) -> SaidOutput | None:
    said = form.makes.value or ""
    item = known.named(said, kinds=("item",))
    quantity = _read(form.amount.value or "", known.units_of(item), "output.quantity", errors)
    if quantity is None:
        return None
    if item:
        return SaidOutput(quantity, item=str(item.id))
    return SaidOutput(replace(quantity, unit=quantity.unit or _usual_unit()), name=said)


def _usual_unit() -> str | None:
    """What the workshop's craft makes, where it was said: bars, candles, jars."""
    organization = g.get("organization")
    return crafts.of(organization.craft).makes if organization and organization.craft else None


def _read(said: str, units: ItemUnits | None, field: str, errors: dict[str, list[str]]) -> Quantity | None:
    try:
        return amounts.read(said, units, field=field)
    except Invalid as error:
        errors.update(error.errors)
        return None


def filled(read: Tree) -> dict[str, Any]:
    """What the form of the next version begins with: the one before."""
    version, made = read.version, read.made
    return {
        "name": version.name,
        "prefix": version.prefix,
        "makes": made.name if made else "",
        "amount": amounts.said(version.output.quantity, version.output.unit) if version.output else "",
        "lines": [_filled_line(line, read.known) for line in version.lines],
        "instructions": version.instructions or "",
    }


def _filled_line(line: Line, known: Mapping[UUID, Material]) -> dict[str, str]:
    thing = known[line.item_id].name if line.item_id else f"{line.used.name if line.used else ''}{RECIPE_MARK}"
    return {"thing": thing, "amount": amounts.said(line.quantity, line.unit), "note": line.note or ""}

"""What can stand between two units, each with the drawer that removes it. URLs are relative to the organization's."""

from typing import Any
from urllib.parse import quote

from app.catalog.services.unit_conversion.item_units import ItemUnits
from app.catalog.services.unit_conversion.system_units import HINTS, Unit
from app.kernel import text
from app.kernel.errors import Invalid


class UnknownUnit(Invalid):
    """Neither a system unit nor one of the item's own."""

    code = "unknown_unit"


class MissingDensity(Invalid):
    """Between mass and volume stands a density that nobody gave."""

    code = "missing_density"


class MissingUnitMapping(Invalid):
    """Nobody said how much one of these is."""

    code = "missing_unit_mapping"


def unknown_unit(name: str, item: ItemUnits | None, field: str) -> UnknownUnit:
    """No such unit, with a hint where the name is one that people use in two senses."""
    hint = HINTS.get(text.search_key(name[:8]), "Say how much it is, or pick another.")
    message = f"Nobody has said what a “{shown(name)}” is. {hint}"
    return UnknownUnit(message, errors={field: [message]}, drawer=_unit_drawer(name, item), unit=shown(name))


def missing_density(source: Unit, target: Unit, item: ItemUnits | None, field: str) -> MissingDensity:
    """From a mass to a volume, or back, without a density."""
    message = f"To turn {source.name} into {target.name}, the density of {_item_name(item)} is needed."
    drawer = _drawer(item, "density", "density.saved")
    return MissingDensity(message, errors={field: [message]}, drawer=drawer, unit=source.code)


def missing_unit_mapping(asked: str, other: Unit, item: ItemUnits | None, field: str) -> MissingUnitMapping:
    """From one kind to another with nothing said about how they go together; `asked` is the unit to be explained."""
    message = f"One {asked} of {_item_name(item)}: how much is that in {other.name}? Nobody has said."
    return MissingUnitMapping(message, errors={field: [message]}, drawer=_unit_drawer(asked, item), unit=asked)


def shown(name: str) -> str:
    """A name fit to be shown back: short, one line, printable."""
    return "".join(letter for letter in name[:40] if letter.isprintable()).strip()


def _item_name(item: ItemUnits | None) -> str:
    return (item and item.item_name) or "the item"


def _unit_drawer(name: str, item: ItemUnits | None) -> dict[str, Any]:
    return _drawer(item, f"units?name={quote(shown(name), safe='')}", "unit.saved")


def _drawer(item: ItemUnits | None, form: str, event: str) -> dict[str, Any]:
    if item and item.item_id:
        return {"modal_url": f"items/{item.item_id}/{form}", "success_event": event, "retry": True}
    return {"redirect_url": "stock", "success_event": event, "retry": True}

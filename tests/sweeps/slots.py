"""The slots: everywhere in a request where a reference to a thing can stand; and a sound request around each.

Fields are found in the shapes and forms themselves. A field that is neither a reference nor declared plain fails the
sweep: whoever adds one says here which it is.
"""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from wtforms import Form

import app as package
from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door

PARAMETERS = {
    "batch": "batch",
    "invitation": "invitation",
    "item": "item",
    "lot": "lot",
    "member": "member",
    "role": "role",
    "organization": "organization",
    "posting": "posting",
    "recipe": "recipe",
    "slug": "slug",
    "timer": "timer",
    "token": "token",
    ("codes.open_code", "token"): "code",
}
"""What a path's parameter names."""

NEVER = "00000000-0000-7000-8000-000000000000"
"""The id of a thing that never was."""

NO_REFERENCE_PARAMETERS = {
    "filename": "app.css",
    "link": "x.y",
    "name": "box",
    "number": "1",
    "passkey": NEVER,
    "tier": "solo",
}
REFERENCES = {
    "batch": "batch",
    "item": "item",
    "lot": "lot",
    "member": "member",
    "movement": "movement",
    "role": "role",
    "person": "person",
    "recipe": "recipe or name",
    "skip": "item",
}
"""Fields of bodies, queries and forms that name a thing."""

SEARCHES = {"q", "source", "supplier_lot"}
"""Words that are looked for: an empty answer, and the same as for words that are nowhere."""

PLAIN = {
    *("paper", "start", "count", "weight"),
    *("back", "base", "drawn", "field", "need", "organic", "rows"),
    "tier",
    *("amount", "archived", "barcode", "below", "category", "code", "command_key", "cost", "cost_basis", "counted"),
    *("csrf_token", "cursor", "density", "density_g_per_ml", "direction", "draft", "email", "expected", "expires_at"),
    *(
        "expires_on",
        "expiring_within",
        "fefo",
        "fifo_code",
        "from",
        "happened_at",
        "instructions",
        "keep",
        "kind",
        "last_day",
        "limit",
    ),
    *("lines", "loss", "loss_category", "loss_note", "low_stock_level", "made", "make", "makes", "mass", "mass_unit"),
    *(
        "name",
        "next",
        "note",
        "occurred_at",
        "open",
        "output",
        "outputs",
        "password",
        "period",
        "perishable",
        "planned_for",
    ),
    *("prefix", "quantity", "reason", "received_on", "reference", "scale", "scopes", "shelf_life_days", "show"),
    *("shown", "since", "starters", "then"),
    *("status", "supplier", "thing", "to", "total_cost", "tracked", "type", "unit", "unit_cost", "until", "use_by"),
    *("variance_reason", "version", "volume", "volume_unit"),
    *("after", "again", "length", "line"),
    *("area", "expires", "sure", "format", "locale", "minutes", "permissions"),
    *("code", "credential", "craft", "currency", "new_password", "session", "time_zone", "workshop"),
}
"""Everything else that can be said: words, amounts, days, choices. `thing`, `makes`: names of one's own."""

Make = Callable[[Belongings], Any]


def _line(its: Belongings) -> dict[str, str]:
    return {"item": its.one("item"), "quantity": "1"}


def _output(its: Belongings) -> dict[str, str]:
    return {"item": its.one("item"), "quantity": "1"}


BODIES: Mapping[str, tuple[Make, ...]] = {
    "conversions_api.convert": (lambda its: {"quantity": "1", "from": "g", "to": "kg", "item": its.one("item")},),
    "identity_api.change_member": (lambda its: {"role": its.one("role")},),
    "identity_api.create_invitation": (lambda its: {"email": "ada@oats.example", "role": its.one("role")},),
    "identity_api.create_token": (lambda its: {"name": "Another"},),
    "items_api.change_item": (lambda its: {"category": "dry"},),
    "items_api.create_item": (lambda its: {"name": "Something new", "type": "ingredient", "unit": "g"},),
    "items_api.put_own_unit": (lambda its: {"quantity": "2", "unit": "g"},),
    "lots_api.hold_lot": (lambda its: {"reason": "a look"},),
    "lots_api.relabel_lot": (lambda its: {"reason": "a look", "supplier_lot": "S-1"},),
    "lots_api.release_lot": (lambda its: {"reason": "a look"},),
    "postings_api.reverse_posting": (
        lambda its: {"reason": "a slip", "lines": [{"movement": its.one("movement"), "quantity": "1"}]},
    ),
    "production_api.cancel": (lambda its: {"reason": "not today"},),
    "production_api.fail": (lambda its: {"reason": "it burned"},),
    "production_api.finish": (
        lambda its: {
            "outputs": [{"item": its.one("made"), "quantity": "5", "unit": "each"}],
            "loss": {"quantity": "1", "unit": "each", "category": "spill", "note": "x"},
            "variance_reason": "a good day",
        },
    ),
    "production_api.plan": (lambda its: {"recipe": its.one("recipe"), "scale": "1"},),
    "production_api.reverse": (lambda its: {"reason": "a slip"},),
    "production_api.start": (lambda its: {"skip": [its.one("item")]},),
    "production_api.take_extras": (lambda its: {"lines": [{**_line(its), "reason": "spilled"}]},),
    "recipes_api.check_stock": (
        lambda its: {"lines": [_line(its)]},
        lambda its: {"recipe": its.one("recipe"), "scale": "2"},
    ),
    "recipes_api.create": (
        lambda its: {"name": "A new one", "output": _output(its), "lines": [_line(its)]},
        lambda its: {
            "name": "Another new one",
            "output": {"name": "A new thing", "quantity": "1", "unit": "each"},
            "lines": [{"recipe": its.one("recipe"), "quantity": "1", "unit": "batch"}],
        },
    ),
    "recipes_api.revise": (
        lambda its: {"output": _output(its), "lines": [_line(its)]},
        lambda its: {"lines": [{"recipe": its.one("base"), "quantity": "1", "unit": "batch"}]},
    ),
    "stock_api.count": (lambda its: {"counted": "7", "reason": "counted", "lot": its.one("lot")},),
    "stock_api.issue": (lambda its: {"quantity": "1", "kind": "use", "lot": its.one("lot")},),
    "stock_api.receive": (lambda its: {"quantity": "1", "unit_cost": "1"},),
}
"""Sound bodies of API calls, by endpoint; together they hold every reference that the shape knows."""

BATCH_IN = {
    "cancel": "batch in progress",
    "extras": "batch in progress",
    "fail": "batch in progress",
    "finish": "batch in progress",
    "reversal": "batch completed",
    "reverse": "batch completed",
    **dict.fromkeys(
        ("amount", "back", "bench", "lot", "notes", "running", "stop", "tick", "timers", "undo", "untick"),
        "batch in progress",
    ),
}
"""In which state a batch is when something is done to it; planned otherwise."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for one reference. `where`: path, query, body or form; `body` is sound but for the slot."""

    door: Door
    where: str
    name: str
    kind: str
    body: Any = None

    def __str__(self) -> str:
        return f"{self.door} {self.where} {self.name}"

    @property
    def is_search(self) -> bool:
        """Nothing is found, rather than missing."""
        return self.name in SEARCHES


def kind_of(door: Door, parameter: str) -> str | None:
    """What a path's parameter names; None when it names no thing. raises: KeyError for one nobody declared"""
    if parameter in NO_REFERENCE_PARAMETERS:
        return None
    return PARAMETERS.get((door.endpoint, parameter)) or PARAMETERS[parameter]


def own(door: Door, its: Belongings) -> dict[str, str]:
    """A sound path: its own things."""
    values = {}
    for name in door.parameters:
        kind = kind_of(door, name)
        last = door.path.rpartition("/")[2] if "/preview" not in door.path else door.path.split("/")[-2]
        state = BATCH_IN.get(last, "batch") if kind == "batch" else kind
        values[name] = its.one(state) if state else NO_REFERENCE_PARAMETERS[name]
    return values


def body_slots(door: Door, its: Belongings) -> Iterator[Slot]:
    """Every reference in every sound body of this call."""
    for make in BODIES.get(door.endpoint, ()):
        body = make(its)
        for path, leaf in leaves(body):
            name = field_of(path)
            if name in REFERENCES and isinstance(leaf, str):
                yield Slot(door, "body", path, REFERENCES[name], body)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value in a body, by its path: `lines.0.item`."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if parts is None:
        yield path, value
        return
    for name, part in parts:
        yield from leaves(part, f"{path}.{name}" if path else str(name))


def replaced(value: Any, path: str, new: Any) -> Any:
    """The body with one value replaced."""
    first, _, rest = path.partition(".")
    if isinstance(value, list):
        return [
            replaced(part, rest, new) if str(n) == first and rest else new if str(n) == first else part
            for n, part in enumerate(value)
        ]
    return {**value, first: replaced(value[first], rest, new) if rest else new}


def field_of(path: str) -> str:
    """The field's own name: `skip` of `skip.0`, `item` of `lines.0.item` and of a form's `rows-0-item`."""
    return next(part for part in reversed(re.split("[.-]", path)) if not part.isdigit())


def fields_of(shape: type[BaseModel]) -> set[str]:
    """Every field that a shape knows, however deep, as people write it."""
    found = set()
    for name, field in shape.model_fields.items():
        found.add(field.alias or name)
        for inner in shapes_in(field.annotation):
            found |= fields_of(inner)
    return found


def shapes_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from shapes_in(part)


def forms() -> list[type[Form]]:
    """Every form of the application."""
    for module in pkgutil.walk_packages(package.__path__, "app."):
        if ".forms" in module.name:
            importlib.import_module(module.name)
    return sorted(_below(Form), key=lambda form: form.__qualname__)


def _below(form: type[Form]) -> set[type[Form]]:
    found = {each for each in form.__subclasses__() if each.__module__.startswith("app.")}
    return found.union(*(_below(each) for each in form.__subclasses__()))


def form_fields(form: type[Form]) -> set[str]:
    """The names that its fields have in a request."""
    return {
        value.kwargs.get("name") or name for name in dir(form) if hasattr(value := getattr(form, name), "field_class")
    }

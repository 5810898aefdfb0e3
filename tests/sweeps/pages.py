"""Sound forms of the pages, by endpoint: what somebody types, and the form that reads it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door
from tests.sweeps.slots import REFERENCES, Slot

Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What one page is sent. `form` is the name of the class that reads it."""

    form: str
    typed: Callable[[Belongings], Typed]


def _reason(form: str) -> Page:
    return Page(form, lambda its: {"reason": "a look"})


_USE = Page("UseForm", lambda its: {"quantity": "1 g", "kind": "use", "lot": its.one("lot")})
_COUNT = Page("CountForm", lambda its: {"counted": "7 g", "reason": "counted", "lot": its.one("lot")})
_RECEIVE = Page(
    "ReceiveForm", lambda its: {"quantity": "1 g", "cost": "2", "cost_basis": "total", "kind": "receipt", "note": "x"}
)
_EXTRA = Page("ExtraForm", lambda its: {"item": its.one("item"), "amount": "1 g", "reason": "spilled"})
_FINISH = Page(
    "FinishForm",
    lambda its: {"made": "3", "loss": "1", "loss_category": "spill", "loss_note": "x", "variance_reason": "x"},
)
_ITEM = Page(
    "ItemForm",
    lambda its: {"name": "Something", "type": "ingredient", "unit": "g", "tracked": "y", "shelf_life_days": "9"},
)
_RECIPE = Page(
    "RecipeForm",
    lambda its: {
        "name": "A recipe of a page",
        "makes": "A thing of a page",
        "amount": "4 each",
        "kind": "production",
        "lines-0-thing": its.kinds["item"][1],
        "lines-0-amount": "10 g",
        "lines-0-note": "x",
        "instructions": "Stir.",
    },
)

FORMS: Mapping[str, Page] = {
    "identity.sign_in": Page("SignInForm", lambda its: {"email": "nobody@example.com", "password": "wrong"}),
    "identity.sign_out": Page("", lambda its: {}),
    "inventory.archive_item": Page("PageForm", lambda its: {}),
    "inventory.count": _COUNT,
    "inventory.density": Page("DensityForm", lambda its: {"density": "0.9"}),
    "inventory.edit_item": _ITEM,
    "inventory.hold": _reason("ReasonForm"),
    "inventory.new_item": _ITEM,
    "inventory.preview_count": _COUNT,
    "inventory.preview_receive": _RECEIVE,
    "inventory.preview_use": _USE,
    "inventory.receive": _RECEIVE,
    "inventory.release": _reason("ReasonForm"),
    "inventory.relabel": Page("RelabelForm", lambda its: {"reason": "a look", "supplier_lot": "S-2"}),
    "inventory.remove_unit": Page("PageForm", lambda its: {"name": "nothing"}),
    "inventory.reverse": _reason("ReverseForm"),
    "inventory.units": Page("UnitForm", lambda its: {"name": "scoop", "quantity": "2", "unit": "g"}),
    "inventory.use": _USE,
    "production.cancel": _reason("CancelForm"),
    "production.extras": _EXTRA,
    "production.fail": _reason("ReasonForm"),
    "production.finish": _FINISH,
    "production.plan": Page("PlanForm", lambda its: {"recipe": its.one("recipe"), "scale": "1"}),
    "production.preview_extras": _EXTRA,
    "production.preview_finish": _FINISH,
    "production.reverse": _reason("ReasonForm"),
    "production.start": Page("StartForm", lambda its: {"skip": its.one("item")}),
    "recipes.new": _RECIPE,
    "recipes.new_version": _RECIPE,
    "recipes.preview": _RECIPE,
}
"""Of every page that takes a form."""

QUERIES: Mapping[str, tuple[str, ...]] = {
    "inventory.count": ("lot",),
    "inventory.log": ("item",),
    "inventory.use": ("lot",),
    "production.plan": ("recipe",),
}
"""References that a page takes from its address."""


def slots(door: Door, its: Belongings) -> Iterator[Slot]:
    """Every reference that can be typed into this page or its address."""
    if door.method == "GET":
        yield from (Slot(door, "query", name, REFERENCES[name]) for name in QUERIES.get(door.endpoint, ()))
    elif door.endpoint in FORMS:
        typed = FORMS[door.endpoint].typed(its)
        yield from (Slot(door, "form", name, REFERENCES[name], typed) for name in typed if name in REFERENCES)

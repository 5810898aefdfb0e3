"""What people type about an item: what it is, how heavy it is, its own units."""

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import StopValidation

from app.catalog.models import Item
from app.catalog.services import unit_conversion
from app.catalog.services.items import LONGEST_SHELF_LIFE, NewItem
from app.catalog.services.unit_conversion import Density
from app.inventory.forms.moves import choices, read_code
from app.kernel import numbers
from app.platform.form_fields import NAME, AmountField, CheckedField, ChoiceField, ReadField, WholeField
from app.platform.pages import PageForm

TYPE_CHOICES = {
    "ingredient": "Ingredient",
    "packaging": "Packaging",
    "consumable": "Consumable",
    "intermediate": "Half-made, goes into something else",
    "product": "Product to sell",
}
TYPE_WORDS = TYPE_CHOICES | {"intermediate": "Half-made", "product": "Product"}


class ItemForm(PageForm):
    """A material or product."""

    name = ReadField("Name", need="What is it called?", limit=NAME)
    type = ChoiceField("It is", choices=choices(TYPE_CHOICES))
    unit = ReadField("Kept in", need="In which unit do you keep it? g, ml, each …", limit=60)
    category = ReadField("Category")
    density = AmountField("Density")
    low_stock_level = AmountField("Low-stock level")
    tracked = BooleanField("Keep count of it", default=True)
    perishable = BooleanField("It goes off")
    shelf_life_days = WholeField("Keeps for", least=1, most=LONGEST_SHELF_LIFE)
    code = CheckedField("Code", rule=read_code, limit=64)
    barcode = ReadField("Barcode")

    def validate_density(self, field: AmountField) -> None:
        """Nothing weighs nothing."""
        if field.value is not None and field.value <= 0:
            raise StopValidation("Must be more than zero.")

    def new(self) -> NewItem:
        """What makes the item. raises: UnknownUnit on unit"""
        return NewItem(**self._said(), code=self.code.value)

    def changes(self, item: Item, present: Density | None) -> dict[str, Any]:
        """What differs from the item as it stands: what is left alone is not said again."""
        said = self._said() | ({"code": self.code.value} if self.code.value else {})
        now = {name: getattr(item, name) for name in said if name != "density"} | {"density": present}
        if reads_as(self.density.value, present):
            said["density"] = present
        return {name: value for name, value in said.items() if value != now[name]}

    def _said(self) -> dict[str, Any]:
        level, density = self.low_stock_level.value, self.density.value
        return {
            "name": self.name.value,
            "type": self.type.data,
            "unit": unit_conversion.stock_unit(self.unit.value),
            "category": self.category.value,
            "density": unit_conversion.density_g_per_ml(density, field="density") if density is not None else None,
            "tracked": bool(self.tracked.data),
            "perishable": bool(self.perishable.data),
            "shelf_life_days": self.shelf_life_days.value,
            "low_stock_level": None if level is None else numbers.to_micro(level),
            "barcode": self.barcode.value,
        }


def reads_as(typed: Decimal | None, present: Density | None) -> bool:
    """Whether that is the present density as forms show it, rounded: then 120 g to a cup stays just that."""
    return typed is not None and present is not None and typed == Decimal(numbers.plain_of(present.g_per_ml))


def shown(item: Item, density: Density | None) -> dict[str, Any]:
    """The item as its form is drawn."""
    level = item.low_stock_level
    return {
        "name": item.name,
        "type": item.type,
        "unit": item.unit,
        "category": item.category,
        "density": numbers.plain_of(density.g_per_ml) if density else None,
        "low_stock_level": None if level is None else numbers.plain(level),
        "tracked": item.tracked,
        "perishable": item.perishable,
        "shelf_life_days": None if item.shelf_life_days is None else str(item.shelf_life_days),
        "code": item.code,
        "barcode": item.barcode,
    }


def _units(*codes: str) -> Any:
    return choices({code: code.replace("_", " ") for code in codes})


class DensityForm(PageForm):
    """How heavy an item is: a known density, or so much of it on a scale."""

    density = AmountField("Density")
    mass = AmountField("What does the scale say?")
    mass_unit = SelectField("Unit of weight", choices=_units("g", "kg", "oz", "lb"), default="g")
    volume = AmountField("Weigh", default="100")
    volume_unit = SelectField("Unit of volume", choices=_units("ml", "l", "tsp", "tbsp", "cup", "fl_oz"), default="ml")
    need = HiddenField("What it is needed for")

    def said(self, present: Density | None) -> Density:
        """What the scale said, else the density; the present one where it was left as it is.

        raises: Invalid on density, mass or volume
        """
        if self.mass.value is not None:
            return unit_conversion.density(
                mass=self.mass.value,
                mass_unit=self.mass_unit.data,
                volume=self.volume.value or Decimal(0),
                volume_unit=self.volume_unit.data,
                field="weighed",
            )
        if present is not None and reads_as(self.density.value, present):
            return present
        return unit_conversion.density_g_per_ml(self.density.value, field="density")

    def validate_density(self, field: AmountField) -> None:
        """Said in one of the two ways."""
        if field.value is None and (self.mass.data or "").strip() == "":
            raise StopValidation("How many grams does a millilitre weigh?")


WEIGHED = {f"weighed.{name}": name for name in ("mass", "mass_unit", "volume", "volume_unit")}
"""What unit conversion calls the fields of the density form."""


class UnitForm(PageForm):
    """One of a unit of one's own: one bar is 113 g."""

    name = ReadField("One", need="What do you call it? bar, case, scoop …", limit=60, id="own-name")
    quantity = AmountField("is", need="How much is one?", id="own-quantity")
    unit = ReadField("Unit", limit=60, id="own-unit")
    need = HiddenField("What it is needed for")


class QuickItemForm(PageForm):
    """A new item from within another form: as little as it needs. `field` is that form's name of what becomes it."""

    name = ReadField("Name", need="What is it called?", limit=NAME, id="quick-name")
    type = ChoiceField("It is", choices=choices(TYPE_CHOICES), id="quick-type")
    unit = ReadField(
        "Kept in", need="In which unit do you keep it? g, ml, each …", limit=60, default="g", id="quick-unit"
    )
    category = ReadField("Category", id="quick-category")
    tracked = BooleanField("Keep count of it", default=True, id="quick-tracked")
    field = HiddenField("Where it goes")

    def new(self) -> NewItem:
        """What makes the item. raises: UnknownUnit on unit"""
        return NewItem(
            name=self.name.value,
            type=self.type.data,
            unit=unit_conversion.stock_unit(self.unit.value),
            category=self.category.value,
            tracked=bool(self.tracked.data),
        )

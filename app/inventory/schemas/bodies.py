"""What stock calls are told: request bodies. Amounts are exact decimals; text is bounded."""

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from app.inventory.schemas.references import ItemReference, LotReference, MovementReference
from app.platform.schemas import (
    Code,
    Flag,
    IsoDay,
    IsoInstant,
    LongText,
    Name,
    NonNegativeDecimal,
    PositiveDecimal,
    Reason,
    Reference,
    Shape,
    ShortText,
    UnitName,
    Whole,
)

ItemType = Literal["ingredient", "packaging", "consumable", "intermediate", "product"]
ReceiptKind = Literal["receipt", "opening", "found"]
IssueKind = Literal["use", "sale", "sample", "tester", "gift", "spoil", "trash", "expired", "damaged", "quality_fail"]
ShelfLife = Annotated[Whole, Field(ge=1, le=36_500)]
_MOST_LINES = 500


class DensityBody(Shape):
    """So much weighs so much: `{"mass": "120", "mass_unit": "g", "volume": "1", "volume_unit": "cup"}`."""

    mass: PositiveDecimal
    mass_unit: UnitName = "g"
    volume: PositiveDecimal
    volume_unit: UnitName = "ml"


class _OneDensity(Shape):
    """A density said in one way, not in two."""

    density_g_per_ml: PositiveDecimal | None = None
    density: DensityBody | None = None

    @model_validator(mode="after")
    def _said_once(self) -> Self:
        if self.density is not None and self.density_g_per_ml is not None:
            raise ValueError("give density or density_g_per_ml, not both")
        return self


class NewItemBody(_OneDensity):
    """`POST /items`. `low_stock_level` in the item's unit."""

    name: Name
    type: ItemType
    unit: UnitName
    code: Code | None = None
    category: ShortText | None = None
    tracked: Flag = True
    perishable: Flag = False
    shelf_life_days: ShelfLife | None = None
    fefo: Flag = False
    low_stock_level: NonNegativeDecimal | None = None
    barcode: ShortText | None = None


def _all_may_be_left_out(schema: dict[str, Any]) -> None:
    for part in schema["properties"].values():
        part.pop("default", None)


class ItemChangesBody(_OneDensity):
    """`PATCH /items/{item}`: what is named is changed; null empties what may be empty."""

    model_config = ConfigDict(json_schema_extra=_all_may_be_left_out)

    name: Name = ""  # defaults are never read: only what was said is changed
    type: ItemType = "ingredient"
    unit: UnitName = ""
    code: Code = ""
    category: ShortText | None = None
    tracked: Flag = True
    perishable: Flag = False
    shelf_life_days: ShelfLife | None = None
    fefo: Flag = False
    low_stock_level: NonNegativeDecimal | None = None
    barcode: ShortText | None = None
    archived: Flag = False


class OwnUnitBody(Shape):
    """`PUT /items/{item}/units/{name}`: one `name` is `quantity` of `unit` (left out: the item's)."""

    quantity: PositiveDecimal
    unit: UnitName | None = None


class ReceiptBody(Shape):
    """`POST /items/{item}/receipts`. `unit_cost` is per `unit` as given; one of the two costs is needed."""

    quantity: PositiveDecimal
    unit: UnitName | None = None
    unit_cost: NonNegativeDecimal | None = None
    total_cost: NonNegativeDecimal | None = None
    received_on: IsoDay | None = None
    expires_on: IsoDay | None = None
    supplier: Name | None = None
    supplier_lot: ShortText | None = None
    fifo_code: Code | None = None
    reference: Name | None = None
    note: LongText | None = None
    occurred_at: IsoInstant | None = None
    kind: ReceiptKind = "receipt"


class IssueBody(Shape):
    """`POST /items/{item}/issues`. With `lot`: that lot alone, never spilling over."""

    quantity: PositiveDecimal
    unit: UnitName | None = None
    kind: IssueKind
    lot: LotReference | None = None
    to: Name | None = None
    reason: Reason | None = None
    note: LongText | None = None
    occurred_at: IsoInstant | None = None


class CountBody(Shape):
    """`POST /items/{item}/counts`. `expected`: the book that the counter saw, in the same unit as `counted`."""

    counted: NonNegativeDecimal
    reason: Reason
    unit: UnitName | None = None
    lot: LotReference | None = None
    expected: NonNegativeDecimal | None = None
    unit_cost: NonNegativeDecimal | None = None


class ReasonBody(Shape):
    """Why."""

    reason: Reason


class RelabelBody(ReasonBody):
    """`PATCH /lots/{lot}`: what is named is changed; null takes it away."""

    expires_on: IsoDay | None = None
    supplier_lot: ShortText | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set & {"expires_on", "supplier_lot"}:
            raise ValueError("give expires_on, supplier_lot or both")
        return self


class ReversalLineBody(Shape):
    """So much of one movement; `unit` left out: the item's."""

    movement: MovementReference
    quantity: PositiveDecimal
    unit: UnitName | None = None


class ReversalBody(ReasonBody):
    """`POST /postings/{posting}/reversal`. Without `lines`: all that is left."""

    lines: Annotated[list[ReversalLineBody], Field(min_length=1, max_length=_MOST_LINES)] | None = None


class CheckLineBody(Shape):
    """A need. Zero is allowed."""

    item: ItemReference
    quantity: NonNegativeDecimal
    unit: UnitName | None = None


CheckLines = Annotated[list[CheckLineBody], Field(min_length=1, max_length=_MOST_LINES)]
"""Of `POST /stock-checks`."""


class ConversionBody(Shape):
    """`POST /conversions`. With `from` a plain decimal; without it, text that carries its units: `2 lb 3 oz`."""

    quantity: Annotated[Reference, Field(description="A plain decimal, or `2 lb 3 oz` without `from`")]
    source: UnitName | None = Field(default=None, alias="from")
    to: UnitName
    item: ItemReference | None = None

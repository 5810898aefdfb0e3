"""What lists are asked by: query strings."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from app.inventory.models.kinds import KINDS
from app.inventory.schemas.bodies import ItemType
from app.inventory.schemas.references import ItemReference, LotReference
from app.platform.schemas import IsoDay, PageQuery, QueryFlag, Shape, Whole, clean_text

SearchText = Annotated[str, Field(max_length=200), BeforeValidator(clean_text)]
Kind = Annotated[str, Field(pattern=f"^({'|'.join(KINDS)})$")]


class ItemsQuery(PageQuery):
    """`GET /items`. `below`: less available than the low stock level; `archived`: those alone."""

    q: SearchText | None = None
    type: ItemType | None = None
    below: QueryFlag = False
    archived: QueryFlag = False


class ItemLotsQuery(PageQuery):
    """`GET /items/{item}/lots`. `open`: only lots with something left."""

    open: QueryFlag = False


class LotsQuery(PageQuery):
    """`GET /lots`. `expiring_within`: days from today; what is still good and not used up."""

    q: SearchText | None = None
    supplier_lot: SearchText | None = None
    item: ItemReference | None = None
    expiring_within: Annotated[Whole, Field(ge=0, le=36_500)] | None = None
    status: Literal["open", "on_hold", "empty"] | None = None


class PostingsQuery(PageQuery):
    """`GET /postings`. `source`: an id, a label or a type; `from` and `to`: business dates, both included."""

    item: ItemReference | None = None
    lot: LotReference | None = None
    kind: Kind | None = None
    source: SearchText | None = None
    since: IsoDay | None = Field(default=None, alias="from")
    until: IsoDay | None = Field(default=None, alias="to")


class TraceQuery(Shape):
    """`GET /lots/{lot}/trace`."""

    direction: Literal["back", "forward", "both"] = "both"

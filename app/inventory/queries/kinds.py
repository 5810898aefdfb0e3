"""What a posting counts as in sums: one that takes another back counts as that one."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.inventory.models import StockPosting

_Original = aliased(StockPosting, name="original")
_TAKEN_BACK = (
    sa.select(_Original.kind)
    .where(_Original.organization_id == StockPosting.organization_id, _Original.id == StockPosting.reverses)
    .correlate(StockPosting)
    .scalar_subquery()
)
COUNTS_AS: sa.ColumnElement[str] = sa.case(
    (StockPosting.reverses.is_not(None), _TAKEN_BACK),  # asked for these alone: a join would read them all twice
    else_=StockPosting.kind,
)
"""The kind, of a posting or of what it takes back. In a statement that reads `StockPosting`."""

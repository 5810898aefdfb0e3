"""What people type about a lot or a posting: why, a new date, a new supplier's lot."""

from app.inventory.forms.moves import QuantityField
from app.platform.form_fields import REASON, DayField, ReadField
from app.platform.pages import PageForm


class ReasonForm(PageForm):
    """Why a lot is set aside, or may be used again."""

    reason = ReadField("Why", need="Say why.", limit=REASON)


class ReverseForm(PageForm):
    """Why a posting is taken back. The toast's Undo gives none."""

    reason = ReadField("Why", limit=REASON)


class TakeBackForm(ReverseForm):
    """The same, of a posting with one movement: all that is left of it, or a part."""

    quantity = QuantityField("How much of it")


class RelabelForm(PageForm):
    """What the lot's label should say. Left empty, the date or the supplier's lot is taken away."""

    expires_on = DayField("Use by")
    supplier_lot = ReadField("Supplier’s lot")
    reason = ReadField("Why", need="Say why.", limit=REASON)

"""The shape of the choice of what stays active in a smaller plan."""

from uuid import UUID

from wtforms import HiddenField, SelectMultipleField

from app.kernel import ids
from app.platform.pages import PageForm


class KeepForm(PageForm):
    """What stays: ids of members, recipes and products, in one field. One that is not there chooses nothing."""

    keep = SelectMultipleField("Stays", choices=[], validate_choice=False)
    period = HiddenField("Period")

    @property
    def chosen(self) -> frozenset[UUID]:
        """The ids that were ticked."""
        return frozenset(found for said in self.keep.data or () if (found := ids.parse(said)))

"""Forms of billing."""

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.platform.pages import PageForm

ON_FREE, CLOSED = "free", "read"


class ChoiceForm(PageForm):
    """Which plan, and how it is paid. What they mean is the service's to say."""

    tier = HiddenField()
    period = HiddenField()


class CancelForm(PageForm):
    """What comes after a plan that ends."""

    then = RadioField(
        "What then?",
        choices=[
            SelectChoice(ON_FREE, "Go on with Free"),
            SelectChoice(CLOSED, "Only read and export"),
        ],
        default=ON_FREE,
        validate_choice=True,
    )

"""What people type to make an API token."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.identity.services.plain_words import PERMISSIONS
from app.kernel import clock
from app.kernel.errors import Invalid
from app.kernel.permissions import Permission
from app.platform.form_fields import NAME, ChoiceField, DayField, ReadField
from app.platform.pages import PageForm

_NEVER, _ON_A_DAY = "never", "day"


class TokenForm(PageForm):
    """What it is for, what it may, until when."""

    name = ReadField("What is it for?", need="Say what it is for.", limit=NAME)
    scopes = SelectMultipleField("It may", validate_choice=True)
    expires = ChoiceField(
        "It works for",
        choices=[
            SelectChoice("30", "30 days"),
            SelectChoice("90", "90 days"),
            SelectChoice("365", "a year"),
            SelectChoice(_ON_A_DAY, "until a day"),
            SelectChoice(_NEVER, "until it is revoked"),
        ],
        default="90",
    )
    expires_on = DayField("Last day")

    def offer(self, permissions: Iterable[Permission]) -> None:
        """Say what can be chosen."""
        self.scopes.choices = [SelectChoice(str(each), PERMISSIONS[each]) for each in sorted(permissions)]

    def chosen(self) -> frozenset[Permission]:
        """What was ticked.

        raises: Invalid on `scopes` when nothing was
        """
        if not self.scopes.data:
            raise Invalid.field("scopes", "Say what it may do.")
        return frozenset(Permission(each) for each in self.scopes.data)

    def ends_at(self, zone: str) -> datetime | None:
        """The instant from which it opens nothing: the end of the last day in `zone`; None: never.

        raises: Invalid on `expires_on` when a day was asked for and none was given
        """
        if self.expires.data == _NEVER:
            return None
        if self.expires.data != _ON_A_DAY:
            return clock.now() + timedelta(days=int(self.expires.data))
        if self.expires_on.value is None:
            raise Invalid.field("expires_on", "Which day is the last?")
        return datetime.combine(self.expires_on.value + timedelta(days=1), time(), ZoneInfo(zone))

"""The shapes of what people type to sign up."""

from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import StopValidation

from app.identity.forms.names import NamedField
from app.identity.forms.typed import EmailField, KnownPasswordField, NewPasswordField, PersonForm
from app.identity.services import organizations, people
from app.identity.services.organizations import CRAFTS
from app.identity.services.sign_up import Wanted
from app.kernel.errors import Invalid
from app.platform import words
from app.platform.form_fields import ChoiceField, ReadField

_FIRST = ("USD", "EUR", "GBP", "CAD", "AUD", "NZD", "CHF")
_LOCALE = "en_US"


def currencies() -> list[SelectChoice]:
    """Every currency that is money somewhere today, in the reader's words, those of most makers first."""
    return _currencies(str(words.locale()))


@cache
def _currencies(locale: str) -> list[SelectChoice]:
    known = organizations.currencies()
    today = {code for place in Locale(_LOCALE).territories for code in get_territory_currencies(str(place))} & known
    order = [*_FIRST, *sorted(today - set(_FIRST))]
    return [SelectChoice(code, f"{code}, {get_currency_name(code, locale=locale)}") for code in order]


@cache
def zones() -> list[tuple[str, str]]:
    """Every time zone, and the currency that is money there today, "" where there is none."""
    territories = get_global("zone_territories")
    return [(zone, next(iter(_money_of(territories.get(zone))), "")) for zone in organizations.zones()]


def _money_of(territory: str | None) -> list[str]:
    return get_territory_currencies(territory) if territory else []


class ZoneField(ReadField):
    """A time zone's name, as IANA writes it."""

    def read(self, text: str) -> str:
        """The zone."""
        try:
            return organizations.known_zone(text)
        except Invalid as error:
            raise StopValidation(error.detail) from None


class SignUpForm(PersonForm):
    """Who, which workshop, where. What else is sent is not read."""

    name = NamedField(
        "Your name", need="Your name, please.", limit=people.NAME_LENGTH, render_kw={"autocomplete": "name"}
    )
    workshop = NamedField(
        "Workshop",
        need="What is it called?",
        limit=organizations.NAME_LENGTH,
        render_kw={"autocomplete": "organization"},
    )
    email = EmailField()
    password = NewPasswordField()
    craft = ChoiceField("What you make", choices=[SelectChoice(*each) for each in CRAFTS.items()])
    time_zone = ZoneField("Time zone", need="Where is it?", default="UTC")
    currency = SelectField("Currency", choices=currencies, default="USD")

    def wanted(self) -> Wanted:
        """What was typed, but for the password."""
        return Wanted(
            name=self.name.value,
            workshop=self.workshop.value,
            email=self.email.value,
            craft=self.craft.data,
            time_zone=self.time_zone.value,
            currency=self.currency.data,
        )


class OpenElsewhereForm(PersonForm):
    """The link in another browser than the one that was typed in: with the password that was typed."""

    password = KnownPasswordField("The password you chose")

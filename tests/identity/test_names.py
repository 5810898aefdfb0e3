"""Names stand in mails to strangers: none of them holds an address, wherever it is typed."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from app.identity.forms.account import NameForm
from app.identity.forms.invitation import JoinForm
from app.identity.forms.names import NamedField
from app.identity.services.organizations import OrganizationFacts
from app.kernel import ids
from app.kernel.actor import Actor
from app.platform.database import db
from app.platform.models import OutgoingMail
from tests import cast
from tests.identity.house import settings
from tests.identity.plain import plain
from tests.identity.test_sign_up import sign_up
from tests.inventory.desk import words

SAID = "A name, please, without a web or email address in it."
LEADING = [
    "You won: https://evil.example",
    "HTTP://evil.example",
    "ftp://x",
    "Visit www.evil.example",
    "WWW.evil.example now",
    "ask ines@evil.example",
    "evil.example/login",
    "\uff57\uff57\uff57\uff0eevil.example",
    "https\uff1a\uff0f\uff0fevil.example",
]
SOUND = [
    "Fern & Tallow",
    "Dr. Soap",
    "St. John's Bakery",
    "Milk @ Honey",
    "Oat/Ash",
    "Nr.5 Kerzen",
    "1:1",
    "Etsy.com",
    "石鹸",
]


class NameAlone(NameForm):
    """No token in it: here only the name is asked of."""

    class Meta:
        csrf = False


@pytest.mark.parametrize("typed", LEADING)
def test_a_name_holds_no_address(app: Flask, typed: str) -> None:
    with app.test_request_context("/", method="POST"):
        form = NameAlone(MultiDict({"name": typed}))
        assert not form.validate()
    assert form.errors == {"name": [SAID]}


@pytest.mark.parametrize("typed", SOUND)
def test_what_people_call_themselves_and_their_workshops_passes(app: Flask, typed: str) -> None:
    with app.test_request_context("/", method="POST"):
        form = NameAlone(MultiDict({"name": typed}))
        assert form.validate()
    assert form.name.value == typed


@pytest.mark.parametrize("field", ["name", "workshop"])
def test_signing_up_with_one_says_where_keeps_what_was_typed_and_sends_nothing(app: Flask, field: str) -> None:
    email = f"{ids.code(12).lower()}@fernandtallow.example"
    answer = sign_up(cast.anonymous(), email, **{field: "Prize at https://evil.example"})
    assert answer.status_code == 422
    assert plain(answer.text).count(SAID) == 1
    assert 'value="Prize at https://evil.example"' in answer.text
    with app.app_context():
        assert db.session.query(OutgoingMail).filter_by(recipient=email).count() == 0


def test_no_workshop_takes_one_for_its_name_later(owner: Actor, organization: OrganizationFacts) -> None:
    desk = settings(owner, organization)
    answer = desk.send("/settings/workshop", name="www.evil.example", time_zone="UTC", locale="en")
    assert answer.status_code == 422
    assert SAID in words(answer.text)
    assert "www.evil.example" in answer.text


def test_nobody_joins_with_one(app: Flask) -> None:
    with app.test_request_context():
        assert isinstance(JoinForm().name, NamedField)

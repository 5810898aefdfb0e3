"""Sound forms of the pages, by endpoint: what somebody types, and the form that reads it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door
from tests.sweeps.slots import REFERENCES, Slot

Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What one page is sent. `form` is the name of the class that reads it."""

    form: str
    typed: Callable[[Belongings], Typed]


def _reason(form: str) -> Page:
    return Page(form, lambda its: {"reason": "a look"})


_USE = Page("UseForm", lambda its: {"quantity": "1 g", "kind": "use", "lot": its.one("lot")})
_COUNT = Page("CountForm", lambda its: {"counted": "7 g", "reason": "counted", "lot": its.one("lot")})
_RECEIVE = Page(
    "ReceiveForm", lambda its: {"quantity": "1 g", "cost": "2", "cost_basis": "total", "kind": "receipt", "note": "x"}
)
_EXTRA = Page("ExtraForm", lambda its: {"item": its.one("item"), "amount": "1 g", "reason": "spilled"})
_FINISH = Page(
    "FinishForm",
    lambda its: {"made": "3", "loss": "1", "loss_category": "spill", "loss_note": "x", "variance_reason": "x"},
)
_ITEM = Page(
    "ItemForm",
    lambda its: {"name": "Something", "type": "ingredient", "unit": "g", "tracked": "y", "shelf_life_days": "9"},
)
_RECIPE = Page(
    "RecipeForm",
    lambda its: {
        "name": "A recipe of a page",
        "makes": "A thing of a page",
        "amount": "4 each",
        "kind": "production",
        "lines-0-thing": its.kinds["item"][1],
        "lines-0-amount": "10 g",
        "lines-0-note": "x",
        "instructions": "Stir.",
    },
)

_SIGN_UP = Page(
    "SignUpForm",
    lambda its: {
        "name": "Ines",
        "workshop": "A workshop of a page",
        "email": "ines@example.com",
        "password": "lavender-and-oat",
        "craft": "soap",
        "time_zone": "UTC",
        "currency": "USD",
    },
)

_ROLE = Page("OwnRoleForm", lambda its: {"name": "Packer", "permissions": "inventory.view"})

FORMS: Mapping[str, Page] = {
    "account.ask_to_verify": Page("", lambda its: {}),
    "account.change_email": Page("NewEmailForm", lambda its: {"email": "ines@example.com"}),
    "account.change_password": Page("ChangePasswordForm", lambda its: {"password": "wrong", "new_password": "wrong"}),
    "account.end_sessions": Page("EndSessionForm", lambda its: {"session": "none"}),
    "account.prove": Page("ConfirmForm", lambda its: {"password": "wrong", "next": "/account"}),
    "account.rename": Page("NameForm", lambda its: {"name": "Ines"}),
    "account.take_new_email": Page("", lambda its: {}),
    "account.verify": Page("", lambda its: {}),
    "audit.export": Page("AuditExportForm", lambda its: {"format": "csv"}),
    "developer.enter": Page("EnterForm", lambda its: {"reason": "ticket 4711: a look", "minutes": "15"}),
    "developer.leave": Page("", lambda its: {}),
    "developer_plans.plan": Page("GiftForm", lambda its: {"tier": "team", "reason": "a beta tester", "last_day": ""}),
    "developer_plans.take_back": _reason("TakeBackForm"),
    "identity.sign_in": Page("SignInForm", lambda its: {"email": "nobody@example.com", "password": "wrong"}),
    "identity.sign_out": Page("", lambda its: {}),
    "insights.take_export": Page("PageForm", lambda its: {}),
    "inventory.archive_item": Page("PageForm", lambda its: {}),
    "inventory.count": _COUNT,
    "inventory.density": Page("DensityForm", lambda its: {"density": "0.9"}),
    "inventory.edit_item": _ITEM,
    "inventory.hold": _reason("ReasonForm"),
    "inventory.new_item": _ITEM,
    "inventory.preview_count": _COUNT,
    "inventory.preview_receive": _RECEIVE,
    "inventory.preview_use": _USE,
    "inventory.receive": _RECEIVE,
    "inventory.release": _reason("ReasonForm"),
    "inventory.relabel": Page("RelabelForm", lambda its: {"reason": "a look", "supplier_lot": "S-2"}),
    "inventory.remove_unit": Page("PageForm", lambda its: {"name": "nothing"}),
    "inventory.reverse": _reason("ReverseForm"),
    "inventory.units": Page("UnitForm", lambda its: {"name": "scoop", "quantity": "2", "unit": "g"}),
    "inventory.use": _USE,
    "invitation.accept": Page("", lambda its: {}),
    "invitation.join": Page("JoinForm", lambda its: {"name": "Ada", "password": "lavender-and-oat"}),
    "invitation.sign_out": Page("", lambda its: {}),
    "not_me.undo": Page("", lambda its: {}),
    "organization.close": Page("CloseForm", lambda its: {"name": its.facts.name}),
    "organization.reopen": Page("PageForm", lambda its: {}),
    "organization.change": Page(
        "OrganizationForm", lambda its: {"name": its.facts.name, "time_zone": "UTC", "locale": "en"}
    ),
    "organization.transfer": Page("TransferForm", lambda its: {"member": its.one("member"), "name": its.facts.name}),
    "organization.two_factor": Page("PageForm", lambda its: {}),
    "people.deactivate": Page("PageForm", lambda its: {}),
    "people.invite": Page("InviteForm", lambda its: {"email": "ada@oats.example", "role": its.one("role")}),
    "people.change": Page("RoleForm", lambda its: {"role": its.one("role")}),
    "people.restore": Page("PageForm", lambda its: {}),
    "people.send_again": Page("PageForm", lambda its: {}),
    "people.withdraw": Page("PageForm", lambda its: {}),
    "roles.archive": Page("PageForm", lambda its: {}),
    "roles.edit": _ROLE,
    "roles.new": _ROLE,
    "tokens.new": Page(
        "TokenForm",
        lambda its: {"name": "The shop", "scopes": "inventory.view", "expires": "day", "expires_on": "2100-01-01"},
    ),
    "tokens.revoke": Page("PageForm", lambda its: {}),
    "passkeys.confirm": Page("CredentialForm", lambda its: {"credential": "{}", "next": "/account"}),
    "passkeys.confirm_options": Page("", lambda its: {}),
    "passkeys.new": Page("PasskeyForm", lambda its: {"name": "A phone", "credential": "{}"}),
    "passkeys.new_options": Page("", lambda its: {}),
    "passkeys.remove": Page("", lambda its: {}),
    "passkeys.sign_in": Page("CredentialForm", lambda its: {"credential": "{}", "next": "/account"}),
    "passkeys.sign_in_options": Page("", lambda its: {}),
    "production.cancel": _reason("CancelForm"),
    "production.extras": _EXTRA,
    "production.fail": _reason("ReasonForm"),
    "production.finish": _FINISH,
    "production.plan": Page("PlanForm", lambda its: {"recipe": its.one("recipe"), "scale": "1"}),
    "production.preview_extras": _EXTRA,
    "production.preview_finish": _FINISH,
    "production.reverse": _reason("ReasonForm"),
    "production.start": Page("StartForm", lambda its: {"skip": its.one("item")}),
    "billing.cancel": Page("CancelForm", lambda its: {"then": "read"}),
    "billing.portal": Page("PageForm", lambda its: {}),
    "billing.resume": Page("PageForm", lambda its: {}),
    "billing.take": Page("ChoiceForm", lambda its: {"tier": "team", "period": "monthly"}),
    "subscriptions.keep": Page("KeepForm", lambda its: {"keep": its.one("item"), "period": "monthly"}),
    "recipes.new": _RECIPE,
    "recipes.new_version": _RECIPE,
    "recipes.preview": _RECIPE,
    "reset.ask": Page("AskResetForm", lambda its: {"email": "ines@example.com"}),
    "reset.set_password": Page("ResetForm", lambda its: {"password": "lavender-and-oat"}),
    "second_step.ask": Page("SecondStepForm", lambda its: {"code": "123456"}),
    "second_step.passkey": Page("CredentialForm", lambda its: {"credential": "{}"}),
    "second_step.passkey_options": Page("", lambda its: {}),
    "security.authenticator": Page("AppCodeForm", lambda its: {"code": "123456"}),
    "security.begin_authenticator": Page("", lambda its: {}),
    "security.renew_codes": Page("", lambda its: {}),
    "security.turn_off_authenticator": Page("", lambda its: {}),
    "sign_up.ask": _SIGN_UP,
    "sign_up.open_workshop": Page("", lambda its: {}),
    "webhooks.stripe": Page("", lambda its: {}),
}
"""Of every page that takes a form."""

QUERIES: Mapping[str, tuple[str, ...]] = {
    "audit.log": ("person",),
    "inventory.count": ("lot",),
    "inventory.log": ("item",),
    "inventory.use": ("lot",),
    "production.plan": ("recipe",),
}
"""References that a page takes from its address."""


def slots(door: Door, its: Belongings) -> Iterator[Slot]:
    """Every reference that can be typed into this page or its address."""
    if door.method == "GET":
        yield from (Slot(door, "query", name, REFERENCES[name]) for name in QUERIES.get(door.endpoint, ()))
    elif door.endpoint in FORMS:
        typed = FORMS[door.endpoint].typed(its)
        yield from (Slot(door, "form", name, REFERENCES[name], typed) for name in typed if name in REFERENCES)

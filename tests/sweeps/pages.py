"""Sound forms of the pages, by endpoint: what somebody types, and the form that reads it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.sweeps.belongings import Belongings
from tests.sweeps.doors import Door
from tests.sweeps.slots import REFERENCES, Slot, field_of

Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """What one page is sent. `form` is the name of the class that reads it, `line` of the one that reads its lines."""

    form: str
    typed: Callable[[Belongings], Typed]
    line: str = ""


def _reason(form: str) -> Page:
    return Page(form, lambda its: {"reason": "a look"})


_USE = Page("UseForm", lambda its: {"quantity": "1 g", "kind": "use", "lot": its.one("lot")})
_COUNT = Page("CountForm", lambda its: {"counted": "7 g", "reason": "counted", "lot": its.one("lot")})
_RECEIVE = Page(
    "ReceiveForm",
    lambda its: {
        "item": its.one("item"),
        "quantity": "1 g",
        "cost": "2",
        "cost_basis": "total",
        "kind": "receipt",
        "note": "x",
    },
    line="ReceiveLine",
)
_STOCKTAKE = Page(
    "StocktakeForm", lambda its: {"item": its.one("item"), "counted": "7 g", "expected": "", "reason": "counted"}
)
_EXTRA = Page("ExtraForm", lambda its: {"item": its.one("item"), "amount": "1 g", "reason": "spilled"})
_WEIGH = Page("WeighForm", lambda its: {"amount": "11 g", "reason": "spilled"})
_FINISH = Page(
    "FinishForm",
    lambda its: {"made": "3", "loss": "1", "loss_category": "spill", "loss_note": "x", "variance_reason": "x"},
)
_DENSITY = Page("DensityForm", lambda its: {"density": "0.9", "need": "2 ml"})
_UNIT = Page("UnitForm", lambda its: {"name": "scoop", "quantity": "2", "unit": "g", "need": "3 scoop"})
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
    "account.choose_language": Page("LanguageForm", lambda its: {"locale": "de_DE"}),
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
    "inventory.density": _DENSITY,
    "inventory.edit_item": _ITEM,
    "inventory.hold": _reason("ReasonForm"),
    "inventory.hold_all": _reason("ReasonForm"),
    "inventory.new_item": _ITEM,
    "inventory.pick_count": _STOCKTAKE,
    "inventory.pick_receive": _RECEIVE,
    "inventory.preview_count": _COUNT,
    "inventory.preview_density": _DENSITY,
    "inventory.preview_receive": _RECEIVE,
    "inventory.preview_units": _UNIT,
    "inventory.preview_stocktake": _STOCKTAKE,
    "inventory.preview_use": _USE,
    "inventory.receive": _RECEIVE,
    "inventory.release": _reason("ReasonForm"),
    "inventory.release_all": Page("PageForm", lambda its: {}),
    "inventory.relabel": Page("RelabelForm", lambda its: {"reason": "a look", "supplier_lot": "S-2"}),
    "inventory.remove_unit": Page("PageForm", lambda its: {"name": "nothing"}),
    "inventory.reverse": _reason("ReverseForm"),
    "inventory.reverse_together": _reason("ReverseForm"),
    "inventory.quick_item": Page("QuickItemForm", lambda its: {"name": "Kaolin", "type": "ingredient", "unit": "g"}),
    "inventory.shortages": Page(
        "ShortageForm",
        lambda its: {"rows-0-item": its.one("item"), "rows-0-quantity": "1 g", "rows-0-cost": "2"},
        line="ShortRow",
    ),
    "inventory.units": _UNIT,
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
    "scan.attach": Page("AttachForm", lambda its: {"item": its.one("item"), "barcode": "4006381333931"}),
    "scan.put_back": Page("PageForm", lambda its: {}),
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
    "production.note": Page("NoteForm", lambda its: {"note": "a look"}),
    "production.plan": Page(
        "PlanForm", lambda its: {"recipe": its.one("recipe"), "scale": "1", "skip": its.one("item"), "then": "start"}
    ),
    "production.preview_extras": _EXTRA,
    "production.preview_finish": _FINISH,
    "production.preview_weigh": _WEIGH,
    "production.put_back": Page("PageForm", lambda its: {}),
    "production.reverse": _reason("ReasonForm"),
    "production.scan_lot": Page("LotForm", lambda its: {"lot": its.one("lot")}),
    "production.step_back": Page("PageForm", lambda its: {}),
    "production.stop_timer": Page("PageForm", lambda its: {}),
    "production.tick": Page("TickForm", lambda its: {"lot": its.one("lot")}),
    "production.timer": Page("TimerForm", lambda its: {"name": "Cooling", "minutes": "20", "length": "20"}),
    "production.untick": Page("PageForm", lambda its: {}),
    "production.weigh": _WEIGH,
    "production.start": Page("StartForm", lambda its: {"skip": its.one("item")}),
    "begin.aside": Page("PageForm", lambda its: {}),
    "begin.craft": Page("CraftForm", lambda its: {"craft": "soap"}),
    "begin.starters": Page("StartersForm", lambda its: {"starters": "olive-oil"}),
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
    "sample.make": Page("PageForm", lambda its: {}),
    "sample.wipe": Page("PageForm", lambda its: {}),
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

QUERIES: Mapping[str, Mapping[str, str]] = {
    "audit.log": {"person": "person"},
    "insights.palette": {"q": "recipe or name"},
    "inventory.count": {"lot": "lot"},
    "inventory.log": {"item": "item"},
    "inventory.pick_receive": {"item": "item"},
    "inventory.shortages": {"need": "need"},
    "inventory.stock": {"q": "item"},
    "inventory.traces": {"q": "lot"},
    "inventory.use": {"lot": "lot"},
    "production.index": {"recipe": "recipe or name"},
    "production.labels_pdf": {"batch": "batch", "lot": "lot"},
    "production.plan": {"recipe": "recipe or name", "skip": "item"},
    "production.print_labels": {"batch": "batch", "lot": "lot", "q": "batch"},
    "production.scan_lot": {"lot": "lot"},
    "recipes.find": {"q": "recipe or name"},
    "scan.show": {"code": "lot"},
}
"""References that a page takes from its address, and what they name."""


def slots(door: Door, its: Belongings) -> Iterator[Slot]:
    """Every reference that can be typed into this page or its address."""
    if door.method == "GET":
        yield from (Slot(door, "query", name, kind) for name, kind in QUERIES.get(door.endpoint, {}).items())
    elif door.endpoint in FORMS:
        typed = FORMS[door.endpoint].typed(its)
        for name in typed:
            if field_of(name) in REFERENCES:
                yield Slot(door, "form", name, REFERENCES[field_of(name)], typed)

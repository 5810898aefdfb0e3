"""/design: every part of the look on one page, with invented data. Served in development and tests alone."""

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, abort, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField

from app.platform.web import public

bp = Blueprint("design", __name__)

_COLOURS = (
    *("bench", "sheet", "well", "lift", "ink", "ink-2", "ink-3", "accent", "accent-tint", "kraft", "good-fill"),
    *("warn-fill", "bad-fill"),
)
_MARK = 4
_LONG, _MIDDLE, _SHORT = 12, 8, 5


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One of each field."""

    quantity = StringField("Quantity", default="2 lb 3 oz")
    unit = SelectField("Unit", choices=["lb oz", "g"])  # type: ignore[list-item]
    use_by = StringField("Use by", default="+18m")
    supplier = SelectField("Supplier", choices=["Northfield Oils"])  # type: ignore[list-item]
    cost = StringField("Cost per kg", default="7,85,0")
    password = PasswordField("Password")
    note = TextAreaField("Note")
    organic = BooleanField("Organic")
    paper = RadioField("Paper", choices=["A4", "Letter"], default="A4")  # type: ignore[list-item]


def register(app: Flask) -> None:
    """Add the page to `app`; it answers only where DESIGN_PAGE is on."""
    app.register_blueprint(bp)


@bp.get("/design")
@public("design.show")
def show() -> ResponseReturnValue:
    """Every part, in one place."""
    if not current_app.config["DESIGN_PAGE"]:
        abort(404)
    form = SampleForm(formdata=None, meta={"csrf": False})
    form.cost.errors = ["Two commas: 7,850 or 7.85?"]
    return render_template("platform/design.html", form=form, colours=_COLOURS, ruler=_ruler())


def _ruler() -> Any:
    parts = [(2, 166, 340_000_000, True), (168, 230, 810_000_000, True)]
    marks = [(2 + _MARK * n, _SHORT if n % 5 else _MIDDLE if n % 10 else _LONG) for n in range(100)]
    names = ("x", "width", "until", "label")
    return SimpleNamespace(
        parts=[SimpleNamespace(**dict(zip(names, part, strict=True))) for part in parts], marks=marks
    )

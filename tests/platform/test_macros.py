"""Parts of pages: what they say to everybody, and that what people typed stays text."""

import re

import pytest
from flask import Flask, render_template_string
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired

from app.kernel.errors import Conflict
from app.platform import filters, shell, words

MARKUP = "<script>alert(1)</script>"


class ReceiveForm(FlaskForm):  # type: ignore[misc]
    """One of each."""

    command_key = HiddenField()
    quantity = StringField("Quantity", [DataRequired("How much?")])
    unit = SelectField("Unit", choices=["kg", "g"])  # type: ignore[list-item]
    organic = BooleanField("Organic")
    password = PasswordField("Password")


@pytest.fixture
def pages() -> Flask:
    """An application that draws templates, whatever was built."""
    app = Flask("app", template_folder="platform/templates")
    app.secret_key = "test"
    CSRFProtect(app)
    app.add_template_global(lambda name: f"/static/dist/{name}", "asset_url")
    words.init_app(app)
    shell.init_app(app)
    filters.register(app)
    return app


def draw(pages: Flask, call: str, **context: object) -> str:
    """The macro's HTML, its runs of white space made one."""
    with pages.test_request_context():
        source = '{% import "platform/ui.html" as ui %}' + call
        return re.sub(r"\s+", " ", render_template_string(source, **context)).strip()


def draw_form(pages: Flask, call: str, **typed: str) -> str:
    """`call` with `form`, sent with `typed` and checked."""
    with pages.test_request_context(method="POST", data=typed):
        form = ReceiveForm(meta={"csrf": False})
        form.validate()
        return draw(pages, call, form=form)


class TestField:
    def test_a_wrong_field_says_so_beside_it_and_to_screen_readers(self, pages: Flask) -> None:
        html = draw_form(pages, '{{ ui.field(form.quantity, hint="2 lb 3 oz") }}', quantity="")
        assert 'aria-invalid="true"' in html
        assert 'aria-describedby="quantity-say quantity-hint"' in html
        assert re.search(r'id="quantity-say".*How much\?', html)

    def test_what_was_typed_is_still_there_and_is_only_text(self, pages: Flask) -> None:
        html = draw_form(pages, "{{ ui.field(form.quantity) }}", quantity='1.6"><b>')
        assert 'value="1.6&#34;&gt;&lt;b&gt;"' in html

    def test_a_right_field_makes_no_noise(self, pages: Flask) -> None:
        html = draw_form(pages, "{{ ui.field(form.quantity) }}", quantity="1.6")
        assert "aria-invalid" not in html
        assert "say" not in html

    def test_the_unit_stands_inside_the_border_with_a_name_of_its_own(self, pages: Flask) -> None:
        html = draw_form(pages, "{{ ui.field(form.quantity, unit=form.unit) }}", quantity="1", unit="kg")
        assert '<select aria-label="Unit"' in html

    def test_a_wrong_unit_is_said_at_the_amount(self, pages: Flask) -> None:
        html = draw_form(pages, "{{ ui.field(form.quantity, unit=form.unit) }}", quantity="1", unit="furlong")
        assert "Not a valid choice" in html

    def test_a_password_can_be_shown(self, pages: Flask) -> None:
        assert "reveal#toggle" in draw_form(pages, "{{ ui.field(form.password) }}")

    def test_a_box_to_tick_is_named_by_the_words_beside_it(self, pages: Flask) -> None:
        assert '<label class="check" for="organic">' in draw_form(pages, "{{ ui.field(form.organic) }}")

    def test_the_key_travels_unseen(self, pages: Flask) -> None:
        html = draw_form(pages, "{{ ui.hidden(form) }}", command_key="k1")
        assert 'name="command_key" type="hidden" value="k1"' in html


class TestText:
    @pytest.mark.parametrize(
        "call",
        [
            "{{ ui.tag(text, text) }}",
            "{{ ui.st('warn', text) }}",
            "{{ ui.button(text, title=text) }}",
            "{{ ui.icon_button(text, 'x') }}",
            "{{ ui.toast(text, text) }}",
            "{{ ui.lifeline(text, 5) }}",
            "{{ ui.stat(text, text, note=text) }}",
            "{{ ui.section_head(text, note=text, link=text) }}",
            "{{ ui.post(text, text, fields={text: text}) }}",
            "{{ ui.sums([(text, text)], total=(text, text)) }}",
            "{{ ui.crumb(text, text) }}{{ ui.chip(text, text) }}",
            "{{ ui.keys(text) }}{{ ui.progress(text, 5) }}",
            "{{ ui.cell(text, label=text) }}",
            "{% call ui.table([(text, '')], text) %}{% endcall %}",
            "{% call ui.group(text) %}{{ text }}{% endcall %}",
            "{% call ui.well() %}{{ text }}{% endcall %}",
            "{% call ui.chart(text, text, big=text, keys=[(1, text)], table=([text], [[text]])) %}{% endcall %}",
            "{% call ui.dialog('d', text) %}{{ text }}{% endcall %}",
            "{% call ui.drawer(text, text, text) %}{{ text }}{% endcall %}",
            "{% call ui.empty(text, text) %}{{ text }}{% endcall %}",
        ],
    )
    def test_a_name_with_markup_stays_a_name(self, pages: Flask, call: str) -> None:
        html = draw(pages, call, text=MARKUP)
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


class TestUndo:
    def test_undo_is_a_form_with_a_token_and_a_key_of_its_own(self, pages: Flask) -> None:
        html = draw(pages, "{{ ui.toast('Used 1.6 kg', '/undo') }}")
        assert re.search(
            r'method="post" action="/undo".*name="csrf_token".*name="command_key" value="[0-9a-f-]{36}"', html
        )

    def test_a_fact_that_cannot_be_undone_offers_nothing(self, pages: Flask) -> None:
        assert "Undo" not in draw(pages, "{{ ui.toast('Signed in') }}")


class TestJug:
    @pytest.mark.parametrize("fill", ["-5", "0"])
    def test_an_empty_jug_holds_nothing(self, pages: Flask, fill: str) -> None:
        assert 'class="fill"' not in draw(pages, "{{ ui.jug(fill, state='out') }}", fill=fill)

    def test_more_than_full_is_full(self, pages: Flask) -> None:
        assert draw(pages, "{{ ui.jug(300, held=50) }}") == draw(pages, "{{ ui.jug(100) }}")

    def test_what_is_promised_stands_above_what_is_free(self, pages: Flask) -> None:
        html = draw(pages, "{{ ui.jug(60, held=18) }}")
        assert html.index('class="fill"') < html.index('class="held"')


class TestChart:
    def test_the_picture_stands_under_its_answer_and_over_its_table(self, pages: Flask) -> None:
        html = draw(
            pages,
            "{% call ui.chart('Is my shelf growing?', 'a little', table=(('Month', 'Worth'), (('May', 5),))) %}<svg/>"
            "{% endcall %}",
        )
        assert html.index("Is my shelf growing?") < html.index("a little") < html.index("<svg/>") < html.index("<table")
        assert '<th scope="row">May</th><td class="r">5</td>' in html

    def test_without_figures_there_is_no_table(self, pages: Flask) -> None:
        assert "<table" not in draw(pages, "{% call ui.chart('Why?') %}<svg/>{% endcall %}")


class TestTable:
    def test_it_stays_a_table_when_it_is_drawn_as_cards(self, pages: Flask) -> None:
        call = (
            "{% call ui.table([('Material', '', 'ascending'), ('On hand', 'r', none), ('', '', none)], 'Shelf') %}"
            "<tr role='row'>{{ ui.cell('Oil') }}{{ ui.cell('5 g', 'r', label='On hand') }}</tr>{% endcall %}"
        )
        html = draw(pages, call)
        for role in ("table", "rowgroup", "row", "columnheader", "cell"):
            assert re.search(f"role=[\"']{role}[\"']", html)
        assert 'aria-sort="ascending"' in html
        assert '<td role="cell" class="r" data-label="On hand">5 g</td>' in html
        assert "<th" not in html.split("On hand</th>")[1].split("</thead>")[0]  # no head without a name


class TestRuler:
    def test_it_says_where_a_lot_ends_in_words_too(self, pages: Flask) -> None:
        drawn = {"parts": [{"x": 2, "width": 100, "until": 340_000_000, "label": True}], "marks": [(2, 12)]}
        html = draw(pages, "{{ ui.ruler(drawn, 'to 340 grams') }}", drawn=drawn)
        assert 'role="img" aria-label="to 340 grams"' in html
        assert ">340</text>" in html


class TestProblem:
    def test_a_refusal_that_can_be_cured_offers_the_cure(self, pages: Flask) -> None:
        error = Conflict("170 g short.", code="insufficient_stock", drawer={"modal_url": "/r", "success_event": "got"})
        html = draw(pages, '{% include "platform/_problem.html" %}', error=error)
        assert 'hx-get="/r"' in html
        assert 'data-success-event="got"' in html

    def test_a_refusal_says_which_field(self, pages: Flask) -> None:
        error = Conflict("No.", code="taken", errors={"lot_code": ["It is taken."]})
        html = draw(pages, '{% include "platform/error.html" %}', error=error)
        assert re.search(r"Lot code.*It is taken\.", html)


class TestHouse:
    def test_a_page_stands_without_any_context(self, pages: Flask) -> None:
        html = draw(
            pages, '{% extends "platform/base.html" %}{% block title %}T{% endblock %}{% block body %}B{% endblock %}'
        )
        assert "<title>T · BatchTrack</title>" in html
        assert "<h1>T</h1>" in html

    def test_what_explains_stands_aside(self, pages: Flask) -> None:
        page = '{% extends "platform/base.html" %}{% block body %}B{% endblock %}{% block aside %}A{% endblock %}'
        assert re.search(r'<div class="mainc">B</div><aside .*>A</aside>', draw(pages, page))

    def test_the_place_where_one_is_is_said(self, pages: Flask) -> None:
        entry = {"label": "Stock", "icon": "packages", "url": "/s", "current": True, "place": "side"}
        page = '{% extends "platform/base.html" %}{% block body %}B{% endblock %}'
        assert 'href="/s" aria-current="page"' in draw(pages, page, navigation=[entry])

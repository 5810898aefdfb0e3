"""Printing labels: each paper holds its labels, each label holds its words, each code can be read back."""

import io
import re
from collections.abc import Iterator
from itertools import combinations
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.platform import codes
from app.production.services import label_layout, label_sheet
from app.production.services.label_layout import Code, Font, LabelText, Words
from app.production.services.label_papers import PAPERS, Paper
from app.production.services.label_sheet import Print
from tests import cast
from tests.inventory.storeroom import Body
from tests.production.test_docs import LABELS, table
from tests.recipes.workshop import Workshop, of

_DOTS_PER_POINT = 4
_ADDRESS = "https://batchtrack.example/q/" + "A" * 43
papers = pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS.keys())


@pytest.fixture
def batch(shop: Workshop) -> Body:
    oats = shop.item("Oats", "g")
    shop.receive(oats, "100")
    bar = shop.product("Crème bar", perishable=True, shelf_life_days=30)
    return shop.make(shop.recipe("Bar", (bar, "12", "each"), of(oats, "10")))


@pytest.fixture
def home(organization: OrganizationFacts) -> str:
    return f"/o/{organization.slug}"


def look(actor: Actor, path: str) -> str:
    answer = cast.signed_in(actor).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def take(actor: Actor, path: str) -> PdfReader:
    answer = cast.signed_in(actor).get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    return PdfReader(io.BytesIO(answer.data))


class TestPaper:
    @papers
    def test_every_label_lies_on_the_page_and_beside_the_others(self, paper: Paper) -> None:
        boxes = [(*paper.corner(place), *paper.label) for place in range(paper.places)]
        for left, top, width, height in boxes:
            assert left >= 0
            assert top >= 0
            assert left + width <= paper.page[0] + 0.1
            assert top + height <= paper.page[1] + 0.1
        assert not any(_overlap(one, other) for one, other in combinations(boxes, 2))

    def test_a_sheet_that_is_used_in_part_starts_where_it_is_told(self) -> None:
        paper = PAPERS["letter-10"]
        assert list(label_sheet.pages(Print(paper, 9, start=4))) == [[3, 4, 5, 6, 7, 8, 9], [0, 1]]

    def test_a_roll_has_a_page_for_each(self) -> None:
        assert list(label_sheet.pages(Print(PAPERS["roll-62"], 3))) == [[0], [0], [0]]


def plain_width(words: str, font: Font, size: float) -> float:
    return len(words) * size * (0.6 if font == "code" else 0.55)


class TestLayout:
    @papers
    @given(
        name=st.text(st.characters(categories=["L", "Zs"]), min_size=1, max_size=200),
        facts=st.lists(st.text("Made on 2026", min_size=1, max_size=40), max_size=3),
        code=st.from_regex(r"[A-Z0-9-]{1,64}", fullmatch=True),
    )
    def test_nothing_overlaps_and_nothing_leaves_the_label(
        self, paper: Paper, name: str, facts: list[str], code: str
    ) -> None:
        text = LabelText(name, code, _ADDRESS, "Fern & Tallow", tuple(facts))
        boxes = list(_boxes(label_layout.lay_out(text, paper.label, plain_width)))
        for left, top, right, bottom in boxes:
            assert left >= 0
            assert top >= 0
            assert right <= paper.label[0] + 0.01
            assert bottom <= paper.label[1] + 0.01
        assert not any(
            one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
            for one, other in combinations(boxes, 2)
        )

    def test_a_name_that_fits_is_not_cut_off(self) -> None:
        text = LabelText("Lavender and oat soap", "LAV-2026-013", _ADDRESS)
        marks = label_layout.lay_out(text, PAPERS["a4-21"].label, plain_width)
        assert " ".join(mark.text for mark in marks if isinstance(mark, Words) and mark.font == "bold") == text.name

    def test_a_name_that_can_never_fit_ends_in_an_ellipsis(self) -> None:
        marks = label_layout.lay_out(LabelText("x" * 300, "A", _ADDRESS), PAPERS["a4-65"].label, plain_width)
        assert any(isinstance(mark, Words) and mark.text.endswith("…") for mark in marks)


class TestPrint:
    @papers
    def test_every_code_on_every_paper_reads_back(self, app: Flask, paper: Paper) -> None:
        text = LabelText(
            "Lavender & oat soap", "LAV-2026-013", _ADDRESS, "Fern & Tallow", ("113 g", "Use by 2028-11-21")
        )
        with app.app_context():
            sheet = pypdfium2.PdfDocument(label_sheet.pdf(text, Print(paper, paper.places)))
        found = zxingcpp.read_barcodes(sheet[0].render(scale=_DOTS_PER_POINT).to_pil())
        assert [code.text for code in found] == [_ADDRESS] * paper.places

    def test_letters_of_other_scripts_stand_on_the_label(self, app: Flask) -> None:
        text = LabelText("Žluťoučký kůň · Мыло · Σαπούνι", "A-1", _ADDRESS)
        with app.app_context():
            (page,) = PdfReader(io.BytesIO(label_sheet.pdf(text, Print(PAPERS["roll-4x6"], 1)))).pages
        said = re.sub(r"\s+", " ", page.extract_text())
        assert all(word in said for word in ("Žluťoučký", "Мыло", "Σαπούνι"))


class TestPage:
    def test_a_batch_has_as_many_labels_as_pieces(self, shop: Workshop, owner: Actor, home: str, batch: Body) -> None:
        page = look(owner, f"{home}/labels?batch={batch['label']}")
        assert "Print 12" in page
        (sheet,) = take(owner, f"{home}/labels.pdf?batch={batch['label']}&paper=letter-30&start=2&weight=113+g").pages
        assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (612, 792)
        said = sheet.extract_text()
        assert said.count(batch["label"]) == 12
        assert said.count("113 g") == 12

    def test_a_lot_has_a_label_of_its_own(self, shop: Workshop, owner: Actor, home: str) -> None:
        oats = shop.item("Oats", "g")
        shop.receive(oats, "1250", expires_on="2031-03-09")
        (lot,) = shop.lots(oats)
        (page,) = take(owner, f"{home}/labels.pdf?lot={lot['fifo_code']}&paper=roll-62").pages
        said = page.extract_text()
        assert all(word in said for word in (lot["fifo_code"], "Oats", "1,250 g", "Use by Mar 9, 2031"))
        picture = pypdfium2.PdfDocument(
            cast.signed_in(owner).get(f"{home}/labels.pdf?lot={lot['id']}&paper=roll-62").data
        )
        (code,) = zxingcpp.read_barcodes(picture[0].render(scale=_DOTS_PER_POINT).to_pil())
        assert code.text.rpartition("/q/")[2] == codes.token(owner.organization_id, _id(lot))

    def test_what_makes_no_sense_is_said_at_its_field(
        self, shop: Workshop, owner: Actor, home: str, batch: Body
    ) -> None:
        path = f"batch={batch['label']}&count=1000000&start=none"
        page = look(owner, f"{home}/labels?{path}")
        assert "A whole number from 1 to 1000" in page.replace(",", "")
        answer = cast.signed_in(owner).get(f"{home}/labels.pdf?{path}")
        assert answer.mimetype == "text/html"  # not a heap of paper

    def test_without_a_thing_they_can_be_searched_for(
        self, shop: Workshop, owner: Actor, home: str, batch: Body
    ) -> None:
        assert batch["label"] in look(owner, f"{home}/labels")
        assert batch["label"] in look(owner, f"{home}/labels?q=CREME")
        assert batch["label"] not in look(owner, f"{home}/labels?q=candle")

    def test_somebody_else_s_things_do_not_exist(self, app: Flask, batch: Body) -> None:
        house = cast.make_organization("Another house")
        browser = cast.signed_in(cast.owner_of(house))
        for path in (f"/labels?batch={batch['id']}", f"/labels.pdf?batch={batch['id']}"):
            assert browser.get(f"/o/{house.slug}{path}").status_code == 404


def _id(thing: Body) -> UUID:

    return UUID(thing["id"])


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    slack = 0.1
    return (
        one[0] + one[2] > other[0] + slack
        and other[0] + other[2] > one[0] + slack
        and one[1] + one[3] > other[1] + slack
        and other[1] + other[3] > one[1] + slack
    )


def _boxes(marks: tuple[Words | Code, ...]) -> Iterator[tuple[float, float, float, float]]:
    for mark in marks:
        if isinstance(mark, Code):
            yield mark.x, mark.y, mark.x + mark.side, mark.y + mark.side
        elif mark.text:
            yield mark.x, mark.y - 0.9 * mark.size, mark.x + mark.width, mark.y + 0.2 * mark.size


class TestWhatThePageSays:
    @pytest.mark.parametrize("row", table("| Paper | Labels on a page | One label, mm | Page, mm |", LABELS))
    def test_a_paper_is_as_large_as_it_says(self, row: list[str]) -> None:
        name, places, label, page = row
        paper = PAPERS[name]
        assert paper.places == int(places)
        assert [_millimetres(paper.label), _millimetres(paper.page)] == [label, page]

    @pytest.mark.parametrize("row", table("| Paper | How many | Start at | Places on each page |", LABELS))
    def test_labels_lie_where_it_says(self, row: list[str]) -> None:
        name, count, start, said = row
        pages = label_sheet.pages(Print(PAPERS[name], int(count), int(start)))
        assert ", ".join(f"{page[0] + 1} to {page[-1] + 1}" for page in pages) == said

    def test_it_names_every_paper(self) -> None:
        assert {row[0] for row in table("| Paper | Labels on a page | One label, mm | Page, mm |", LABELS)} == set(
            PAPERS
        )


def _millimetres(size: tuple[float, float]) -> str:
    return " × ".join(f"{round(length * 25.4 / 72, 1):g}" for length in size)

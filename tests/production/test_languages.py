"""The main job in other languages: every page of it opens, says what language it is in, and has no English left."""

import html
import re
from html.parser import HTMLParser

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.platform import words_cli
from tests import cast
from tests.inventory.desk import Desk, at_desk
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop

LOCALES = {"de": "de_DE", "es": "es_ES"}
_ALIKE = {"Enter", "Name", "Status", "Code", "Barcode", "Version", "Material", "Export", "Label", "Log", "Test"}


class _Texts(HTMLParser):
    """Each text on a page, and what is read out."""

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """What its attributes say."""
        spoken = {"aria-label", "title", "placeholder", "data-label"}
        self.said |= {value for name, value in attrs if name in spoken and value}

    def handle_data(self, data: str) -> None:
        """What it says."""
        self.said.add(" ".join(data.split()))


def english(language: str) -> set[str]:
    """Texts that a page in this language must not have: those that are another there."""
    return {
        html.unescape(message.id)
        for message in words_cli.read(language)
        if isinstance(message.id, str) and message.id and message.string and message.string != message.id
    } - _ALIKE


def left(page: str, language: str) -> set[str]:
    """What is still English on a page."""
    reader = _Texts()
    reader.feed(page)
    return reader.said & english(language)


@pytest.fixture(params=list(LOCALES))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(owner: Actor, organization: OrganizationFacts, language: str) -> Desk:
    """The owner's browser, in the language that the owner chose."""
    browser = cast.signed_in(owner)
    answer = browser.post("/account/language", data={"locale": LOCALES[language]})
    assert answer.status_code == 303, answer.text
    return at_desk(owner, organization.slug)


@pytest.mark.usefixtures("stocked")
class TestTheMainJob:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/stock",
            "/items/new",
            "/items/oats",
            "/items/oats/receive",
            "/items/oats/use",
            "/items/oats/count",
            "/recipes",
            "/recipes/new",
            "/batches",
            "/batches/plan",
            "/scan",
            "/trace",
            "/labels",
            "/log",
            "/settings/people",
            "/plans",
        ],
    )
    def test_a_page_speaks_the_language_throughout(self, desk: Desk, language: str, path: str) -> None:
        page = desk.see(path)
        assert f'<html lang="{LOCALES[language].replace("_", "-")}"' in page
        assert left(page, language) == set()

    def test_so_do_the_pages_of_a_batch(self, shop: Workshop, granola: Body, desk: Desk, language: str) -> None:
        batch = shop.plan(granola)
        for path in ("", "/start", "/bench", "/finish", "/labels"):
            if path == "/bench":
                shop.do(batch, "start")
            answer = desk.get(f"/batches/{batch['label']}{path}")
            if answer.status_code == 200:
                assert left(answer.text, language) == set(), path
            else:
                assert answer.status_code in {303, 404, 405}, path

    def test_numbers_are_read_as_the_language_writes_them(self, shop: Workshop, oats: Body, desk: Desk) -> None:
        desk.done("/items/oats/receive", quantity="1.234,5 g", cost="1,50")
        assert shop.see(oats)["on_hand"] == "2234.5"

    def test_what_can_mean_two_things_is_asked_back(self, desk: Desk, language: str) -> None:
        answer = desk.send("/items/oats/receive", quantity="1.234 g", cost="1")
        assert answer.status_code == 422
        said = {"de": "1.234 kann zweierlei heißen", "es": "1.234 puede significar dos cosas"}
        assert said[language] in answer.text

    def test_a_number_stands_in_a_field_as_the_language_writes_it(self, shop: Workshop, desk: Desk) -> None:
        shop.item("Sugar", "g", low_stock_level="1.5")
        assert desk.drawn("/items/sugar/edit")["low_stock_level"] == "1,5"

    def test_a_refusal_is_in_the_language(self, desk: Desk, language: str) -> None:
        answer = desk.get("/items/nothing")
        assert answer.status_code == 404
        assert {"de": "Diesen Artikel gibt es nicht.", "es": "Ese artículo no existe."}[language] in answer.text


class TestAtTheDoor:
    @pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/reset"])
    def test_the_browser_says_which_language(self, app: Flask, language: str, path: str) -> None:
        answer = cast.anonymous().get(path, headers={"Accept-Language": f"{language};q=0.9, en;q=0.5"})
        assert re.search(rf'<html lang="{language}-', answer.text)
        assert left(answer.text, language) == set()

    def test_english_is_what_there_is_for_others(self, app: Flask) -> None:
        answer = cast.anonymous().get("/sign-in", headers={"Accept-Language": "fr"})
        assert '<html lang="en-US"' in answer.text


class TestTheChoice:
    def test_what_is_not_offered_is_refused(self, owner: Actor) -> None:
        answer = cast.signed_in(owner).post("/account/language", data={"locale": "fr_FR"})
        assert answer.status_code == 422

    def test_left_alone_it_follows_the_workshop(self, owner: Actor, organization: OrganizationFacts) -> None:
        browser = cast.signed_in(owner)
        browser.post("/account/language", data={"locale": "de_DE"})
        browser.post("/account/language", data={"locale": ""})
        assert '<html lang="en' in browser.get(f"/o/{organization.slug}/stock").text

    def test_the_api_speaks_english_and_reads_plain_decimals_only(self, desk: Desk, shop: Workshop, oats: Body) -> None:
        said = {"quantity": {"amount": "1,5", "unit": "g"}, "reason": "test"}
        answer = shop.api.post(f"/items/{oats['id']}/issues", json=said)
        assert answer.status_code == 422
        assert "Must be a decimal number" in answer.text

"""Scanning: what a code opens, what is said of one that nothing carries, and whose a barcode is."""

import html
import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from app.identity.services.organizations import OrganizationFacts
from app.kernel import barcodes, ids
from app.kernel.actor import Actor
from app.kernel.barcodes import Goods
from app.platform import codes
from tests import cast
from tests.inventory.desk import Desk, at_desk, words
from tests.inventory.storeroom import Body
from tests.inventory.test_pages_moves import NONSENSE
from tests.production.test_statements import counted
from tests.recipes.workshop import Workshop, of

KAOLIN = "4006381333931"


@pytest.fixture
def desk(maker: Actor, organization: OrganizationFacts) -> Desk:
    """The maker's browser."""
    return at_desk(maker, organization.slug)


@pytest.fixture
def oil(shop: Workshop) -> Body:
    """1,000 g of olive oil in one lot."""
    item = shop.item("Olive oil", "g")
    shop.receive(item, "1000", None, total_cost="5", fifo_code="OIL-1", supplier_lot="NF-117")
    return item


@pytest.fixture
def label(shop: Workshop, oil: Body) -> str:
    """The label of a planned batch."""
    return str(shop.plan(shop.recipe("Soap", ("Soap bar", "4", "each"), of(oil, "400"), prefix="SOAP"))["label"])


def scanned(desk: Desk, said: str) -> tuple[int, str]:
    """Status and place of what a code opens; the words of the page that it stays on."""
    answer = desk.browser.get(desk.url("/scan"), query_string={"code": said})
    return answer.status_code, answer.location or words(answer.text)


class TestScan:
    def test_a_code_opens_what_it_stands_for(self, desk: Desk, shop: Workshop, label: str) -> None:
        shop.item("Kaolin", "g", barcode=KAOLIN)
        for said, place in (
            (label.lower(), f"/batches/{label}"),
            (" oil-1 ", "/lots/OIL-1"),
            ("OLIVE-OIL", "/items/olive-oil"),
            (KAOLIN, "/items/kaolin"),
            ("0" + KAOLIN, "/items/kaolin"),
        ):
            assert scanned(desk, said) == (302, desk.url(place))

    def test_our_own_qr_code_is_followed_whatever_host_it_was_printed_for(self, desk: Desk, maker: Actor) -> None:
        token = codes.token(maker.organization_id, maker.person_id)
        assert scanned(desk, f"https://old.example/q/{token}") == (302, f"/q/{token}")

    @pytest.mark.parametrize(
        "said", ["https://evil.example/q/x", "http://localhost/q/<x>", "WIFI:S:shop;P:secret;;", "otpauth://totp/x"]
    )
    def test_a_code_of_another_site_is_named_and_never_followed(self, desk: Desk, said: str) -> None:
        status, text = scanned(desk, said)
        assert status == 200
        assert "Nothing was opened" in text
        assert "secret" not in text
        assert ("evil.example" in text) == ("evil" in said)
        assert 'href="https://evil' not in desk.browser.get(desk.url("/scan"), query_string={"code": said}).text

    @pytest.mark.parametrize("said", [*NONSENSE, "%", "_", "\x1d10X"])
    def test_what_stands_for_nothing_is_said_and_stays(self, desk: Desk, oil: Body, said: str) -> None:
        status, text = scanned(desk, said)
        assert status == 200
        assert ("Nothing here has this code" in text) == bool(said)

    def test_a_code_of_another_workshop_stands_for_nothing(
        self, app: Flask, stranger: Actor, oil: Body, other_shop: Workshop
    ) -> None:
        theirs = at_desk(stranger, other_shop.api.get("/me").get_json()["organization"]["slug"])
        for said in ("OIL-1", "olive-oil"):
            assert scanned(theirs, said)[0] == 200

    def test_the_address_of_before_leads_here(self, desk: Desk) -> None:
        answer = desk.get("/find?code=OIL-1&slug=other&_external=1")
        assert (answer.status_code, answer.location) == (302, desk.url("/scan?code=OIL-1"))

    def test_this_page_alone_may_compile_wasm_and_carries_the_camera(self, desk: Desk) -> None:
        page = desk.get("/scan")
        assert "script-src 'self' 'wasm-unsafe-eval';" in page.headers["Content-Security-Policy"]
        assert re.search(r'<script src="/static/dist/scan-[^"]+\.js" defer>', page.text)
        assert re.search(r'data-camera-wasm-value="/static/dist/zxing_reader-[^"]+\.wasm"', page.text)
        other = desk.get("/stock")
        assert "wasm" not in other.headers["Content-Security-Policy"]
        assert "/scan-" not in other.text


class TestAttaching:
    def test_an_unknown_barcode_finds_its_item_and_opens_it_from_then_on(self, desk: Desk, oil: Body) -> None:
        assert "No item has this barcode yet" in scanned(desk, KAOLIN)[1]
        offers = desk.see(f"/scan?code={KAOLIN}&q=OLÍVE", htmx=True)
        assert words(offers).startswith("Olive oil no barcode yet")
        page = desk.done("/scan/attach", item="olive-oil", barcode=KAOLIN)
        assert f"Barcode {KAOLIN} now opens Olive oil." in words(page)
        assert scanned(desk, KAOLIN) == (302, desk.url("/items/olive-oil"))

    def test_undo_takes_it_off_again(self, desk: Desk, oil: Body) -> None:
        page = desk.done("/scan/attach", item="olive-oil", barcode=KAOLIN)
        undo(desk, page)
        assert "No item has this barcode yet" in scanned(desk, KAOLIN)[1]

    def test_another_item_s_barcode_is_not_taken_without_saying_so(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        shop.item("Kaolin", "g", barcode=KAOLIN)
        answer = desk.send("/scan/attach", item="olive-oil", barcode="0" + KAOLIN)
        assert answer.status_code == 409
        assert "Kaolin has this barcode. Attach it to Olive oil, and it is taken off Kaolin." in words(answer.text)
        assert scanned(desk, KAOLIN) == (302, desk.url("/items/kaolin"))

        page = desk.done("/scan/attach", item="olive-oil", barcode=KAOLIN, sure="y")
        assert scanned(desk, KAOLIN) == (302, desk.url("/items/olive-oil"))
        undo(desk, page)
        assert scanned(desk, KAOLIN) == (302, desk.url("/items/kaolin"))

    def test_an_item_does_not_lose_its_own_barcode_unsaid(self, desk: Desk, shop: Workshop) -> None:
        shop.item("Kaolin", "g", barcode=KAOLIN)
        answer = desk.send("/scan/attach", item="kaolin", barcode="5901234123457")
        assert answer.status_code == 409
        assert f"Kaolin has the barcode {KAOLIN} already." in words(answer.text)
        undo(desk, desk.done("/scan/attach", item="kaolin", barcode="5901234123457", sure="y"))
        assert scanned(desk, KAOLIN) == (302, desk.url("/items/kaolin"))

    def test_what_changed_since_is_not_undone(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        page = desk.done("/scan/attach", item="olive-oil", barcode=KAOLIN)
        desk.done("/scan/attach", item="olive-oil", barcode="5901234123457", sure="y")
        answer = desk.browser.post(undo_url(page), data={"command_key": "one"})
        assert answer.status_code == 409
        assert scanned(desk, "5901234123457") == (302, desk.url("/items/olive-oil"))

    @pytest.mark.parametrize("said", [{"item": "nothing"}, {"item": ""}, {"barcode": ""}, {"barcode": "x" * 201}])
    def test_nonsense_is_refused_in_words(self, desk: Desk, oil: Body, said: dict[str, str]) -> None:
        answer = desk.send("/scan/attach", {"item": "olive-oil", "barcode": KAOLIN, **said})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text

    def test_who_may_not_change_items_is_told_whom_to_ask(
        self, viewer: Actor, organization: OrganizationFacts, oil: Body
    ) -> None:
        theirs = at_desk(viewer, organization.slug)
        assert "Ask somebody who may change items" in scanned(theirs, KAOLIN)[1]
        assert theirs.send("/scan/attach", item="olive-oil", barcode=KAOLIN).status_code == 403

    def test_a_new_item_keeps_the_barcode(self, desk: Desk) -> None:
        assert f'value="{KAOLIN}"' in desk.see(f"/items/new?barcode={KAOLIN}")


def undo_url(page: str) -> str:
    """Where the toast's Undo goes."""
    found = re.search(r'action="([^"]*/barcode/undo[^"]*)"', page)
    assert found
    return html.unescape(found[1])


def undo(desk: Desk, page: str) -> None:
    answer = desk.browser.post(undo_url(page), data={"command_key": str(ids.uuid7())})
    assert answer.status_code == 303, answer.text


class TestCodes:
    def test_a_lot_s_and_an_item_s_code_open_too(
        self, app: Flask, owner: Actor, shop: Workshop, oil: Body, label: str
    ) -> None:
        (lot,) = shop.lots(oil)
        batch = shop.api.get(f"/batches/{label}").get_json()
        for thing, place in ((lot, "/lots/OIL-1"), (oil, "/items/olive-oil"), (batch, f"/batches/{label}")):
            path = "/q/" + codes.token(owner.organization_id, UUID(thing["id"]))
            answer = cast.signed_in(owner).get(path)
            assert answer.status_code == 302
            assert answer.location.endswith(place)
            assert path.rpartition("/")[2] in cast.anonymous().get(path).location

    def test_a_stranger_s_and_an_invented_code_get_the_same_answer(
        self, app: Flask, owner: Actor, stranger: Actor, oil: Body
    ) -> None:
        theirs = "/q/" + codes.token(owner.organization_id, UUID(oil["id"]))
        never = "/q/" + codes.token(stranger.organization_id, UUID(oil["id"]))
        answers = [cast.signed_in(stranger).get(path) for path in (theirs, never, "/q/nothing")]
        assert [answer.status_code for answer in answers] == [404, 404, 404]

    def test_the_address_is_that_of_the_installation(self, app: Flask, owner: Actor) -> None:
        with app.app_context():
            address = codes.address(owner.organization_id, owner.person_id)
        assert address == f"{app.config['BASE_URL']}/q/{codes.token(owner.organization_id, owner.person_id)}"


class TestSupplierCodes:
    def test_a_known_item_shows_the_supplier_s_lot_and_use_by(self, desk: Desk, shop: Workshop, oil: Body) -> None:
        desk.done("/scan/attach", item="olive-oil", barcode=KAOLIN)
        said = f"010{KAOLIN}17271231" + "10NF-117"
        status, text = scanned(desk, said)
        assert status == 200
        assert "Supplier’s lot NF-117" in text
        assert "One lot of it came in before. OIL-1" in text
        page = desk.browser.get(desk.url("/scan"), query_string={"code": said}).text
        receive = "/items/olive-oil/receive?supplier_lot=NF-117&expires_on=2027-12-31"
        assert f'href="{html.escape(desk.url(receive))}"' in page
        form = desk.see(receive)
        assert 'value="NF-117"' in form
        assert 'value="2027-12-31"' in form

    def test_an_unknown_number_is_attached_without_the_lot(self, desk: Desk) -> None:
        assert scanned(desk, f"(01)0{KAOLIN}(10)A1")[1].count(KAOLIN) >= 1


@pytest.mark.parametrize(
    ("said", "goods"),
    [
        ("01040063813339311727123110NF-117", Goods("04006381333931", "NF-117", date(2027, 12, 31))),
        ("]d201040063813339311727020010A\x1d21S", Goods("04006381333931", "A", date(2027, 2, 28))),
        ("\x1d010400638133393110A/1\x1d17270101", Goods("04006381333931", "A/1", date(2027, 1, 1))),
        ("(01)04006381333931(17)270101(10)A", Goods("04006381333931", "A", date(2027, 1, 1))),
        ("https://id.gs1.org/01/04006381333931/10/A?17=270101", Goods("04006381333931", "A", date(2027, 1, 1))),
        ("01040063813339313103001250" + "10A", Goods("04006381333931", "A")),
        ("0104006381333931172713" + "99", Goods("04006381333931")),
        ("01040063813339321727123110A", None),
        (KAOLIN, None),
        ("LOT-7K3F9Q2A", None),
        ("", None),
    ],
)
def test_gs1_codes_are_read(said: str, goods: Goods | None) -> None:
    assert barcodes.goods(said) == goods


def test_a_number_is_the_same_in_every_length() -> None:
    assert set(barcodes.alike("012345678905")) == {"012345678905", "0012345678905", "00012345678905"}
    assert barcodes.alike("12345") == ("12345",)
    assert not barcodes.is_number("4006381333932")


class TestStatements:
    def test_a_code_and_a_keystroke_take_as_many_however_much_there_is(
        self, app: Flask, desk: Desk, shop: Workshop
    ) -> None:
        def asked(path: str, *, htmx: bool = False) -> int:
            with counted(app) as sent:
                desk.get(path, htmx=htmx)
            return len(sent)

        page = asked("/scan")
        for n in range(12):
            shop.item(f"Oil {n}", "g", barcode=f"X{n}")
        assert asked("/scan?code=X3") == asked("/scan?code=X11") <= page
        assert asked("/scan?code=unknown&q=oil", htmx=True) == asked("/scan?code=unknown&q=oil+11", htmx=True)
        assert asked("/scan?code=unknown&q=oil", htmx=True) <= page

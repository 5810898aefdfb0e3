"""The installed app: its manifest and icons, its worker, the page without a connection, the way of its shortcuts."""

import io
import json
import re

from flask import Flask
from PIL import Image

from app.identity.services.organizations import OrganizationFacts
from app.kernel.actor import Actor
from app.platform import assets
from tests import cast


class TestManifest:
    def test_it_names_icons_that_are_there_in_the_size_that_it_says(self, app: Flask) -> None:
        answer = cast.anonymous().get("/manifest.webmanifest")
        assert answer.mimetype == "application/manifest+json"
        assert "Set-Cookie" not in answer.headers
        said = json.loads(answer.text)
        assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
        for icon in said["icons"]:
            with cast.anonymous().get(icon["src"]) as found, Image.open(io.BytesIO(found.data)) as image:
                assert f"{image.width}x{image.height}" == icon["sizes"]
                assert image.getchannel("A").getextrema()[1] == 255  # something is drawn

    def test_a_maskable_icon_leaves_no_hole(self, app: Flask) -> None:
        with app.app_context(), Image.open(assets.path_of("icon-maskable-512.png")) as image:
            assert image.getchannel("A").getextrema() == (255, 255)

    def test_every_page_says_where_it_is(self, app: Flask) -> None:
        assert '<link rel="manifest" href="/manifest.webmanifest">' in cast.anonymous().get("/sign-in").text


class TestWorker:
    def test_it_minds_the_whole_site_and_is_asked_for_anew(self, app: Flask) -> None:
        answer = cast.anonymous().get("/sw.js")
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Service-Worker-Allowed"] == "/"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert "Set-Cookie" not in answer.headers

    def test_it_keeps_hashed_files_and_the_page_without_a_connection_alone(self, app: Flask) -> None:
        script = cast.anonymous().get("/sw.js").text
        kept = re.findall(r'"(/[^"]*)"', script)
        assert "/offline" in kept
        for path in set(kept) - {"/offline"}:
            assert path.startswith("/static/dist/")
            with cast.anonymous().get(path) as found:
                assert found.status_code == 200, path

    def test_the_page_without_a_connection_holds_nothing_of_anybody(self, app: Flask, owner: Actor) -> None:
        page = cast.signed_in(owner).get("/offline").text
        assert "No connection" in page
        assert owner.person_name not in page
        assert str(owner.person_id) not in page
        assert 'name="person"' not in page


class TestShortcuts:
    def test_they_open_their_page_in_the_person_s_workshop(
        self, app: Flask, maker: Actor, organization: OrganizationFacts
    ) -> None:
        browser = cast.signed_in(maker)
        for said, place in (("scan", "scan"), ("plan", "batches/plan"), ("stock", "stock"), ("//evil.example", "")):
            answer = browser.get("/", query_string={"to": said})
            assert answer.location == f"/o/{organization.slug}/{place}"

    def test_signing_in_comes_first_and_returns(self, app: Flask) -> None:
        assert cast.anonymous().get("/?to=scan").location == "/sign-in?next=/?to%3Dscan"
        assert cast.anonymous().get("/").location == "/sign-in"

    def test_whose_drafts_are_whose_is_said_on_pages_of_the_house_alone(
        self, app: Flask, maker: Actor, organization: OrganizationFacts
    ) -> None:
        said = f'<meta name="person" content="{maker.person_id}">'
        assert said in cast.signed_in(maker).get(f"/o/{organization.slug}/stock").text
        assert 'name="person"' not in cast.anonymous().get("/sign-in").text

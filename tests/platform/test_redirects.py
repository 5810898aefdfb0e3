"""No page leads off the site, whatever an address or a form says to go to next."""

from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from flask import Flask

from app.kernel.actor import Actor
from app.platform.web import safe_path
from tests import cast
from tests.databases import on_sqlite_only
from tests.identity.test_doors import fill
from tests.platform import walk
from tests.sweeps.doors import Door

EVIL = "evil.example"
ESCAPES = ("/%2f{e}", "/%5c{e}", "/%09/{e}", "/%0a/{e}", "/%0d%0a/{e}", "/%00/{e}", "/..//{e}", "/.//{e}", "/;//{e}")
CORPUS = [
    said.format(e=EVIL)
    for said in (
        *("https://{e}", "http://{e}", "HTTPS://{e}", "hTTp://{e}/", "//{e}", "///{e}", "////{e}", "/////{e}/x"),
        *("\\\\{e}", "/\\{e}", "\\/{e}", "/\\/{e}", "//\\{e}", "\\\\\\{e}", "/\\\\{e}", "\\{e}", "/x\\..\\..\\{e}"),
        *("https:{e}", "https:/{e}", "https:///{e}", "http:\\\\{e}", "https:\\/{e}", "http:/\\{e}", "://{e}", ":{e}"),
        *("javascript:alert(1)//{e}", "JaVaScRiPt:alert(1)//{e}", "java\tscript:alert(1)//{e}", "vbscript:x//{e}"),
        *("data:text/html,//{e}", "blob:https://{e}", "file://{e}", "ftp://{e}", "ws://{e}", "mailto:a@{e}"),
        *("/\t/{e}", "/\n/{e}", "/\r/{e}", "\t//{e}", " //{e}", "\n//{e}", "/ /{e}", "/\x00/{e}", "\x00//{e}"),
        *("//{e}@localhost", "//localhost@{e}", "https://localhost@{e}", "https://localhost:8000@{e}/"),
        *("/\u2028/{e}", "/\u00a0/{e}", "/\u3000/{e}", "\u2215\u2215{e}", "\uff0f\uff0f{e}", "/\u200b/{e}"),
        *("{e}", "{e}/sign-in", "./{e}", "../{e}", "?next=//{e}", "#//{e}", "//{e}:80", "//{e}#", "//{e}?", "//{e}%2f"),
        *("/x\r\nLocation: https://{e}", "/x\nSet-Cookie: a=b; domain={e}"),
    )
]
MARK = "/o/a-marked-place/x"


def leads_off(location: str | None) -> bool:
    """Where a browser that reads it as loosely as browsers do would end."""
    if not location:
        return False
    loose = "".join(letter for letter in location if letter not in "\t\r\n\x00").strip().replace("\\", "/")
    there = urlsplit(urljoin("http://localhost/sign-in", loose))
    return there.scheme not in {"http", "https"} or there.hostname != "localhost"


def takers(app: Flask, browser: cast.Browser, slug: str) -> list[Door]:
    """Pages that do something with `next`: its value comes back in the answer."""
    return [door for door in walk.pages(app, {"GET", "POST"}) if came_back(sent(browser, door, slug, MARK))]


def came_back(answer: cast.Reply) -> bool:
    """Whether the answer would go to the marked place, or keeps it for later."""
    there = urlsplit(answer.location or "")
    kept = parse_qs(there.query).get("next", [""])[0]
    drawn = answer.text if answer.mimetype == "text/html" else ""
    return MARK in (there.path, kept) or f'value="{MARK}"' in drawn


def sent(browser: cast.Browser, door: Door, slug: str, there: str) -> cast.Reply:
    """The answer to `next` in the address, and for a form there too."""
    more = {"data": {"next": there, "email": "nobody@x.example", "password": "x"}} if door.method == "POST" else {}
    return walk.ask(browser, door, slug, query_string={"next": there}, **more)


def test_the_corpus_is_worth_the_name() -> None:
    assert len(set(CORPUS)) >= 60


@pytest.mark.parametrize("said", [*CORPUS, *(escape.format(e=EVIL) for escape in ESCAPES)], ids=repr)
def test_a_path_that_is_followed_stays_here(said: str) -> None:
    assert not leads_off(safe_path(said))


@on_sqlite_only
class TestEveryPage:
    def test_that_takes_next_is_found(self, app: Flask, owner: Actor) -> None:
        found = {str(door) for door in takers(app, cast.anonymous(), walk.slug_of(app, owner))}
        assert "GET /sign-in" in found

    def test_leads_nowhere_else(self, app: Flask, owner: Actor) -> None:
        slug = walk.slug_of(app, owner)
        wrong = []
        for who in (cast.anonymous, lambda: cast.signed_in(owner)):
            for door in takers(app, who(), slug):
                browser = who()
                for said in CORPUS:
                    answer = sent(browser, door, slug, said)
                    wrong += [f"{door} {said!r}: {answer.location}"] if leads_off(answer.location) else []
        assert wrong == []

    def test_even_signing_in_for_real(self, app: Flask, owner: Actor) -> None:
        email = cast.email_of(owner)
        assert fill(cast.anonymous(), email, next="/o/here").location == "/o/here"
        followed = {said: fill(cast.anonymous(), email, next=said).location for said in CORPUS}
        assert {said for said, location in followed.items() if leads_off(location)} == set()

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example"])
    def test_takes_its_own_name_from_nobody(self, app: Flask, owner: Actor, host: str) -> None:
        for door in walk.pages(app, {"GET"}):
            if door.endpoint == "static":
                continue
            answer = walk.ask(cast.anonymous(), door, walk.slug_of(app, owner), headers={"Host": host})
            assert EVIL not in (answer.location or ""), door

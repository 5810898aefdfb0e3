"""Every door × every role template, and nobody: what the sign says is what happens."""

import pytest
from flask import Flask

from app.identity.services import roles
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from tests import cast
from tests.cast import Browser
from tests.sweeps import matrix
from tests.sweeps.doors import Door, doors

NEVER = "00000000-0000-7000-8000-000000000000"


def test_the_matrix_in_the_docs_is_the_matrix(app: Flask) -> None:
    """To write it anew: `python -m tests.sweeps.matrix`."""
    assert matrix.FILE.read_text(encoding="utf-8") == matrix.as_csv(app)


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_what_its_template_says(app: Flask, organization: OrganizationFacts, role: Role) -> None:
    actor = cast.actor_of(organization, role)
    token, browser = cast.token_for(actor), cast.signed_in(actor)
    wrong = {}
    for door in doors(app):
        status = knock(door, browser, organization.slug, token)
        if door.is_public and door.method != "GET":
            browser = cast.signed_in(actor)  # some of them end the session
        opened = status not in {401, 403}
        if opened != matrix.may(door, role) or status >= 500:
            wrong[str(door)] = status
    assert wrong == {}


@pytest.mark.parametrize("half", [0, 1])
def test_an_own_role_opens_what_it_was_given_and_nothing_else(
    app: Flask, organization: OrganizationFacts, half: int
) -> None:
    given = frozenset(list(Permission)[half::2]) - roles.OWNERS_ALONE
    actor = cast.actor_of(organization, cast.own_role(organization, given))
    token, browser = cast.token_for(actor), cast.signed_in(actor)
    wrong = {}
    for door in doors(app):
        if not (door.is_api or door.path.startswith("/o/<slug>")):
            continue  # a code's organization is known only when there is such a code
        status = knock(door, browser, organization.slug, token)
        if (status not in {401, 403}) != (door.permission is None or door.permission in given) or status >= 500:
            wrong[str(door)] = status
    assert wrong == {}


def test_a_stranger_finds_no_page_of_this_workshop(
    app: Flask, organization: OrganizationFacts, stranger: Actor
) -> None:
    browser, token = cast.signed_in(stranger), cast.token_for(stranger)
    pages = [door for door in doors(app) if door.path.startswith("/o/<slug>")]
    assert len(pages) > 50
    found = {str(door): knock(door, browser, organization.slug, token) for door in pages}
    assert {door: status for door, status in found.items() if status != 404} == {}


def test_nobody_opens_what_is_not_public(app: Flask, organization: OrganizationFacts) -> None:
    wrong = {}
    for door in doors(app):
        if door.is_public:
            continue
        answer = cast.anonymous().open(address(door, organization.slug), method=door.method)
        shown_out = answer.status_code == 401 or (
            answer.status_code in {302, 303} and answer.location.startswith("/sign-in")
        )
        if not shown_out or door.is_api != (answer.status_code == 401):
            wrong[str(door)] = answer.status_code
    assert wrong == {}


def test_a_session_opens_no_api_door_and_a_token_no_page(app: Flask, organization: OrganizationFacts) -> None:
    owner = cast.owner_of(organization)
    token, browser = cast.token_for(owner), cast.signed_in(owner)
    for door in doors(app):
        if door.is_api:
            assert knock(door, browser, organization.slug, token=None) == 401, door
        elif not door.is_public:
            assert knock(door, cast.anonymous(), organization.slug, token) in {302, 303}, door


def knock(door: Door, browser: Browser, slug: str, token: str | None) -> int:
    """The status for somebody with this session, and at an API door or without a session with this token."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    json: dict[str, str] | None = {} if door.is_api and door.method != "GET" else None
    return browser.open(address(door, slug), method=door.method, headers=headers, json=json).status_code


def address(door: Door, slug: str) -> str:
    """Of things that never were: who may not come in is told so before that."""
    return door.url({**dict.fromkeys(door.parameters, NEVER), **dict.fromkeys(door.numbers, "1"), "slug": slug})

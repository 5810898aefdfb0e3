"""The audit log as people read it, on its page and through the API: plain words, filters, proof, and taking it away."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.identity.queries import audit as audit_queries
from app.identity.queries.audit import EventFilter
from app.identity.services.audit import By, Subject
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.identity.views import audit_words
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import tenancy
from tests import cast
from tests.databases import ROOT
from tests.identity.chains import Chain
from tests.production.test_statements import counted

MARCH_4 = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)


@pytest.fixture
def chain(app: Flask, owner: Actor) -> Chain:
    """Needs a context around each use: see `wrote`."""
    return Chain(owner)


def wrote(app: Flask, chain: Chain, *actions: str, **said: object) -> None:
    with app.app_context():
        for action in actions:
            chain.record(action, **said)


def page(actor: Actor, organization: OrganizationFacts, **query: str) -> cast.Reply:
    return cast.signed_in(actor).get(f"/o/{organization.slug}/settings/audit", query_string=query)


def sentences(text: str) -> list[str]:
    return re.findall(r'class="audit-w">([^<]*)<', text)


class TestTheLog:
    def test_says_who_did_what_from_where_and_why(
        self, app: Flask, chain: Chain, owner: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        where = By(chain.id, "web", owner.person_id, "192.0.2.7")
        wrote(
            app, chain, "members.role_changed", by=where, subject=Subject("person", maker.person_id),
            before={"role": "maker"}, after={"role": "manager"}, reason="she runs the shop now",
        )  # fmt: skip
        said = page(owner, organization).text
        assert sentences(said) == ["Ines Fernandes changed Some maker&#39;s role from Maker to Manager"]
        assert "192.0.2.7" in said
        assert "she runs the shop now" in said
        assert "· page ·" in said

    def test_times_are_the_organization_s_own(self, app: Flask) -> None:
        organization = cast.make_organization(zone="Europe/Berlin")
        owner = cast.owner_of(organization)
        with clock.set_to(MARCH_4):
            wrote(app, Chain(owner), "exports.audit")
        assert "Mar 5, 2026, 12:30" in page(owner, organization).text

    def test_shows_the_newest_first_and_goes_on(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("app.identity.views.audit._PAGE", 2)
        wrote(app, chain, "exports.audit", "exports.everything", "developer.left")
        first = page(owner, organization).text
        further = re.search(r"cursor=([^\"&]+)", first)
        assert [said.partition(" ")[2] for said in sentences(first)] == [
            "Fernandes, a developer user, left",
            "Fernandes exported everything",
        ]
        assert further
        assert sentences(page(owner, organization, cursor=further[1]).text) == ["Ines Fernandes exported the audit log"]
        assert page(owner, organization, cursor="nonsense").status_code == 422

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"area": "members"}, 1),
            ({"area": "exports"}, 2),
            ({"from": "2026-03-05"}, 1),
            ({"until": "2026-03-05"}, 2),
            ({"to": "2026-03-04"}, 2),
            ({"area": "exports", "to": "2026-03-04"}, 1),
        ],
    )
    def test_is_filtered(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts, asked: dict[str, str], found: int
    ) -> None:
        with clock.set_to(MARCH_4):
            wrote(app, chain, "members.joined", "exports.audit")
        with clock.set_to(MARCH_4 + timedelta(hours=1)):
            wrote(app, chain, "exports.everything")
        expected = 3 if "until" in asked else found  # `until` is no filter of this page
        assert len(sentences(page(owner, organization, **asked).text)) == expected

    def test_is_filtered_by_person(
        self, app: Flask, chain: Chain, owner: Actor, maker: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, chain, "exports.audit")
        wrote(app, chain, "members.joined", by=By(chain.id, "web", maker.person_id))
        assert sentences(page(owner, organization, person=str(maker.person_id)).text) != []
        assert len(sentences(page(owner, organization, person=str(maker.person_id)).text)) == 1
        assert page(owner, organization, person=str(stranger.person_id)).status_code == 404
        assert page(owner, organization, person=str(UUID(int=7))).status_code == 404

    @pytest.mark.parametrize(("name", "value"), [("from", "March"), ("to", "2026-02-30"), ("area", "weather")])
    def test_a_filter_that_makes_no_sense_is_said_at_its_field(
        self, owner: Actor, organization: OrganizationFacts, name: str, value: str
    ) -> None:
        answer = page(owner, organization, **{name: value})
        assert (answer.status_code, 'aria-invalid="true"' in answer.text) == (422, True)

    def test_takes_the_same_statements_however_long(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        browser, lengths = cast.signed_in(owner), []
        for _ in range(2):
            wrote(app, chain, *["members.joined"] * 5)
            with counted(app) as sent:
                assert browser.get(f"/o/{organization.slug}/settings/audit").status_code == 200
            lengths.append(len([said for said in sent if "audit_events" in said]))
        assert lengths == [1, 1]

    def test_another_organization_s_is_not_in_it(
        self, app: Flask, chain: Chain, owner: Actor, stranger: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, Chain(stranger), "exports.audit")
        assert sentences(page(owner, organization).text) == []

    @pytest.mark.parametrize(("role", "status"), [(Role.AUDITOR, 200), (Role.MANAGER, 200), (Role.MAKER, 403)])
    def test_opens_for_those_who_may(self, organization: OrganizationFacts, role: Role, status: int) -> None:
        assert page(cast.actor_of(organization, role), organization).status_code == status


class TestTheProof:
    def test_says_that_the_chain_is_whole(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, chain, "exports.audit", "exports.audit")
        with app.app_context():
            head = chain.proof().head
        browser = cast.signed_in(owner)
        for headers in ({}, {"HX-Request": "true"}):
            said = browser.get(f"/o/{organization.slug}/settings/audit/proof", headers=headers).text
            assert "Chain whole: 2 events" in said
            assert head[:16] in said


class TestTakingItAway:
    def take(self, actor: Actor, organization: OrganizationFacts, kind: str) -> cast.Reply:
        data = {"format": kind, "command_key": "a key"}
        return cast.signed_in(actor).post(f"/o/{organization.slug}/settings/audit/export", data=data)

    def test_as_csv_that_a_spreadsheet_does_not_work_out(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, chain, "members.joined", reason="=HYPERLINK(1)", after={"role": "maker"})
        answer = self.take(owner, organization, "csv")
        rows = list(csv.DictReader(io.StringIO(answer.data.decode())))
        assert answer.mimetype == "text/csv"
        assert [(row["number"], row["action"]) for row in rows] == [("1", "members.joined"), ("2", "exports.audit")]
        assert rows[0]["reason"] == "'=HYPERLINK(1)"
        assert rows[0]["what"] == "Ines Fernandes joined as Maker"

    def test_as_lines_that_prove_it(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, chain, "members.joined")
        said = self.take(owner, organization, "jsonl").data.decode().splitlines()
        with app.app_context():
            assert said == chain.lines()
        assert [json.loads(line)["action"] for line in said] == ["members.joined", "exports.audit"]

    def test_that_it_was_taken_and_how_stands_in_it(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        self.take(owner, organization, "csv")
        with app.app_context():
            (event,) = [json.loads(line) for line in chain.lines()]
        assert (event["action"], event["after"], event["address"]) == ("exports.audit", '{"format":"csv"}', "127.0.0.1")

    def test_a_form_that_makes_no_sense_takes_nothing(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        assert self.take(owner, organization, "xlsx").status_code == 303
        with app.app_context():
            assert chain.lines() == []

    def test_a_manager_reads_and_does_not_take(self, organization: OrganizationFacts) -> None:
        manager = cast.actor_of(organization, Role.MANAGER)
        assert "/settings/audit/export" not in page(manager, organization).text
        assert self.take(manager, organization, "csv").status_code == 403

    def test_it_asks_again_who_it_is(self, owner: Actor, organization: OrganizationFacts) -> None:
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            answer = browser.post(f"/o/{organization.slug}/settings/audit/export", data={"format": "csv"})
        assert answer.location.startswith("/account/confirm")


class TestTheApi:
    def test_lists_events_newest_first(self, app: Flask, chain: Chain, owner: Actor) -> None:
        api = cast.api(owner)  # a token is made: the first event
        wrote(app, chain, "members.joined", "exports.audit", after={"role": "maker"}, reason="why not")
        first = api.get("/audit-events", limit=1).json
        second = api.get("/audit-events", limit=1, cursor=first["next_cursor"]).json
        assert [event["action"] for event in (*first["data"], *second["data"])] == ["exports.audit", "members.joined"]
        assert [event["action"] for event in api.get("/audit-events").json["data"]][2:] == ["tokens.created"]
        assert api.get("/audit-events").json["next_cursor"] is None
        (event,) = second["data"]
        assert (event["sequence"], event["before"], event["after"]) == (2, None, {"role": "maker"})
        assert (event["person"]["name"], event["reason"]) == ("Ines Fernandes", "why not")
        assert event["subject"] == {"kind": "person", "id": str(owner.person_id)}

    def test_an_event_of_no_person_has_none(self, app: Flask, chain: Chain, owner: Actor) -> None:
        api = cast.api(owner)
        wrote(app, chain, "plan.changed", by=By(chain.id, "stripe"))
        event, _ = api.get("/audit-events").json["data"]
        assert (event["person"], event["entry_point"]) == (None, "stripe")

    @pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "x"}, {"cursor": "nonsense"}, {"colour": "red"}])
    def test_refuses_what_makes_no_sense(self, owner: Actor, query: dict[str, str]) -> None:
        assert cast.api(owner).get("/audit-events", **query).status_code == 422

    def test_is_for_those_who_may(self, maker: Actor) -> None:
        assert cast.api(maker).get("/audit-events").status_code == 403


class TestWords:
    def test_every_action_that_the_code_records_has_a_sentence(self) -> None:
        code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "app").rglob("*.py"))
        recorded = set(
            re.findall(r'(?:audit\.record|_record|_audit|record)\(\s*[\w.()]+,\s*"([a-z_]+\.[a-z_]+)"', code)
        )
        assert {"developer.opened", "members.role_changed"} <= recorded
        assert recorded - set(audit_words.SENTENCES) == set()
        assert {action.partition(".")[0] for action in audit_words.SENTENCES} == set(audit_words.AREAS)

    def test_an_action_without_one_is_shown_by_its_name(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, chain, "weather.got_worse", after={"rain": ["much", "more"], "wind": None, "cold": True})
        said = page(owner, organization).text
        assert sentences(said) == ["Ines Fernandes: weather got worse"]
        assert "much, more" in said
        assert ">nothing<" in said

    def test_an_id_in_an_event_says_nothing_of_people_elsewhere(
        self, app: Flask, chain: Chain, owner: Actor, stranger: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        theirs, ours = str(stranger.person_id), str(maker.person_id)
        wrote(app, chain, "lots.relabelled", subject=Subject("person", theirs), before={"person": theirs},
              after={"person": ours, "supplier_lot": theirs})  # fmt: skip
        with app.app_context():
            tenancy.bind(chain.id)
            events = audit_queries.page(owner, EventFilter(), limit=10).rows
            assert audit_queries.names(owner, events) == {ours: maker.person_name}

    def test_of_no_person_it_says_who_it_was(
        self, app: Flask, chain: Chain, owner: Actor, organization: OrganizationFacts
    ) -> None:
        wrote(app, chain, "plan.changed", by=By(chain.id, "stripe"), before={"tier": "solo"}, after={"tier": "team"})
        wrote(app, chain, "plan.changed", by=By(chain.id, "cli"), before={"tier": "team"}, after={"tier": "free"})
        assert sentences(page(owner, organization).text) == [
            "Whoever runs this installation changed the plan from team to free",
            "Stripe changed the plan from solo to team",
        ]

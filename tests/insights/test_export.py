"""The export of everything: nothing is forgotten, nothing secret is in it, and it proves itself."""

import csv
import io
import json
import re
import tempfile
import tracemalloc
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.identity.models import Organization
from app.identity.queries import audit as audit_queries
from app.identity.services.organizations import OrganizationFacts
from app.identity.services.roles import Role
from app.insights.queries import everything, tables
from app.inventory.queries import proofs
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import commands, downloads
from app.platform.database import Base, db
from app.platform.tenancy import GLOBAL_TABLES
from tests import cast
from tests.ledger import raw
from tests.ledger.workshop import Workshop as Storeroom
from tests.recipes.workshop import Workshop, of

SECRET = re.compile(r"secret|password|token|key$|hash|salt|digest")
HARMLESS = {
    "code_key": "what codes are compared by",
    "command_key": "which form it was",
    "email_key": "what emails are compared by",
    "fifo_code_key": "what codes are compared by",
    "hash": "of a posting or an event: proves the chain",
    "key": "which form it was",
    "label_key": "what labels are compared by",
    "made_by_token": "the id of another token, which opens nothing",
    "name_key": "what names are compared by",
    "notes_digest": "proves a posting's notes",
    "previous_hash": "proves the chain",
    "salt": "of a posting's notes: proves them",
    "supplier_lot_key": "what lot codes are compared by",
}


def take(actor: Actor, organization: OrganizationFacts) -> zipfile.ZipFile:
    """What the browser downloads."""
    answer = cast.signed_in(actor).post(f"/o/{organization.slug}/settings/export", data={"command_key": "a key"})
    assert answer.status_code == 200, answer.text[:500]
    assert answer.mimetype == "application/zip"
    assert f"batchtrack-{organization.slug}-" in answer.headers["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(answer.data))


@pytest.fixture
def furnished(app: Flask, shop: Workshop) -> Workshop:
    """A workshop with something in most tables."""
    oats = shop.item("=cmd|' /C calc'!A0", "g")
    shop.receive(oats, "500", note="+1 sack", supplier="@mill")
    shop.issue(oats, "3", reason="＝1+1")
    shop.make(shop.recipe("Bar", ("Bar", "4", "each"), of(oats, "10")))
    return shop


def lines(zipped: zipfile.ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in zipped.read(name).decode().splitlines()]


class TestWhatIsInIt:
    def test_every_table_that_knows_organizations_is(
        self, furnished: Workshop, owner: Actor, organization: OrganizationFacts
    ) -> None:
        names = set(take(owner, organization).namelist())
        for table in [*raw.owned_tables(), *(Base.metadata.tables[n] for n in ("memberships", "invitations"))]:
            assert {f"tables/{table.name}.jsonl", f"tables/{table.name}.csv"} <= names, table.name
        assert {"README.txt", "audit.jsonl", "ledger.jsonl", "organization.json", "people.json"} <= names

    def test_what_is_global_and_knows_none_is_not(self, app: Flask) -> None:
        found = {table.name for table in tables.all_of_them()}
        assert found & GLOBAL_TABLES == {"developer_accesses", "invitations", "memberships", "sample_workshops"}
        assert all("organization_id" not in table.c or table.name in found for table in Base.metadata.sorted_tables)

    def test_every_row_of_it_is_and_nobody_else_s(
        self, app: Flask, database_url: str, furnished: Workshop, other_shop: Workshop, owner: Actor,
        organization: OrganizationFacts, stranger: Actor,
    ) -> None:  # fmt: skip
        other_shop.receive(other_shop.item("Theirs", "g"), "5")
        zipped = take(owner, organization)
        with raw.as_owner(database_url) as connection:
            for table in tables.all_of_them():
                mine = table.c.organization_id == owner.organization_id
                expected = connection.execute(sa.select(sa.func.count()).select_from(table).where(mine)).scalar_one()
                rows = lines(zipped, f"tables/{table.name}.jsonl")
                assert len(rows) == expected, table.name
                assert {row["organization_id"] for row in rows} <= {str(owner.organization_id)}
        everything_said = b"".join(zipped.read(name) for name in zipped.namelist())
        assert str(stranger.organization_id).encode() not in everything_said
        assert cast.email_of(stranger).encode() not in everything_said

    def test_no_secret_is(self, app: Flask, furnished: Workshop, owner: Actor, organization: OrganizationFacts) -> None:
        exported = [(table.name, column.name) for table in tables.all_of_them() for column in tables.columns(table)]
        assert [pair for pair in exported if SECRET.search(pair[1]) and pair[1] not in HARMLESS] == []
        assert all(
            name in Base.metadata.tables and column in Base.metadata.tables[name].c for name, column in tables.LEFT_OUT
        )
        token = cast.token_for(owner)
        zipped = take(owner, organization)
        said = b"".join(zipped.read(name) for name in zipped.namelist())
        assert token.rpartition("_")[2].encode() not in said
        assert all("secret_hash" not in row for row in lines(zipped, "tables/api_tokens.jsonl"))

    def test_quantities_and_costs_are_exact(
        self, furnished: Workshop, owner: Actor, organization: OrganizationFacts
    ) -> None:
        balances = lines(take(owner, organization), "tables/stock_balances.jsonl")
        assert all(isinstance(row["on_hand"], int) and isinstance(row["value"], int) for row in balances)
        assert 487_000_000 in {row["on_hand"] for row in balances}

    def test_people_are_named_with_their_place(
        self, owner: Actor, maker: Actor, organization: OrganizationFacts
    ) -> None:
        people = json.loads(take(owner, organization).read("people.json"))
        assert {(person["id"], person["role"]) for person in people} == {
            (str(owner.person_id), "owner"),
            (str(maker.person_id), "maker"),
        }
        assert cast.email_of(maker) in {person["email"] for person in people}

    def test_the_readme_counts_the_rows_and_says_what_is_left_out(
        self, furnished: Workshop, owner: Actor, organization: OrganizationFacts
    ) -> None:
        said = take(owner, organization).read("README.txt").decode()
        assert re.search(r"tables/items\.jsonl +2 rows", said)
        assert "api_tokens.secret_hash" in said


class TestCells:
    def test_a_cell_that_a_spreadsheet_would_work_out_is_quoted(
        self, furnished: Workshop, owner: Actor, organization: OrganizationFacts
    ) -> None:
        zipped = take(owner, organization)
        for name in (name for name in zipped.namelist() if name.endswith(".csv")):
            for row in csv.DictReader(io.StringIO(zipped.read(name).decode())):
                for cell in row.values():
                    assert not cell.lstrip(" ").startswith(tuple("=+@\t\r＝＋－＠")), (name, cell)
                    assert not cell.startswith("-") or re.fullmatch(r"-[0-9]+", cell), (name, cell)
        items = zipped.read("tables/items.csv").decode()
        assert "'=cmd|' /C calc'!A0" in items
        assert lines(zipped, "tables/items.jsonl")[0]["name"] == "=cmd|' /C calc'!A0"

    @pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\n=1", "＝1", "＋1", "－1", "＠x", "  =1"])
    def test_any_beginning_of_a_formula(self, text: str) -> None:
        assert downloads.cell(text) == f"'{text}"

    @pytest.mark.parametrize("value", ["oats", "1-2", "a=b", "", None, -5, 5, "’t"])
    def test_everything_else_stays(self, value: Any) -> None:
        assert downloads.cell(value) == value


class TestProving:
    def test_ledger_and_audit_log_are_what_the_command_line_writes(
        self, app: Flask, furnished: Workshop, owner: Actor, organization: OrganizationFacts
    ) -> None:
        zipped = take(owner, organization)
        with app.app_context():
            ledger, log = (
                list(proofs.exported(owner.organization_id)),
                list(audit_queries.exported(owner.organization_id)),
            )
        assert zipped.read("ledger.jsonl").decode().splitlines() == ledger
        assert zipped.read("audit.jsonl").decode().splitlines() == log
        assert len(ledger) > 3

    def test_that_it_was_taken_stands_in_it(self, owner: Actor, organization: OrganizationFacts) -> None:
        events = lines(take(owner, organization), "audit.jsonl")
        assert [(event["action"], event["person_id"]) for event in events] == [
            ("exports.everything", str(owner.person_id))
        ]


class TestWhoMayTakeIt:
    def test_the_owner_and_the_auditor_may(self, owner: Actor, organization: OrganizationFacts) -> None:
        for actor in (owner, cast.actor_of(organization, Role.AUDITOR)):
            page = cast.signed_in(actor).get(f"/o/{organization.slug}/settings/export")
            assert "Export everything" in page.text
            assert take(actor, organization).testzip() is None

    @pytest.mark.parametrize("missing", everything.NEEDED[1:])
    def test_whoever_may_not_see_something_of_it_may_not(
        self, app: Flask, organization: OrganizationFacts, owner: Actor, missing: Permission
    ) -> None:
        role = cast.own_role(organization, set(everything.NEEDED) - {missing})
        browser = cast.signed_in(cast.actor_of(organization, role))
        page = browser.get(f"/o/{organization.slug}/settings/export")
        assert "Export everything" not in page.text
        answer = browser.post(f"/o/{organization.slug}/settings/export", data={"command_key": "a key"})
        assert (answer.status_code, answer.location) == (303, f"/o/{organization.slug}/settings/export")
        with app.app_context():
            assert list(audit_queries.exported(owner.organization_id)) == []

    def test_whoever_takes_nothing_away_finds_no_page(self, organization: OrganizationFacts) -> None:
        browser = cast.signed_in(cast.actor_of(organization, Role.MANAGER))
        assert browser.get(f"/o/{organization.slug}/settings/export").status_code == 403
        assert browser.post(f"/o/{organization.slug}/settings/export").status_code == 403

    def test_it_asks_again_who_it_is(self, owner: Actor, organization: OrganizationFacts) -> None:
        browser = cast.signed_in(owner)
        with clock.set_to(clock.now() + timedelta(minutes=31)):
            answer = browser.post(f"/o/{organization.slug}/settings/export", data={"command_key": "a key"})
        assert answer.location.startswith("/account/confirm")

    def test_without_the_form_nothing_is_taken(self, app: Flask, owner: Actor, organization: OrganizationFacts) -> None:
        answer = cast.signed_in(owner).post(f"/o/{organization.slug}/settings/export", csrf=False)
        assert answer.status_code == 400
        with app.app_context():
            assert list(audit_queries.exported(owner.organization_id)) == []

    @pytest.mark.parametrize("state", ["read_only_since", "closed_at"])
    def test_a_plan_that_lapsed_and_a_closed_workshop_stand_in_nobody_s_way(
        self, app: Flask, furnished: Workshop, owner: Actor, organization: OrganizationFacts, state: str
    ) -> None:
        with app.app_context(), commands.transaction():
            setattr(db.session.get_one(Organization, organization.id), state, clock.now())
        assert len(lines(take(owner, organization), "ledger.jsonl")) > 3


@pytest.mark.heavy
def test_memory_is_bounded_however_long_the_history(database: Flask, owner: Actor) -> None:
    def peak(postings: int) -> int:
        storeroom = Storeroom(owner)
        oats = storeroom.item(f"Oats {postings}")
        for _ in range(postings):
            storeroom.receive(oats, "1")
        tracemalloc.start()
        with tempfile.TemporaryFile() as file:
            everything.write(owner, file, downloads.write_csv)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    few, many = peak(200), peak(3000)
    assert many < few + 24_000_000

"""The export of everything: one zip with all that an organization ever wrote, as it is at one moment.

Written to a file as it is read, so that memory holds a few hundred rows however long the history.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import sqlalchemy as sa

from app.identity.models import Membership, Organization, Person
from app.identity.queries import audit
from app.insights.queries import tables
from app.inventory.queries import proofs
from app.inventory.services import chain
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.permissions import Permission
from app.platform import snapshots, strict_json
from app.platform.database import db, execute, table

FORMAT = 1
NEEDED = (
    Permission.DATA_EXPORT,
    Permission.AUDIT_VIEW,
    Permission.BATCHES_VIEW,
    Permission.CATALOG_VIEW,
    Permission.INVENTORY_VIEW,
    Permission.INVENTORY_VIEW_COSTS,
    Permission.RECIPES_VIEW,
)
"""Whoever takes everything away must be allowed to see everything."""

Csv = Callable[[IO[bytes], list[str], Iterable[list[Any]]], None]


@dataclass(frozen=True, slots=True)
class Written:
    """One file of the export and how many rows it has."""

    name: str
    rows: int


def missing(actor: Actor) -> list[Permission]:
    """What the actor lacks for the export."""
    return [permission for permission in NEEDED if not actor.may(permission)]


def write(actor: Actor, file: IO[bytes], write_csv: Csv) -> None:
    """Write the zip. write_csv: writes header and rows so that a spreadsheet works out no cell

    raises: Forbidden
    """
    for permission in NEEDED:
        actor.require(permission)
    with snapshots.of(actor.organization_id), ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        _Export(zipped, actor.organization_id, write_csv).write()


class _Export:
    """A zip that is being written."""

    def __init__(self, zipped: ZipFile, organization_id: UUID, write_csv: Csv) -> None:
        self._zip, self._id, self._write_csv = zipped, organization_id, write_csv
        self._at = clock.now()
        self._written: list[Written] = []

    def write(self) -> None:
        """File after file; the one that explains them comes last, since it counts them."""
        self._json("organization.json", self._organization())
        self._json("people.json", self._people())
        self._lines("ledger.jsonl", proofs.lines(self._id))
        self._lines("audit.jsonl", audit.lines(self._id))
        for each in tables.all_of_them():
            self._lines(f"tables/{each.name}.jsonl", map(strict_json.canonical, tables.rows(each, self._id)))
            self._csv(each)
        self._put("README.txt", lambda file: file.write(self._readme().encode()))

    def _put(self, name: str, fill: Callable[[IO[bytes]], Any]) -> None:
        entry = ZipInfo(name, self._at.timetuple()[:6])
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as file:
            fill(file)

    def _json(self, name: str, value: Any) -> None:
        text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
        self._put(name, lambda file: file.write(text.encode()))

    def _lines(self, name: str, lines: Iterable[str]) -> None:
        def fill(file: IO[bytes]) -> None:
            count = 0
            for line in lines:
                file.write(line.encode() + b"\n")
                count += 1
            self._written.append(Written(name, count))

        self._put(name, fill)

    def _csv(self, each: sa.Table) -> None:
        header = [column.name for column in tables.columns(each)]
        rows = (list(row.values()) for row in tables.rows(each, self._id))
        self._put(f"tables/{each.name}.csv", lambda file: self._write_csv(file, header, rows))

    def _organization(self) -> dict[str, Any]:
        organizations = table(Organization)
        row = execute(sa.select(organizations).where(organizations.c.id == self._id)).mappings().one()
        return {name: chain.plain(value) for name, value in row.items()}

    def _people(self) -> list[dict[str, Any]]:
        """Members, former ones too; the ids stand in postings and in the audit log."""
        query = (
            sa.select(Person.id, Person.name, Person.email, Membership.role, Membership.deactivated_at)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.organization_id == self._id)
            .order_by(Person.id)
        )
        return [
            {name: chain.plain(value) for name, value in row.items()} for row in db.session.execute(query).mappings()
        ]

    def _readme(self) -> str:
        listed = "\n".join(f"  {written.name:<32}{written.rows:>10,} rows" for written in self._written)
        left_out = "\n".join(f"  {name}.{column}: {why}" for (name, column), why in tables.LEFT_OUT.items())
        return _README.format(format=FORMAT, at=self._at.strftime("%Y-%m-%d %H:%M:%S"), files=listed, left_out=left_out)


_README = """Everything that this organization wrote in BatchTrack, as it was on {at} UTC. Format {format}.

organization.json  the organization and its settings
people.json        its members, former ones too: the ids stand wherever somebody did something
ledger.jsonl       the stock ledger, one posting a line, with its movements and hashes
audit.jsonl        the audit log, one event a line, with its hashes
tables/            every table, twice: .jsonl is exact, .csv opens in a spreadsheet

Files and their rows:
{files}

How to read it
  Text is UTF-8. Times are UTC. Quantities are whole millionths of the item's stock unit, costs whole
  millionths of the organization's currency: divide by 1,000,000. Read whole numbers as whole numbers:
  some are larger than a spreadsheet or a browser counts exactly. In .csv, a cell that a spreadsheet would
  take for a formula has a ' before it; .jsonl has it as it was typed.

How to verify it
  Each line of audit.jsonl: SHA-256 of the previous line's hash (32 zero bytes for the first) and the UTF-8 of
  {{"event":[the values, in the order that docs/domain/audit.md lists],"format":1}} without spaces is its hash.
  Each line of ledger.jsonl: docs/domain/ledger.md, "The chain". The last hashes of both are what
  `flask audit verify` and `flask ledger prove` print; one that you wrote down earlier must stand in the file.

What is left out
{left_out}
"""

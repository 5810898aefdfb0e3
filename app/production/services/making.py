"""Makes a batch: starts it, taking all its materials in one posting, and takes extras on top while it is made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

import sqlalchemy as sa

from app.catalog.services import items, unit_conversion
from app.inventory.services import adjustment
from app.inventory.services.adjustment import InsufficientStock, Need
from app.kernel import clock, ids, numbers
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, Invalid
from app.kernel.numbers import MICRO, Quantity
from app.kernel.permissions import Permission
from app.kernel.words import phrase
from app.platform.database import execute
from app.platform.prepared import Prepared
from app.production.models import Batch, BatchExtra, BatchLine
from app.production.services import records, states
from app.production.services.records import BatchRecord, Entry, ExtraRow, Header, ItemRef, LineRow
from app.recipes.services import explosion, materials
from app.recipes.services.materials import Material


class RecipeArchived(Conflict):
    """Its recipe was put away since it was planned."""

    code = "recipe_archived"


@dataclass(frozen=True, slots=True)
class SaidExtra:
    """So much of an item (id or code), and why."""

    item: str
    quantity: Quantity
    reason: str


def start(actor: Actor, batch_id: UUID, *, skip: Sequence[str] = (), dry_run: bool = False) -> BatchRecord:
    """Take what the batch needs, all of it or nothing; `skip` names materials (id or code) to be left out.

    raises: NotFound, Invalid on `skip.N`; WrongState, RecipeArchived; InsufficientStock, and then it stays planned
    """
    actor.require(Permission.BATCHES_MAKE)
    header = records.lock(actor, batch_id, dry_run=dry_run)
    planned = _in_present_units(actor, records.lines(actor, [batch_id]).get(batch_id, []))
    lines = _skipping(actor, planned, skip)
    states.require(header.label, header.status, states.PLANNED)
    if header.recipe_archived:
        raise RecipeArchived(phrase("%(recipe)s is archived: nothing is made from it any more.", recipe=header.recipe))
    needs = [Need(row.item.id, row.needed) for row in lines if not row.skipped]
    try:
        entries = _take(actor, header, needs, dry_run=dry_run)
    except InsufficientStock as short:
        raise _with_paths(actor, header, short) from None
    started = replace(header, status=states.IN_PROGRESS, started_at=None if dry_run else clock.now())
    if not dry_run:
        _write_start(actor, started)
        _write_lines(actor, started, [row for row in lines if row.skipped or row.changed])
    return records.compose(started, lines, [], entries)


def take_extras(actor: Actor, batch_id: UUID, said: Sequence[SaidExtra], *, dry_run: bool = False) -> BatchRecord:
    """Take more for a batch in progress: all of the lines or none, in one posting.

    raises: NotFound on `lines.N.item`, Invalid, WrongState, InsufficientStock
    """
    actor.require(Permission.BATCHES_MAKE)
    wanted = _measured(actor, said)
    header = records.lock(actor, batch_id, dry_run=dry_run)
    states.require(header.label, header.status, states.IN_PROGRESS)
    before = records.entries(actor, [batch_id]).get(batch_id, [])
    taken_on_top = records.extras(actor, [batch_id]).get(batch_id, [])
    reason = "; ".join(dict.fromkeys(row.reason for row in wanted))
    needs = [Need(row.item.id, row.quantity) for row in wanted]
    entries = _take(actor, header, needs, reason=reason, dry_run=dry_run)
    new = [replace(row, posting_id=entries[0].id) for row in wanted]
    if not dry_run:
        _write_extras(actor, header, new)
    planned = records.lines(actor, [batch_id]).get(batch_id, [])
    return records.compose(header, planned, [*taken_on_top, *new], [*before, *entries])


def _take(actor: Actor, header: Header, needs: list[Need], *, reason: str | None = None, dry_run: bool) -> list[Entry]:
    if not needs:
        return []
    posted = adjustment.consume(actor, needs=needs, source=header.source, reason=reason, dry_run=dry_run)
    return [records.entry_of(posted)]


def _in_present_units(actor: Actor, lines: list[LineRow]) -> list[LineRow]:
    """A material without stock history may have changed its unit since the batch was planned: the need goes along.

    raises: MissingDensity and the like on `lines.N.unit`
    """
    moved = [row.item.id for row in lines if row.unit != row.item.unit]
    known = materials.read(actor, moved) if moved else {}
    return [_in_present_unit(n, row, known.get(row.item.id)) for n, row in enumerate(lines)]


def _in_present_unit(n: int, row: LineRow, material: Material | None) -> LineRow:
    if material is None:
        return row
    needed = Quantity(numbers.from_micro(row.needed), row.unit)
    micro = unit_conversion.to_stock_unit(needed, material.units, field=f"lines.{n}.quantity")
    return replace(row, needed=micro, unit=material.unit, changed=True)


def _with_paths(actor: Actor, header: Header, short: InsufficientStock) -> InsufficientStock:
    """The same refusal, saying through which recipes each material is needed, as a stock check does."""
    versions, known = explosion.read(actor, header.version_id)
    exploded = explosion.explode(versions, header.version_id, Fraction(header.scale, MICRO), known)
    paths = {needed.material.id: needed.paths for needed in exploded.needs}
    shortages = [replace(row, paths=paths.get(row.item.id, ())) for row in short.shortages]
    return InsufficientStock(shortages, makes=numbers.plain(header.expected), unit=header.output.unit, skip="1")


def _skipping(actor: Actor, lines: list[LineRow], skip: Sequence[str]) -> list[LineRow]:
    """The lines, those marked that `skip` names."""
    by_reference = {row.item.code.lower(): row.item.id for row in lines} | {
        str(row.item.id): row.item.id for row in lines
    }
    left_out = set()
    for n, said in enumerate(skip):
        if said.lower() not in by_reference:
            items.find(actor, said, field=f"skip.{n}")
            raise Invalid.field(f"skip.{n}", "This batch does not need that.")
        left_out.add(by_reference[said.lower()])
    return [replace(row, skipped=row.item.id in left_out) for row in lines]


def _measured(actor: Actor, said: Sequence[SaidExtra]) -> list[ExtraRow]:
    """Each item once, in millionths of its stock unit, with every reason given for it."""
    found = items.find_each(actor, {f"lines.{n}.item": line.item for n, line in enumerate(said)})
    units = items.units_of_each(actor, {item.id: item for item in found.values()}.values())
    rows: dict[UUID, ExtraRow] = {}
    for n, line in enumerate(said):
        item = found[f"lines.{n}.item"]
        micro = unit_conversion.to_stock_unit(line.quantity, units[item.id], field=f"lines.{n}.quantity")
        if micro <= 0:
            raise Invalid.field(f"lines.{n}.quantity", "Must be above zero.")
        ref = ItemRef(item.id, item.code, item.name, item.unit, item.tracked)
        known = rows.get(item.id) or ExtraRow(None, ref, 0, "")
        reasons = "; ".join(filter(None, [known.reason, line.reason]))
        rows[item.id] = replace(known, quantity=known.quantity + micro, reason=reasons)
    return list(rows.values())


def _write_start(actor: Actor, header: Header) -> None:
    said = {"status": header.status, "started_at": header.started_at, "cost_method": header.cost_method}
    _STARTED.write({"o": actor.organization_id, "batch": header.id, **said})


_STARTED = Prepared(
    sa.update(Batch)
    .where(Batch.organization_id == sa.bindparam("o"), Batch.id == sa.bindparam("batch"))
    .values({name: sa.bindparam(name) for name in ("status", "started_at", "cost_method")})
)


def _write_lines(actor: Actor, header: Header, rows: list[LineRow]) -> None:
    if rows:
        asked = {"o": actor.organization_id, "batch": header.id}
        execute(
            _CHANGE_LINE,
            [{**asked, "item": row.item.id, "s": row.skipped, "n": row.needed, "u": row.unit} for row in rows],
        )


_CHANGE_LINE = (
    sa.update(BatchLine)
    .where(BatchLine.organization_id == sa.bindparam("o"), BatchLine.batch_id == sa.bindparam("batch"))
    .where(BatchLine.item_id == sa.bindparam("item"))
    .values(skipped=sa.bindparam("s"), needed=sa.bindparam("n"), unit=sa.bindparam("u"))
)


def _write_extras(actor: Actor, header: Header, rows: list[ExtraRow]) -> None:
    now = clock.now()
    execute(
        sa.insert(BatchExtra),
        [
            {
                "organization_id": actor.organization_id,
                "id": ids.uuid7(),
                "batch_id": header.id,
                "posting_id": row.posting_id,
                "item_id": row.item.id,
                "quantity": row.quantity,
                "reason": row.reason,
                "created_at": now,
            }
            for row in rows
        ],
    )

"""What the product answered beside what the model foretold."""

from typing import Any

from app.inventory.services import adjustment
from app.inventory.services.adjustment import Posted
from app.kernel import numbers
from app.kernel.errors import BatchTrackError
from tests.ledger.model import Entry, Line, Refused


def compare(posted: list[Posted], wanted: list[Entry]) -> None:
    """The same lines over the same lots at the same costs; the model learns the ids that were given."""
    assert len(posted) == len(wanted)
    for made, entry in zip(posted, wanted, strict=True):
        for line, move in zip(made.lines, entry.lines, strict=True):
            if move.lot and move.lot.id is None:
                move.lot.id = line.lot_id
            move.id = line.id
        assert (made.kind, made.business_date, [_said(line) for line in made.lines]) == (
            entry.kind,
            entry.day,
            [_foretold(line) for line in entry.lines],
        )
        entry.id = made.id


def _said(line: adjustment.PostedLine) -> tuple[Any, ...]:
    return line.item.id, line.lot_id, line.quantity, line.cost, line.pinned, line.reverses


def _foretold(line: Line) -> tuple[Any, ...]:
    return line.item, line.lot and line.lot.id, line.quantity, line.cost, line.pinned, line.of and line.of.id


def compare_refusal(error: BatchTrackError, refusal: Refused | None) -> None:
    """The same code and the same figures."""
    assert refusal, f"refused, but the model allows it: {error.code} {error.detail} {error.details}"
    assert error.code == refusal.code, f"{error.code} {error.detail}, but the model says {refusal.code}"
    said = error.details["shortages"][0] if error.code == "insufficient_stock" else error.details
    assert {name: said[name] for name in refusal.facts} == {
        name: numbers.plain(figure) for name, figure in refusal.facts.items()
    }

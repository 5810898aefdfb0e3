"""Every worked example of docs/domain/ledger.md and fifo.md is acted out, and what they list is what there is."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from app.inventory.models.kinds import KINDS, Takes
from app.inventory.services import chain, proof
from app.inventory.services.adjustment import Posted
from app.kernel import clock
from app.kernel.errors import BatchTrackError
from tests.ledger.workshop import Workshop, at_noon, taken
from tests.planted.bugs import BUGS

ROOT = Path(__file__).parents[2]
DOMAIN = ROOT / "docs" / "domain"
HEADING = "| What happens | Taken | Left |"
BEGINNING = date(2026, 1, 31)


def tables(page: str, heading: str) -> Iterator[list[list[str]]]:
    """The rows of each table with that heading, cells without their backticks."""
    for block in (DOMAIN / page).read_text(encoding="utf-8").split(heading + "\n")[1:]:
        lines = block.split("\n\n")[0].splitlines()[1:]
        yield [
            [cell.strip(" `") for cell in line.strip().removeprefix("|").removesuffix("|").split("|")] for line in lines
        ]


STORIES = {
    f"{page} {number}": story
    for page in ("fifo.md", "ledger.md")
    for number, story in enumerate(tables(page, HEADING), start=1)
}


class Stage:
    """Acts out a story about one item."""

    def __init__(self, shop: Workshop) -> None:
        self.shop, self.item, self.today = shop, shop.item(), BEGINNING
        self.steps: list[Posted | None] = []
        self.lots: list[Posted] = []
        self.verbs: dict[str, Callable[[str], Posted | None]] = {
            "count": self._count,
            "hold": self._hold,
            "receive": self._receive,
            "release": self._release,
            "spoil": self._use,
            "take": self._take,
            "today": self._today,
            "use": self._use,
        }

    def act(self, said: str) -> str:
        """Do what one line says; gives the cell `Taken`."""
        verb = said.split(maxsplit=1)[0]
        with clock.set_to(at_noon(self.today)):
            try:
                posted = self.verbs[verb](said)
            except BatchTrackError as refusal:
                self.steps.append(None)
                return f"refused: {refusal.code}"
        self.steps.append(posted)
        if verb == "count" and posted is None:
            return "unchanged"
        return ", ".join(f"{quantity} for {cost}" for quantity, cost in taken(posted)) if posted else ""

    def left(self) -> str:
        return "{} for {}".format(*self.shop.stock(self.item))

    def _today(self, said: str) -> None:
        self.today = date.fromisoformat(said.rsplit(maxsplit=1)[-1])

    def _receive(self, said: str) -> Posted:
        matched = re.fullmatch(r"receive (\S+) (at|for) (\S+) on (\S+)( good through (\S+))?", said)
        assert matched, said
        quantity, how, cost, day, _, good = matched.groups()
        costs = {"unit_cost": cost} if how == "at" else {"total": cost}
        on = date.fromisoformat(day)
        self.today = max(self.today, on)
        with clock.set_to(at_noon(self.today)):
            expires_on = date.fromisoformat(good) if good else None
            posted = self.shop.receive(self.item, quantity, on=on, expires_on=expires_on, **costs)
        self.lots.append(posted)
        return posted

    def _use(self, said: str) -> Posted:
        matched = re.fullmatch(r"(use|spoil) (\S+)( from lot (\d+))?( on (\S+))?", said)
        assert matched, said
        kind, quantity, _, lot, _, day = matched.groups()
        lot_id = self.lots[int(lot) - 1].lines[0].lot_id if lot else None
        return self.shop.issue(self.item, quantity, kind, lot_id=lot_id, on=date.fromisoformat(day) if day else None)

    def _count(self, said: str) -> Posted | None:
        return self.shop.count(self.item, said.split()[1])

    def _hold(self, said: str) -> None:
        self.shop.hold(self.lots[int(said.rsplit(maxsplit=1)[-1]) - 1])

    def _release(self, said: str) -> None:
        self.shop.release(self.lots[int(said.rsplit(maxsplit=1)[-1]) - 1])

    def _take(self, said: str) -> Posted:
        matched = re.fullmatch(r"take back ((\S+) of )?step (\d+)", said)
        assert matched, said
        _, part, step = matched.groups()
        posted = self.steps[int(step) - 1]
        assert posted, f"step {step} of the story posted nothing"
        return self.shop.reverse(posted, *([(1, part)] if part else []))


@pytest.mark.parametrize("story", STORIES)
def test_the_story_goes_as_the_page_says(shop: Workshop, story: str) -> None:
    stage = Stage(shop)

    acted = [(said, stage.act(said), stage.left()) for said, _, _ in STORIES[story]]

    assert acted == [tuple(row) for row in STORIES[story]]
    assert shop.look(lambda: proof.prove(shop.actor.organization_id)).ok


def test_the_pages_have_not_lost_their_stories() -> None:
    assert len(STORIES) >= 12
    assert sum(len(story) for story in STORIES.values()) >= 55


def test_the_page_lists_every_kind() -> None:
    (listed,) = tables("ledger.md", "| Kind | Number | May take |")

    assert {row[0]: (row[1], row[2]) for row in listed} == {
        name: (kind.prefix, "" if kind.takes is Takes.NONE else str(kind.takes)) for name, kind in KINDS.items()
    }


def test_the_page_says_what_the_hash_covers() -> None:
    (listed,) = tables("ledger.md", "| Part | Values |")

    assert {row[0]: tuple(row[1].split(", ")) for row in listed} == {
        "posting": chain.POSTING_FIELDS,
        "lots": chain.LOT_FIELDS,
        "movements": chain.MOVEMENT_FIELDS,
        "changes": chain.CHANGE_FIELDS,
    }


def test_the_page_explains_every_finding() -> None:
    (listed,) = tables("ledger.md", "| Finding | Means |")
    explained = {name.strip(" `") for row in listed for name in row[0].split(",")}
    code = "".join(file.read_text(encoding="utf-8") for file in Path(proof.__file__).parent.glob("*.py"))

    assert explained == set(re.findall(r'proof\.find\(\s*"(\w+)"', code))


def test_every_source_that_the_code_names_is_a_heading() -> None:
    named = [
        (file, page, heading)
        for file in (ROOT / "app").rglob("*.py")
        for page, heading in re.findall(
            r'source: (docs/domain/\w+\.md)(?:, "([^"]+)")?', file.read_text(encoding="utf-8")
        )
    ]

    missing = [
        f"{file.name}: {page} {heading}"
        for file, page, heading in named
        if not (ROOT / page).exists() or (heading and f"# {heading}\n" not in (ROOT / page).read_text(encoding="utf-8"))
    ]
    assert named
    assert missing == []


def test_the_list_of_planted_bugs_is_complete() -> None:
    page = (ROOT / "docs" / "planted-bugs.md").read_text(encoding="utf-8")

    assert [bug.name for bug in BUGS if f"| {bug.name} | `{bug.killer}` |" not in page] == []
    assert len(BUGS) >= 28

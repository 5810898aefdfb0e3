"""Every worked example of docs/domain/batches.md is true; its table of states is tried in test_cases_batches.py."""

from pathlib import Path

import pytest

from app.production.services import states
from tests.recipes.workshop import Workshop, of

PAGE = Path(__file__).parents[2] / "docs" / "domain" / "batches.md"
HEADING = "| Material | In stock | One making takes | One making gives | Scale | Made | Lost | Cost | Each | Yield |"


LABELS = PAGE.with_name("labels.md")


def table(first_row: str, page: Path = PAGE) -> list[list[str]]:
    """The rows of the table whose heading is `first_row`."""
    block = page.read_text(encoding="utf-8").split(first_row + "\n")[1].split("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        for line in block.splitlines()[1:]
    ]


EXAMPLES = table(HEADING)
TRANSITIONS = table("| From | By | To | What happens to stock |")


@pytest.mark.parametrize("row", EXAMPLES)
def test_a_batch_costs_and_yields_what_the_page_says(shop: Workshop, row: list[str]) -> None:
    name, stock, takes, gives, scale, made, lost, cost, each, percent = row
    (held, unit, _, worth), (amount, amount_unit) = stock.split(), takes.split()
    item = shop.item(name, unit)
    shop.receive(item, held, total_cost=worth)
    output, output_unit = gives.split()
    recipe = shop.recipe("Thing", ("Thing made", output, output_unit), of(item, amount, amount_unit))

    batch = shop.plan(recipe, scale)
    shop.do(batch, "start")
    body = {"outputs": [{"quantity": made}]} if made else {}
    done = shop.do(batch, "finish", body | ({"loss": {"quantity": lost, "category": "broken"}} if lost else {}))

    assert (done["total_cost"], done["unit_cost"], done["yield_percent"]) == (cost, each or None, percent)
    assert [output["cost"] for output in done["outputs"]] == ([cost] if each else [])


def test_the_page_names_every_state() -> None:
    named = {cell for row in TRANSITIONS for cell in (row[0], row[2])}
    assert named == {
        states.PLANNED,
        states.IN_PROGRESS,
        states.COMPLETED,
        states.FAILED,
        states.CANCELLED,
        states.REVERSED,
    }


def test_the_page_has_not_lost_its_examples() -> None:
    assert len(EXAMPLES) >= 6

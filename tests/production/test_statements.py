"""How many statements a start costs, whatever the recipe: counted from SET LOCAL to the stored answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from app.platform.database import db
from tests.inventory.storeroom import Body
from tests.recipes.workshop import Workshop, of

MOST = 14


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """What is sent to the database inside the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(" ".join(statement.split()))

    with app.app_context():
        engine: sa.Engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def of_the_command(sent: list[str]) -> list[str]:
    """From the beginning of the command's transaction, which is just before its row, to its answer."""
    begin = next(n for n, said in enumerate(sent) if said.startswith("INSERT INTO commands")) - 1
    end = next(n for n, said in enumerate(sent) if said.startswith("UPDATE commands"))
    assert sent[begin].startswith(("SET LOCAL app.organization_id", "BEGIN IMMEDIATE"))
    return sent[begin : end + 1]


@pytest.mark.parametrize("levels", [1, 3])
def test_a_start_with_eight_materials_takes_at_most_fourteen_statements(
    app: Flask, shop: Workshop, levels: int
) -> None:
    items = [shop.item(f"Material {n}", "g") for n in range(8)]
    for item in items:
        shop.receive(item, "10")
        shop.receive(item, "100")
    recipe: Body = shop.recipe("Level 1", ("Thing 1", "1", "each"), *(of(item, "15") for item in items))
    for level in range(2, levels + 1):
        recipe = shop.recipe(f"Level {level}", (f"Thing {level}", "1", "each"), of(recipe, "1"))
    batch = shop.plan(recipe)
    with counted(app) as sent:
        shop.do(batch, "start")
    statements = of_the_command(sent)
    assert len(statements) <= MOST, "\n".join(said[:120] for said in statements)


def test_a_list_of_batches_takes_the_same_statements_however_long(app: Flask, shop: Workshop) -> None:
    oats = shop.item("Oats", "g")
    shop.receive(oats, "100")
    recipe = shop.recipe("Bar", ("Bar", "1", "each"), of(oats, "1"))
    lengths = []
    for _ in range(2):
        shop.make(recipe)
        shop.make(recipe)
        with counted(app) as sent:
            assert shop.api.get("/batches").status_code == 200
        lengths.append(len(sent))
    assert lengths[0] == lengths[1]

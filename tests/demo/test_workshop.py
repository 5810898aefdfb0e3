"""The demo workshop as a person finds it, and the same twice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.catalog.models import Item, Supplier
from app.demo.services import days
from app.inventory.models import StockMovement, StockPosting
from app.kernel import clock
from app.platform.database import db, execute, table
from app.production.models import Batch
from app.recipes.models import Recipe
from tests.databases import Databases, application, dispose

NOVEMBER_20 = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def _count(statement: sa.Select[int]) -> int:
    return int(execute(statement).scalar_one())


@pytest.mark.heavy
def test_ninety_days_are_behind_it(fresh_app: Flask) -> None:
    with fresh_app.app_context():
        with clock.set_to(NOVEMBER_20):
            lived = days.live("amber-clay-rye-1234")
        count = sa.select(sa.func.count())

        assert _count(count.select_from(table(Supplier))) == 6
        assert _count(count.select_from(table(Item)).where(Item.type.in_(["ingredient", "packaging"]))) == 59
        assert _count(count.select_from(table(Recipe)).where(Recipe.kind == "production")) == 12
        assert 90 <= _count(count.select_from(table(Batch))) <= 130
        kinds = set(execute(sa.select(StockPosting.kind).distinct()).scalars())
        assert kinds >= {"opening", "receipt", "production", "sale", "count", "tester", "spoil", "reversal", "hold"}
        assert lived.days >= 90
        db.session.rollback()


@pytest.mark.heavy
def test_the_same_date_gives_the_same_books(databases: Databases, tmp_path: Path) -> None:
    lived = []
    for name in ("one", "two"):
        app = application(databases.fresh("sqlite"), tmp_path / name)
        with app.app_context(), clock.set_to(NOVEMBER_20):
            days.live("amber-clay-rye-1234")
            columns = [StockMovement.line, StockMovement.quantity, StockMovement.cost, StockPosting.kind]
            joined = sa.select(*columns, StockPosting.recorded_at).join(
                StockPosting, StockPosting.id == StockMovement.posting_id
            )
            lived.append([tuple(row) for row in execute(joined.order_by(StockPosting.sequence, StockMovement.line))])
            db.session.rollback()
        dispose(app)

    assert lived[0] == lived[1]

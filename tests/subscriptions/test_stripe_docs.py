"""Every row of the table in docs/domain/billing.md is true, of the plan and of what the page says."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from app.identity.services.organizations import OrganizationFacts
from app.subscriptions.models import Subscription
from app.subscriptions.services import plans
from app.subscriptions.services.plans import Standing
from app.subscriptions.views import billing_words

PAGE = Path(__file__).parents[2] / "docs" / "domain" / "billing.md"
HEADING = "| Status | Ends | Free chosen | Plan | Can write | The page says |"
NOW, LATER = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC)


def rows() -> list[list[str]]:
    """The cells of the table."""
    block = PAGE.read_text(encoding="utf-8").split(HEADING + "\n")[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()[1:]]


@pytest.mark.parametrize("row", rows(), ids=" ".join)
def test_what_follows_is_what_the_page_says(row: list[str]) -> None:
    status, ends, free, plan, writes, tag = row
    paid = Subscription(
        status=None if status == "nothing" else status,
        tier=None if status == "nothing" else "team",
        period="monthly",
        period_ends_at=LATER,
        trial_ends_at=LATER,
        cancels_at=LATER if ends == "yes" else None,
        then_free=free == "yes",
    )
    follows = plans.standing(paid, NOW)
    assert follows == Standing(plan, read_only=writes == "no")

    house = OrganizationFacts(
        UUID(int=1), "fern", "Fern", "UTC", "USD", "en", follows.tier, NOW, read_only=follows.read_only
    )
    stands = billing_words.stands(house, paid, NOW)
    assert stands.tag == tag
    assert stands.owes is (plan != "free" and status in {"past_due", "paused", "unpaid"})


def test_every_status_of_stripe_is_in_the_table() -> None:
    known = {"active", "canceled", "incomplete", "past_due", "paused", "trialing", "unpaid"}
    assert {row[0] for row in rows()} == known | {"nothing"}

"""Subscriptions

Why:    what an organization pays for as Stripe last said, which events were handled, what a smaller plan put aside
Locks:  nothing that exists
Before: the previous release keeps working; it knows nothing of this
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_12"
down_revision = "2026_11_20_11"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "subscriptions",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column(
            "version", types.Micro, nullable=False, comment="one more with each change: a change claims the next"
        ),
        sa.Column("stripe_customer_id", types.Text, nullable=True),
        sa.Column("stripe_subscription_id", types.Text, nullable=True),
        sa.Column(
            "status", types.Text, nullable=True, comment="Stripe's: trialing, active, past_due, unpaid, canceled ..."
        ),
        sa.Column("tier", types.Text, nullable=True, comment="which plan is paid for"),
        sa.Column("period", types.Text, nullable=True, comment="monthly or yearly"),
        sa.Column("period_ends_at", types.Instant(), nullable=True),
        sa.Column("trial_ends_at", types.Instant(), nullable=True),
        sa.Column("cancels_at", types.Instant(), nullable=True, comment="it was cancelled and ends then"),
        sa.Column("trial_used", types.Flag(), nullable=False),
        sa.Column(
            "then_free", types.Flag(), nullable=False, comment="the owner chose Free for when it ends, else it lapses"
        ),
        sa.Column(
            "kept_for", types.Text, nullable=True, comment="the smaller plan for which the owner chose what stays"
        ),
        sa.Column("kept", types.Text, nullable=True, comment="what should stay active then: ids, separated by spaces"),
        sa.Column("comped_tier", types.Text, nullable=True, comment="given by a developer user, whatever Stripe says"),
        sa.Column("comped_until", types.Instant(), nullable=True, comment="null: without an end"),
        sa.Column("synced_at", types.Instant(), nullable=True, comment="when Stripe was last asked"),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_subscriptions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("organization_id", name=op.f("uq_subscriptions_organization_id")),
        sqlite_strict=True,
    )
    op.create_table(
        "plan_archives",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column(
            "thing_kind", types.Text, nullable=False, comment="the limit that counts it: products, recipes, users"
        ),
        sa.Column("thing_id", types.Id(), nullable=False),
        sa.Column("archived_at", types.Instant(), nullable=False),
        sa.Column("restored_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_plan_archives_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_plan_archives")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_plan_archives_organization_id_thing_kind"),
        "plan_archives",
        ["organization_id", "thing_kind"],
        unique=False,
    )
    op.create_table(
        "stripe_events",
        sa.Column("id", types.Text, nullable=False, comment="Stripe's: evt_..."),
        sa.Column("type", types.Text, nullable=False),
        sa.Column("handled_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_events")),
        sqlite_strict=True,
    )
    guards.grant("stripe_events", "SELECT, INSERT, UPDATE, DELETE")
    guards.protect("subscriptions", "plan_archives")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("stripe_events")
    op.drop_table("plan_archives")
    op.drop_table("subscriptions")

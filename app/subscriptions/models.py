"""Tables of plans: what an organization subscribes to, what Stripe told, what a smaller plan put aside."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.database import Base
from app.platform.tenancy import Owned
from app.platform.types import Flag, Id, Instant, Micro, Text


class Subscription(Owned, Base):
    """What an organization pays for, as Stripe last said, and what it was given without paying. One at most."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.UniqueConstraint("organization_id"),
    )

    version: Mapped[int] = mapped_column(Micro, comment="one more with each change: a change claims the next")
    stripe_customer_id: Mapped[str | None] = mapped_column(Text)
    stripe_subscription_id: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(
        Text, comment="Stripe's: trialing, active, past_due, unpaid, canceled ..."
    )
    tier: Mapped[str | None] = mapped_column(Text, comment="which plan is paid for")
    period: Mapped[str | None] = mapped_column(Text, comment="monthly or yearly")
    period_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    trial_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    cancels_at: Mapped[datetime | None] = mapped_column(Instant, comment="it was cancelled and ends then")
    trial_used: Mapped[bool] = mapped_column(Flag)
    then_free: Mapped[bool] = mapped_column(Flag, comment="the owner chose Free for when it ends, else it lapses")
    kept_for: Mapped[str | None] = mapped_column(Text, comment="the smaller plan for which the owner chose what stays")
    kept: Mapped[str | None] = mapped_column(Text, comment="what should stay active then: ids, separated by spaces")
    comped_tier: Mapped[str | None] = mapped_column(Text, comment="given by a developer user, whatever Stripe says")
    comped_until: Mapped[datetime | None] = mapped_column(Instant, comment="null: without an end")
    synced_at: Mapped[datetime | None] = mapped_column(Instant, comment="when Stripe was last asked")


class PlanArchive(Owned, Base):
    """A thing that a smaller plan put aside. It comes back when there is room again."""

    __tablename__ = "plan_archives"
    __table_args__ = (
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"]),
        sa.Index(None, "organization_id", "thing_kind"),
    )

    thing_kind: Mapped[str] = mapped_column(Text, comment="the limit that counts it: products, recipes, users")
    thing_id: Mapped[UUID] = mapped_column(Id)
    archived_at: Mapped[datetime] = mapped_column(Instant)
    restored_at: Mapped[datetime | None] = mapped_column(Instant)


class StripeEvent(Base):
    """An event of Stripe's that was handled: never again."""

    __tablename__ = "stripe_events"

    id: Mapped[str] = mapped_column(Text, primary_key=True, comment="Stripe's: evt_...")
    type: Mapped[str] = mapped_column(Text)
    handled_at: Mapped[datetime] = mapped_column(Instant)

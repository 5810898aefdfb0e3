"""Invitations and own roles

Why:    an owner invites people, makes roles of the organization's own, asks for second factors, closes
Locks:  organizations and api_tokens, for a moment (adds columns that may be null)
Before: the previous release keeps working; it knows nothing of this
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_10"
down_revision = "2026_11_20_09"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.add_column(
        "organizations",
        sa.Column("craft", types.Text, nullable=True, comment="what it makes: candles, cosmetics, food, other, soap"),
    )
    op.add_column(
        "organizations",
        sa.Column(
            "read_only_since",
            types.Instant(),
            nullable=True,
            comment="the plan lapsed: everything stays and can be read, nothing new is written",
        ),
    )
    op.add_column(
        "organizations",
        sa.Column("two_factor_since", types.Instant(), nullable=True, comment="members need a second factor"),
    )
    op.add_column(
        "organizations",
        sa.Column("closed_at", types.Instant(), nullable=True, comment="closed by its owner, who alone can enter"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", types.Id(), nullable=False, comment="the link is its signature"),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("email", types.Text, nullable=False),
        sa.Column("email_key", types.Text, nullable=False),
        sa.Column("role", types.Text, nullable=False, comment="name of a template, or id of an own role"),
        sa.Column("invited_by", types.Id(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("accepted_at", types.Instant(), nullable=True),
        sa.Column("accepted_by", types.Id(), nullable=True),
        sa.Column("withdrawn_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name=op.f("fk_invitations_accepted_by")),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_invitations_organization_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_invitations_email_key"), "invitations", ["email_key"], unique=False)
    op.create_index(op.f("ix_invitations_organization_id"), "invitations", ["organization_id"], unique=False)
    op.create_table(
        "own_roles",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("name_key", types.Text, nullable=False, comment="what names are compared by"),
        sa.Column("permissions", types.Text, nullable=False, comment="separated by spaces"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("archived_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_own_roles_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_own_roles")),
        sqlite_strict=True,
    )
    op.create_index(
        "uq_own_roles_live_name",
        "own_roles",
        ["organization_id", "name_key"],
        unique=True,
        postgresql_where=sa.text("archived_at IS NULL"),
        sqlite_where=sa.text("archived_at IS NULL"),
    )
    op.add_column(
        "api_tokens",
        sa.Column(
            "made_by_token",
            types.Id(),
            nullable=True,
            comment="the token with which it was made: revoked with it",
        ),
    )
    guards.grant("invitations", "SELECT, INSERT, UPDATE, DELETE")
    guards.protect("own_roles")


def downgrade() -> None:
    """Drop them."""
    op.drop_column("api_tokens", "made_by_token")
    op.drop_table("own_roles")
    op.drop_table("invitations")
    op.drop_column("organizations", "closed_at")
    op.drop_column("organizations", "two_factor_since")
    op.drop_column("organizations", "read_only_since")
    op.drop_column("organizations", "craft")

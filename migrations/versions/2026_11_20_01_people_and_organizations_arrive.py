"""People and organizations arrive

Why:    who signs in and where they belong; the application's role and the function that tells its organization
Locks:  nothing that exists
Before: the first release; nothing ran before it
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_01"
down_revision = None


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "organizations",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("slug", types.Text, nullable=False, comment="stands in URLs: /o/<slug>/"),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("time_zone", types.Text, nullable=False, comment="IANA name; business dates are days there"),
        sa.Column("currency", types.Text, nullable=False, comment="ISO 4217 code"),
        sa.Column("locale", types.Text, nullable=False, comment="how numbers and dates are written, e.g. en or de_DE"),
        sa.Column("cost_method", types.Text, server_default="fifo", nullable=False),
        sa.Column("tier", types.Text, server_default="exempt", nullable=False, comment="name in subscriptions' tiers"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.CheckConstraint("cost_method IN ('fifo', 'average')", name=op.f("ck_organizations_cost_method_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("slug", name=op.f("uq_organizations_slug")),
        sqlite_strict=True,
    )
    op.create_table(
        "people",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("email", types.Text, nullable=False, comment="as the person writes it"),
        sa.Column(
            "email_key", types.Text, nullable=False, comment="what emails are compared by: services.people.email_key"
        ),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("password_hash", types.Text, nullable=False, comment="Argon2id, with its parameters"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("deactivated_at", types.Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email_key", name=op.f("uq_people_email_key")),
        sqlite_strict=True,
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column(
            "email_key", types.Text, nullable=False, comment="of what was typed, whether or not it has an account"
        ),
        sa.Column("address", types.Text, nullable=False, comment="network address of the sender"),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("succeeded", types.Flag(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sign_in_attempts_address_at"), "sign_in_attempts", ["address", "at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempts_email_key_at"), "sign_in_attempts", ["email_key", "at"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("role", types.Text, nullable=False, comment="name of a role template"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("deactivated_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_memberships_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("organization_id", "person_id", name=op.f("pk_memberships")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.create_table(
        "sign_in_sessions",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("token_hash", types.Bytes, nullable=False, comment="SHA-256 of the cookie's 256-bit secret"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("last_seen_at", types.Instant(), nullable=False, comment="written at most every ten minutes"),
        sa.Column("expires_at", types.Instant(), nullable=False, comment="the absolute end"),
        sa.Column("ended_at", types.Instant(), nullable=True, comment="signed out"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_in_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sign_in_sessions_person_id"), "sign_in_sessions", ["person_id"], unique=False)
    op.create_table(
        "api_tokens",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("name", types.Text, nullable=False),
        sa.Column("secret_hash", types.Bytes, nullable=False, comment="SHA-256 of the 256-bit secret"),
        sa.Column(
            "scopes",
            types.Text,
            nullable=True,
            comment="permissions separated by spaces; null: all that the person may",
        ),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=True),
        sa.Column("revoked_at", types.Instant(), nullable=True),
        sa.Column("last_used_at", types.Instant(), nullable=True, comment="written at most once a day"),
        sa.ForeignKeyConstraint(
            ["organization_id", "person_id"],
            ["memberships.organization_id", "memberships.person_id"],
            name=op.f("fk_api_tokens_organization_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("organization_id", "secret_hash", name=op.f("uq_api_tokens_organization_id_secret_hash")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_api_tokens_organization_id_person_id"), "api_tokens", ["organization_id", "person_id"], unique=False
    )
    guards.make_role()
    guards.make_current_org()
    guards.grant("people", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("organizations", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("memberships", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("sign_in_sessions", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("sign_in_attempts", "SELECT, INSERT, UPDATE, DELETE")
    guards.protect("api_tokens")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("api_tokens")
    op.drop_table("sign_in_sessions")
    op.drop_table("memberships")
    op.drop_table("sign_in_attempts")
    op.drop_table("people")
    op.drop_table("organizations")
    guards.drop_current_org()

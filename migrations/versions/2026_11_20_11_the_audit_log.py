"""The audit log

Why:    who did what, and why, in a chain per organization that nobody can rewrite; visits of developer users
Locks:  organizations, for a moment (adds a trigger; one head for each)
Before: the previous release keeps working; it knows nothing of this
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_11"
down_revision = "2026_11_20_10"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.create_table(
        "audit_heads",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("sequence", types.Micro, nullable=False),
        sa.Column("hash", types.Bytes, nullable=False),
        sa.Column("lock_token", types.Micro, nullable=True, comment="never written: the column that a row lock needs"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_audit_heads_organization_id")),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_audit_heads")),
        sqlite_strict=True,
    )
    op.create_table(
        "audit_events",
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("sequence", types.Micro, nullable=False, comment="1, 2, 3 ... without gaps"),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=True, comment="null: no person, such as Stripe or the clock"),
        sa.Column("entry_point", types.Text, nullable=False, comment="web, api, cli, task, demo, stripe"),
        sa.Column("address", types.Text, nullable=True, comment="network address of the sender"),
        sa.Column("developer_access_id", types.Id(), nullable=True, comment="of a developer user's visit"),
        sa.Column("action", types.Text, nullable=False, comment="area.what: members.invited"),
        sa.Column("subject_kind", types.Text, nullable=False, comment="person, role, token, lot, posting, plan ..."),
        sa.Column("subject_id", types.Text, nullable=True),
        sa.Column("before", types.Text, nullable=True, comment="canonical JSON object"),
        sa.Column("after", types.Text, nullable=True, comment="canonical JSON object"),
        sa.Column("reason", types.Text, nullable=True),
        sa.Column("previous_hash", types.Bytes, nullable=False),
        sa.Column(
            "hash", types.Bytes, nullable=False, comment="SHA-256 of the previous one and this event's canonical JSON"
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_audit_events_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("organization_id", "sequence", name=op.f("uq_audit_events_organization_id_sequence")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_audit_events_organization_id_action"), "audit_events", ["organization_id", "action"], unique=False
    )
    op.create_table(
        "developers",
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_developers_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_developers")),
        sqlite_strict=True,
    )
    op.create_table(
        "developer_accesses",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=False, comment="a developer user then"),
        sa.Column("organization_id", types.Id(), nullable=False),
        sa.Column("reason", types.Text, nullable=False),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_developer_accesses_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_developer_accesses_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_developer_accesses")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_developer_accesses_organization_id"), "developer_accesses", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_developer_accesses_person_id"), "developer_accesses", ["person_id"], unique=False)
    guards.grant("developers", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("developer_accesses", "SELECT, INSERT, UPDATE, DELETE")
    op.execute(  # before the policies, which hold for the tables' owner too
        "INSERT INTO audit_heads (organization_id, sequence, hash) SELECT id, 0, "
        + ("decode(repeat('00', 32), 'hex')" if guards.dialect() == "postgresql" else "zeroblob(32)")
        + " FROM organizations"
    )
    guards.protect("audit_heads", "audit_events")
    guards.run_file("audit_guards")
    guards.append_only("audit_events")
    guards.append_only("audit_heads", updates=True)


def downgrade() -> None:
    """Drop them."""
    guards.drop_triggers(guards.AUDIT_TRIGGERS)
    guards.drop_functions(guards.AUDIT_FUNCTIONS)
    op.drop_table("developer_accesses")
    op.drop_table("developers")
    op.drop_table("audit_events")
    op.drop_table("audit_heads")

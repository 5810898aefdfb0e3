"""Samples can be erased

Why:    a newcomer plays in a sample workshop beside her own; a sample, and nothing else, is erased whole. The first
        steps that no other row tells of are kept: a label printed, a label scanned, a trace seen
Locks:  organizations, for a moment (adds columns and triggers); the append-only tables, to exchange one trigger each
Before: the previous release keeps working; whatever it makes is no sample
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_15"
down_revision = "2026_11_20_14"

_STEPS = {
    "first_printed_at": "when a label was first printed",
    "first_scanned_at": "when a member first opened a label's code",
    "first_traced_at": "when a trace was first looked at",
    "steps_aside_at": "the list of first steps was put aside",
}


def upgrade() -> None:
    """Add the columns and the table, and let samples go where nothing else does."""
    op.add_column(
        "organizations",
        sa.Column(
            "sample",
            types.Flag(),
            nullable=False,
            server_default=sa.false(),
            comment="made to play with; said when it is made, never changed",
        ),
    )
    op.add_column(
        "organizations",
        sa.Column("erasing_since", types.Instant(), nullable=True, comment="a sample that is being erased right now"),
    )
    for name, comment in _STEPS.items():
        op.add_column("organizations", sa.Column(name, types.Instant(), nullable=True, comment=comment))
    op.create_table(
        "sample_workshops",
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("beside_id", types.Id(), nullable=False, comment="the real organization that it was made from"),
        sa.Column("organization_id", types.Id(), nullable=True, comment="the sample; null before it is begun"),
        sa.Column("state", types.Text, nullable=False, comment="waiting, filling, ready, failed"),
        sa.Column("days_lived", types.Micro, nullable=False),
        sa.Column("days", types.Micro, nullable=False, comment="how many days its story has"),
        sa.Column("touched_at", types.Instant(), nullable=False, comment="when somebody last worked on it"),
        sa.Column("ends_at", types.Instant(), nullable=False, comment="it is erased then"),
        sa.CheckConstraint(
            "state IN ('waiting', 'filling', 'ready', 'failed')", name=op.f("ck_sample_workshops_state_known")
        ),
        sa.ForeignKeyConstraint(["beside_id"], ["organizations.id"], name=op.f("fk_sample_workshops_beside_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_sample_workshops_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sample_workshops_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_sample_workshops")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sample_workshops_organization_id"), "sample_workshops", ["organization_id"], unique=False)
    guards.grant("sample_workshops", "SELECT, INSERT, UPDATE, DELETE")
    guards.run_file("sample_guards")
    guards.stay(*guards.MOVABLE)
    guards.let_samples_go(*guards.NEVER_DELETED)


def downgrade() -> None:
    """Drop them, and keep everything again: samples stay as what they are then, organizations like others."""
    guards.keep_everything(*guards.NEVER_DELETED)
    guards.drop_triggers(guards.SAMPLE_TRIGGERS)
    guards.drop_functions(guards.SAMPLE_FUNCTIONS)
    op.drop_table("sample_workshops")
    for name in ("sample", "erasing_since", *_STEPS):
        op.drop_column("organizations", name)

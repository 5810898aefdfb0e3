"""Accounts that prove themselves

Why:    links in mails, second factors, passkeys, and what a browser was when it signed in
Locks:  people and sign_in_sessions, for a moment (adds columns that may be null)
Before: the previous release keeps working; it knows nothing of this
"""

import sqlalchemy as sa
from alembic import op

from app.platform import types
from migrations import guards

revision = "2026_11_20_09"
down_revision = "2026_11_20_08"


def upgrade() -> None:
    """Make the tables and protect them."""
    op.add_column(
        "people",
        sa.Column("email_verified_at", types.Instant(), nullable=True, comment="a link mailed to the email was opened"),
    )
    op.add_column(
        "sign_in_sessions",
        sa.Column(
            "confirmed_at",
            types.Instant(),
            nullable=True,
            comment="when the person last proved who they are; null: at created_at",
        ),
    )
    op.add_column(
        "sign_in_sessions", sa.Column("address", types.Text, nullable=True, comment="network address at sign-in")
    )
    op.add_column(
        "sign_in_sessions",
        sa.Column("browser", types.Text, nullable=True, comment="what the browser called itself at sign-in"),
    )
    op.create_table(
        "mail_links",
        sa.Column("id", types.Id(), nullable=False, comment="the link is its signature"),
        sa.Column("purpose", types.Text, nullable=False, comment="services.mail_links.Purpose"),
        sa.Column("person_id", types.Id(), nullable=True, comment="null: signing up"),
        sa.Column("email", types.Text, nullable=False, comment="to which it was mailed"),
        sa.Column(
            "details", types.Text, nullable=True, comment="JSON: what was typed, a password hashed; what it undoes"
        ),
        sa.Column(
            "password_stamp", types.Bytes, nullable=True, comment="SHA-256 of the password hash when it was made"
        ),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("used_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mail_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_links")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_mail_links_expires_at"), "mail_links", ["expires_at"], unique=False)
    op.create_index(op.f("ix_mail_links_person_id"), "mail_links", ["person_id"], unique=False)
    op.create_table(
        "sign_in_challenges",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column(
            "purpose",
            types.Text,
            nullable=False,
            comment="second_factor, passkey_sign_in, passkey_confirm, passkey_new",
        ),
        sa.Column("token_hash", types.Bytes, nullable=False, comment="SHA-256 of the secret that the browser holds"),
        sa.Column("person_id", types.Id(), nullable=True, comment="null: not known yet"),
        sa.Column("value", types.Bytes, nullable=True, comment="what a passkey must sign"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("used_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_in_challenges_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_challenges")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_challenges_token_hash")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_sign_in_challenges_expires_at"), "sign_in_challenges", ["expires_at"], unique=False)
    op.create_table(
        "authenticators",
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column(
            "secret", types.Bytes, nullable=False, comment="encrypted with a key made from the installation's secret"
        ),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("confirmed_at", types.Instant(), nullable=True),
        sa.Column("last_step", types.Micro, nullable=True, comment="the time step last used: no code works twice"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_authenticators_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_authenticators")),
        sqlite_strict=True,
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("code_hash", types.Bytes, nullable=False, comment="SHA-256 of the code and its person"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("used_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"], unique=False)
    op.create_table(
        "passkeys",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("person_id", types.Id(), nullable=False),
        sa.Column("credential_id", types.Bytes, nullable=False),
        sa.Column("public_key", types.Bytes, nullable=False, comment="COSE"),
        sa.Column("sign_count", types.Micro, nullable=False),
        sa.Column("transports", types.Text, nullable=False, comment="hints for the browser, separated by spaces"),
        sa.Column("name", types.Text, nullable=False, comment="the person's own word for it"),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("last_used_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"], unique=False)
    guards.grant("mail_links", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("sign_in_challenges", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("authenticators", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("recovery_codes", "SELECT, INSERT, UPDATE, DELETE")
    guards.grant("passkeys", "SELECT, INSERT, UPDATE, DELETE")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("passkeys")
    op.drop_table("recovery_codes")
    op.drop_table("authenticators")
    op.drop_table("sign_in_challenges")
    op.drop_table("mail_links")
    op.drop_column("sign_in_sessions", "browser")
    op.drop_column("sign_in_sessions", "address")
    op.drop_column("sign_in_sessions", "confirmed_at")
    op.drop_column("people", "email_verified_at")

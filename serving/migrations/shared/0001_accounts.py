"""Accounts, the host's written requests, what companies agreed to have counted, and the installation's log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.migrations import audit

revision = "0001_accounts"
down_revision = None

TABLES = (
    *("companies", "people", "links", "sessions", "keys", "grants"),
    *("disclosures", "disclosure_steps", "consents", "published", "snapshots", "audit_heads"),
)


def upgrade() -> None:
    _companies()
    _entrances()
    _rights()
    _disclosures()
    _overview()
    audit.create()
    op.create_table(
        "audit_heads",
        sa.Column("place", sa.String(60), primary_key=True),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    audit.drop()
    for table in reversed(TABLES):
        op.drop_table(table)


def _of_company(*, nullable: bool) -> sa.Column[str]:
    parent = sa.ForeignKey("companies.company_id", ondelete="CASCADE")
    return sa.Column("company_id", sa.String(40), parent, nullable=nullable)


def _of_person(*, nullable: bool) -> sa.Column[str]:
    parent = sa.ForeignKey("people.person_id", ondelete="CASCADE")
    return sa.Column("person_id", sa.String(40), parent, nullable=nullable)


def _companies() -> None:
    op.create_table(
        "companies",
        sa.Column("company_id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False, unique=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("stays_here", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(40), primary_key=True),
        _of_company(nullable=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("login", sa.String(120), unique=True),
        sa.Column("password", sa.Text),
        sa.Column("issuer", sa.String(255)),
        sa.Column("subject", sa.String(255)),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("revoked_at", sa.String(32)),
    )
    here = sa.text("revoked_at IS NULL")
    op.create_index("one_here", "people", ["issuer", "subject"], unique=True, sqlite_where=here, postgresql_where=here)
    op.create_index("ix_people_company_id", "people", ["company_id"])


def _entrances() -> None:
    op.create_table(
        "links",
        sa.Column("link", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(12), nullable=False),
        _of_company(nullable=True),
        _of_person(nullable=True),
        sa.Column("role", sa.String(12)),
        sa.Column("name", sa.String(80)),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.Column("used_at", sa.String(32)),
    )
    op.create_index("ix_links_company_id", "links", ["company_id"])
    op.create_table(
        "sessions",
        sa.Column("session", sa.String(64), primary_key=True),
        _of_person(nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])


def _rights() -> None:
    op.create_table(
        "keys",
        sa.Column("key_id", sa.String(40), primary_key=True),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        _of_company(nullable=True),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32)),
        sa.Column("revoked_at", sa.String(32)),
    )
    op.create_index("ix_keys_company_id", "keys", ["company_id"])
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.String(40), primary_key=True),
        _of_company(nullable=False),
        sa.Column("consultant", sa.String(40), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("expires_at", sa.String(32), nullable=False),
        sa.Column("withdrawn_at", sa.String(32)),
    )
    op.create_index("ix_grants_company_id", "grants", ["company_id"])
    op.create_index("ix_grants_consultant", "grants", ["consultant"])


def _disclosures() -> None:
    op.create_table(
        "disclosures",
        sa.Column("disclosure_id", sa.String(40), primary_key=True),
        sa.Column("company_id", sa.String(40), nullable=False),
        sa.Column("company_name", sa.String(120), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("paper", sa.JSON, nullable=False),
        sa.Column("document_id", sa.String(80)),
        sa.Column("scope", sa.Text),
        sa.Column("opens_at", sa.String(32)),
        sa.Column("closes_at", sa.String(32)),
        sa.Column("requested_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
    )
    op.create_index("ix_disclosures_company_id", "disclosures", ["company_id"])
    op.create_index("ix_disclosures_document_id", "disclosures", ["document_id"])
    parent = sa.ForeignKey("disclosures.disclosure_id", ondelete="CASCADE")
    op.create_table(
        "disclosure_steps",
        sa.Column("disclosure_id", sa.String(40), parent, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("step", sa.String(12), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("terms", sa.JSON, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
    )


def _overview() -> None:
    op.create_table(
        "consents",
        sa.Column("company_id", sa.String(40), primary_key=True),
        sa.Column("given_by", sa.String(80), nullable=False),
        sa.Column("given_at", sa.String(32), nullable=False),
    )
    op.create_table(
        "published",
        sa.Column("company_id", sa.String(40), primary_key=True),
        sa.Column("field", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("cells", sa.JSON, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
    )

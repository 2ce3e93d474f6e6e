"""The AAS servers that companies' data are read from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_aas_servers"
down_revision = "0001_accounts"


def upgrade() -> None:
    company = sa.ForeignKey("companies.company_id", ondelete="CASCADE")
    op.create_table(
        "aas_servers",
        sa.Column("server_id", sa.String(40), primary_key=True),
        sa.Column("company_id", sa.String(40), company, nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("every_minutes", sa.Integer, nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("fetched_at", sa.String(32)),
        sa.Column("reason", sa.String(40)),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("documents", sa.JSON, nullable=False),
        sa.UniqueConstraint("company_id", "url", name="one_url"),
    )
    op.create_index("ix_aas_servers_company_id", "aas_servers", ["company_id"])


def downgrade() -> None:
    op.drop_table("aas_servers")

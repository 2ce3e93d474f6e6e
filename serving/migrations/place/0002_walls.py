"""Documents that stay on this machine, and the company's log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from serving.migrations import audit

revision = "0002_walls"
down_revision = "0001_place"


def upgrade() -> None:
    op.add_column("documents", sa.Column("stays_here", sa.Boolean, nullable=False, server_default=sa.false()))
    audit.create()


def downgrade() -> None:
    audit.drop()
    op.drop_column("documents", "stays_here")

"""What readers tell of a section: its place on the page, its rows, the AAS element it states."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_knowledge"
down_revision = "0002_walls"


def upgrade() -> None:
    op.add_column("sections", sa.Column("header_rows", sa.Integer, nullable=False, server_default="1"))
    op.add_column("sections", sa.Column("first_row", sa.Integer, nullable=False, server_default="1"))
    op.add_column("sections", sa.Column("boxes", sa.JSON))
    op.add_column("sections", sa.Column("element", sa.JSON))


def downgrade() -> None:
    for column in ("element", "boxes", "first_row", "header_rows"):
        op.drop_column("sections", column)

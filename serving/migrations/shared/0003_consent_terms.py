"""Which facts a company agreed to publish: those that were named to it then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_consent_terms"
down_revision = "0002_aas_servers"


def upgrade() -> None:
    op.add_column("consents", sa.Column("terms", sa.Integer, nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("consents", "terms")

"""Which facts a company agreed to publish, what it stated then, and until when a published fact counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_consent_terms"
down_revision = "0002_aas_servers"


def upgrade() -> None:
    op.add_column("consents", sa.Column("terms", sa.Integer, nullable=False, server_default="1"))
    op.add_column("consents", sa.Column("stated", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("published", sa.Column("until", sa.String(10)))
    _keep_what_was_stated()


def downgrade() -> None:
    op.drop_column("published", "until")
    op.drop_column("consents", "stated")
    op.drop_column("consents", "terms")


def _keep_what_was_stated() -> None:
    """All that is published by now was stated at a consent: nothing was drawn from a case file before this revision."""
    consents = sa.table("consents", sa.column("company_id", sa.String), sa.column("stated", sa.JSON))
    published = sa.table("published", *(sa.column(name, sa.String) for name in ("company_id", "field", "value")))
    connection, stated = op.get_bind(), dict[str, dict[str, str]]()
    for row in connection.execute(sa.select(published)):
        stated.setdefault(row.company_id, {})[row.field] = row.value
    for company_id, facts in stated.items():
        connection.execute(consents.update().where(consents.c.company_id == company_id).values(stated=facts))

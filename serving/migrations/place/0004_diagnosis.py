"""The case file of a company: what was said, done and reached, entry by entry; and its diagnoses with their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_diagnosis"
down_revision = "0003_knowledge"


def upgrade() -> None:
    _case_entries()
    _diagnoses()


def downgrade() -> None:
    for table in ("diagnosis_asked", "diagnosis_answers", "diagnoses"):
        op.drop_table(table)
    op.drop_table("case_entries")


def _case_entries() -> None:
    op.create_table(
        "case_entries",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.String(40), nullable=False, unique=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
    )


def _diagnoses() -> None:
    op.create_table(
        "diagnoses",
        sa.Column("diagnosis_id", sa.String(40), primary_key=True),
        sa.Column("version", sa.String(20), nullable=False),
        sa.Column("depth", sa.String(10), nullable=False),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("started_by", sa.String(80), nullable=False),
        sa.Column("started_at", sa.String(32), nullable=False),
        sa.Column("touched_at", sa.String(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("finished_day", sa.String(10)),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("skipped", sa.JSON, nullable=False),
    )
    diagnosis = sa.ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE")
    op.create_table(
        "diagnosis_answers",
        sa.Column("diagnosis_id", sa.String(40), diagnosis, primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("by", sa.String(80), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "diagnosis_asked",
        sa.Column(
            "diagnosis_id", sa.String(40), sa.ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("person", sa.String(80), primary_key=True),
        sa.Column("item_id", sa.String(40), nullable=False),
        sa.Column("value", sa.String(40)),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("on_purpose", sa.Boolean, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )

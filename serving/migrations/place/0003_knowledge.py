"""What readers tell of a section: its place on the page, its rows, the AAS element it states. Files inside files, versions
of one work, drafts of an AAS.
"""

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
    op.add_column("documents", sa.Column("own", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("documents", sa.Column("taken_in", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("documents", sa.Column("work", sa.String))
    op.add_column("documents", sa.Column("lines", sa.JSON))
    op.create_index("ix_documents_work", "documents", ["work"])
    _attachments()
    _aas_drafts()
    _elements()
    op.add_column("embeddings", sa.Column("passage", sa.String(32)))
    op.create_index("ix_embeddings_passage", "embeddings", ["passage"])
    # Readers know more now, and read formats that were refused: every file is read anew. Vectors of passages that stay
    # as they are stay too.
    op.execute(sa.text("UPDATE documents SET taken_in = :yes WHERE status = 'indexed'").bindparams(yes=True))
    op.execute("UPDATE documents SET status = 'queued', chunks = 0, reason = NULL WHERE status <> 'deleting'")


def downgrade() -> None:
    op.drop_index("ix_embeddings_passage", "embeddings")
    op.drop_column("embeddings", "passage")
    op.drop_table("elements")
    op.drop_table("assets")
    op.drop_table("aas_drafts")
    op.drop_table("attachments")
    op.drop_index("ix_documents_work", "documents")
    for column in ("lines", "work", "taken_in", "own"):
        op.drop_column("documents", column)
    for column in ("element", "boxes", "first_row", "header_rows"):
        op.drop_column("sections", column)


def _attachments() -> None:
    document = sa.ForeignKey("documents.document_id", ondelete="CASCADE")
    op.create_table(
        "attachments",
        sa.Column("parent_id", sa.String, document, primary_key=True),
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("document_id", sa.String, sa.ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
    )
    op.create_index("ix_attachments_document_id", "attachments", ["document_id"])


def _aas_drafts() -> None:
    op.create_table(
        "aas_drafts",
        sa.Column("draft_id", sa.String(40), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("made_by", sa.String, nullable=False),
        sa.Column("made_at", sa.String(32), nullable=False),
        sa.Column("changed_by", sa.String, nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("draft", sa.JSON, nullable=False),
    )


def _elements() -> None:
    document = sa.ForeignKey("documents.document_id", ondelete="CASCADE")
    op.create_table(
        "assets",
        sa.Column("document_id", sa.String, document, primary_key=True),
        sa.Column("asset", sa.String, primary_key=True),
        sa.Column("known_as", sa.Text, nullable=False),
    )
    op.create_table(
        "elements",
        sa.Column(
            "document_id", sa.String, sa.ForeignKey("documents.document_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("asset", sa.String, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("id_short", sa.String, nullable=False),
        sa.Column("names", sa.Text, nullable=False),
        sa.Column("semantic_id", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("unit", sa.String, nullable=False),
        sa.Column("value_type", sa.String, nullable=False),
        sa.Column("submodel", sa.String, nullable=False),
    )

"""Documents, their chunks, and conversations. Homes older than revisions have these tables, without a revision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_place"
down_revision = None


def upgrade() -> None:
    _documents()
    _chunks()
    _conversations()


def downgrade() -> None:
    for table in ("turns", "conversations", "retrieval_meta", "embeddings", "chunks", "sections", "documents"):
        op.drop_table(table)


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String, primary_key=True),
        sa.Column("sha256", sa.String, nullable=False, unique=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("added_by", sa.String, nullable=False),
        sa.Column("added_at", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reason", sa.String),
        sa.Column("details", sa.JSON, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("reading", sa.JSON),
        if_not_exists=True,
    )
    op.create_index("ix_documents_status", "documents", ["status"], if_not_exists=True)
    op.create_table(
        "sections",
        sa.Column("document_id", sa.String, sa.ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("headings", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "ordinal"),
        if_not_exists=True,
    )


def _chunks() -> None:
    op.create_table(
        "chunks",
        sa.Column("chunk_id", sa.String(32), primary_key=True),
        sa.Column("document_id", sa.String(64), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("section", sa.Integer, nullable=False),
        sa.Column("locator", sa.Text, nullable=False),
        sa.Column("page", sa.Integer),
        sa.Column("headings", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_chunks_document_id", "chunks", ["document_id"], if_not_exists=True)
    op.create_table(
        "embeddings",
        sa.Column("chunk_id", sa.String(32), sa.ForeignKey("chunks.chunk_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("embedder", sa.String(128), nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_embeddings_embedder", "embeddings", ["embedder"], if_not_exists=True)
    op.create_table(
        "retrieval_meta",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("counter", sa.Integer, nullable=False),
        sa.Column("stamp", sa.String(16), nullable=False),
        if_not_exists=True,
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("conversation_id", sa.String, primary_key=True),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("created_at", sa.String, nullable=False),
        sa.Column("updated_at", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_conversations_person", "conversations", ["person"], if_not_exists=True)
    op.create_table(
        "turns",
        sa.Column("turn_id", sa.String, primary_key=True),
        sa.Column("conversation_id", sa.String, sa.ForeignKey("conversations.conversation_id", ondelete="CASCADE")),
        sa.Column("ordinal", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("reply", sa.JSON),
        sa.Column("rating", sa.Integer),
        sa.Column("comment", sa.Text),
        sa.Column("created_at", sa.String, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_turns_conversation_id", "turns", ["conversation_id"], if_not_exists=True)
    op.create_index("ix_turns_state", "turns", ["state"], if_not_exists=True)

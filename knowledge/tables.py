"""The tables of a place's documents."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

metadata = MetaData()
documents = Table(
    "documents",
    metadata,
    Column("document_id", String, primary_key=True),
    Column("sha256", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("added_by", String, nullable=False),
    Column("added_at", String, nullable=False),
    Column("status", String, nullable=False, index=True),
    Column("reason", String),
    Column("details", JSON, nullable=False, default=dict),
    Column("chunks", Integer, nullable=False, default=0),
    Column("reading", JSON),
    # 주관기업 LLM 전송 금지: nothing of this document goes to an engine that is not this machine's own.
    Column("stays_here", Boolean, nullable=False, default=False, server_default=false()),
    # Added for itself; else it is here only as a file inside another, and goes when that goes.
    Column("own", Boolean, nullable=False, default=True, server_default=true()),
    # It has been indexed whole before: cancelling what is done to it anew puts that off and takes nothing away.
    Column("taken_in", Boolean, nullable=False, default=False, server_default=false()),
    # Of which work it is a version, where it says so, and a sample of its lines: which documents stand on a day is told
    # from these.
    Column("work", String, index=True),
    Column("lines", JSON),
)
attachments = Table(
    "attachments",
    metadata,
    Column("parent_id", ForeignKey("documents.document_id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("document_id", ForeignKey("documents.document_id", ondelete="CASCADE"), nullable=False, index=True),
)
sections = Table(
    "sections",
    metadata,
    Column("document_id", ForeignKey("documents.document_id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("label", String, nullable=False),
    Column("page", Integer),
    Column("kind", String, nullable=False),
    Column("headings", JSON, nullable=False),
    Column("text", Text, nullable=False),
    Column("header_rows", Integer, nullable=False, default=1, server_default="1"),
    Column("first_row", Integer, nullable=False, default=1, server_default="1"),
    Column("boxes", JSON),
    Column("element", JSON),
)
assets = Table(
    "assets",
    metadata,
    Column("document_id", ForeignKey("documents.document_id", ondelete="CASCADE"), primary_key=True),
    Column("asset", String, primary_key=True),
    # What people call it, a name a line, written as `vocabulary.fold` makes them.
    Column("known_as", Text, nullable=False),
)
elements = Table(
    "elements",
    metadata,
    Column("document_id", ForeignKey("documents.document_id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("asset", String, nullable=False),
    Column("path", Text, nullable=False),
    Column("id_short", String, nullable=False),
    # Display names and those of its concept, a name a line.
    Column("names", Text, nullable=False),
    Column("semantic_id", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("unit", String, nullable=False),
    Column("value_type", String, nullable=False),
    Column("submodel", String, nullable=False),
)

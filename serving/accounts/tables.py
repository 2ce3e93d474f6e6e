"""Rows about companies and people, in the database all companies share. No document, question or answer is ever among them.

Times are UTC in ISO 8601, which sorts as text. Secrets (links, sessions, keys) are kept as their SHA-256 alone.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
companies = Table(
    "companies",
    metadata,
    Column("company_id", String(40), primary_key=True),
    Column("name", String(120), nullable=False, unique=True),
    Column("state", String(12), nullable=False, default="active"),
    # 주관기업 LLM 전송 금지: nothing of this company goes to an engine that is not this machine's own.
    Column("stays_here", Boolean, nullable=False, default=False),
    Column("created_at", String(32), nullable=False),
)
people = Table(
    "people",
    metadata,
    Column("person_id", String(40), primary_key=True),
    Column("company_id", ForeignKey("companies.company_id", ondelete="CASCADE"), index=True),
    Column("role", String(12), nullable=False),
    Column("name", String(80), nullable=False),
    Column("login", String(120), unique=True),
    Column("password", Text),  # an argon2 hash
    Column("issuer", String(255)),  # of OpenID Connect, with `subject` the person's name there
    Column("subject", String(255)),
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
)
_HERE = people.c.revoked_at.is_(None)
Index("one_here", people.c.issuer, people.c.subject, unique=True, sqlite_where=_HERE, postgresql_where=_HERE)
links = Table(
    "links",
    metadata,
    Column("link", String(64), primary_key=True),
    Column("purpose", String(12), nullable=False),  # `join` makes a person, `enter` signs one in
    Column("company_id", ForeignKey("companies.company_id", ondelete="CASCADE"), index=True),
    Column("person_id", ForeignKey("people.person_id", ondelete="CASCADE")),
    Column("role", String(12)),
    Column("name", String(80)),
    Column("made_by", String(40), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("used_at", String(32)),
)
sessions = Table(
    "sessions",
    metadata,
    Column("session", String(64), primary_key=True),
    Column("person_id", ForeignKey("people.person_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
)
keys = Table(
    "keys",
    metadata,
    Column("key_id", String(40), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("company_id", ForeignKey("companies.company_id", ondelete="CASCADE"), index=True),
    Column("role", String(12), nullable=False),
    Column("name", String(80), nullable=False),
    Column("reason", Text),  # of an operator's break-glass access
    Column("made_by", String(40), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32)),
    Column("revoked_at", String(32)),
)
grants = Table(
    "grants",
    metadata,
    Column("grant_id", String(40), primary_key=True),
    Column("company_id", ForeignKey("companies.company_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("consultant", String(40), nullable=False, index=True),  # a person's or a key's id
    Column("made_by", String(40), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("expires_at", String(32), nullable=False),
    Column("withdrawn_at", String(32)),
)
aas_servers = Table(
    "aas_servers",
    metadata,
    Column("server_id", String(40), primary_key=True),
    Column("company_id", ForeignKey("companies.company_id", ondelete="CASCADE"), nullable=False, index=True),
    Column("url", String(500), nullable=False),
    Column("every_minutes", Integer, nullable=False),
    Column("made_by", String(40), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("fetched_at", String(32)),
    Column("reason", String(40)),  # of `knowledge.text` or `serving.text`, where the last fetch failed
    Column("details", JSON, nullable=False),
    Column("documents", JSON, nullable=False),
    UniqueConstraint("company_id", "url", name="one_url"),
)

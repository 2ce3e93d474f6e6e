"""The tables of the diagnoses, in each company's place."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()
diagnoses = Table(
    "diagnoses",
    metadata,
    Column("diagnosis_id", String(40), primary_key=True),
    Column("version", String(20), nullable=False),
    Column("depth", String(10), nullable=False),
    Column("questions", Integer, nullable=False),
    Column("started_by", String(80), nullable=False),
    Column("started_at", String(32), nullable=False),
    Column("touched_at", String(32), nullable=False),
    Column("day", String(10), nullable=False),
    Column("finished_day", String(10)),
    Column("parts", JSON, nullable=False),
    Column("skipped", JSON, nullable=False),
)
diagnosis_answers = Table(
    "diagnosis_answers",
    metadata,
    Column("diagnosis_id", ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("item_id", String(40), nullable=False),
    Column("value", String(40), nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("why", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("origin", String(10), nullable=False),
    Column("by", String(80), nullable=False),
    Column("at", String(32), nullable=False),
)
diagnosis_asked = Table(
    "diagnosis_asked",
    metadata,
    Column("diagnosis_id", ForeignKey("diagnoses.diagnosis_id", ondelete="CASCADE"), primary_key=True),
    Column("person", String(80), primary_key=True),
    Column("item_id", String(40), nullable=False),
    Column("value", String(40)),
    Column("said", Text, nullable=False),
    Column("on_purpose", Boolean, nullable=False),
    Column("at", String(32), nullable=False),
)

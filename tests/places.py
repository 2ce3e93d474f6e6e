"""The tables of both kinds of database, as the code that uses them declares them."""

from __future__ import annotations

from sqlalchemy import Engine, MetaData

from assistant import casefile, records
from assistant.diagnosis import tables as diagnoses
from knowledge import tables as knowledge
from knowledge.aas import drafts
from retrieval import store
from serving import audit, disclosure, overview
from serving.accounts import tables

SHARED: list[MetaData] = [
    *(tables.metadata, audit.metadata, audit.anchor_metadata, disclosure.metadata, overview.metadata),
]
PLACE: list[MetaData] = [
    *(knowledge.metadata, drafts.metadata, store.TABLES, records.metadata, casefile.metadata, diagnoses.metadata),
    audit.metadata,
]


def made(engine: Engine) -> Engine:
    """The engine, its empty database now a place's."""
    for metadata in PLACE:
        metadata.create_all(engine)
    return engine

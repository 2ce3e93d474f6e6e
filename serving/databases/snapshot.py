"""A database as a file of JSON lines: what it is, its rows table by table, and how many there were."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any, TextIO

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    TableClause,
    column,
    insert,
    select,
    table,
)

from serving.databases.schema import VERSION_TABLE, Chain, known, upgrade
from serving.errors import ServingError

FORMAT = 1
_BATCH = 500

Line = dict[str, Any]


def write(connection: Connection, chain: Chain, file: Path) -> None:
    """All rows as the connection's transaction sees them. `file` must be new; only its owner may read it."""
    file.touch(mode=0o600, exist_ok=False)
    with file.open("w", encoding="utf-8") as out:
        rows = 0
        _say(out, {"giljabi": FORMAT, "database": chain, "revision": known(connection, chain)})
        for stored in _tables(connection):
            for row in _rows(connection, stored):
                _say(out, {"table": stored.name, "row": row})
                rows += 1
        _say(out, {"rows": rows})


def load(connection: Connection, chain: Chain, file: Path) -> None:
    """Make the tables as they were in an empty database, fill them, and bring them to the newest revision.

    All in the caller's transaction, which it must undo where this raises.
    """
    with file.open(encoding="utf-8") as lines:
        read = _read(lines)
        upgrade(connection, chain, _revision(next(read, {}), chain))
        stored = {each.name: each for each in _tables(connection)}
        rows, whole = 0, False
        for name, group in groupby(read, key=lambda line: line.get("table")):
            if whole or name not in {*stored, None}:
                raise ServingError("snapshot_broken")
            if name is None:
                whole = list(group) == [{"rows": rows}]
            else:
                rows += _fill(connection, stored[name], (line["row"] for line in group))
    if not whole:
        raise ServingError("snapshot_broken")


def _tables(connection: Connection) -> list[Table]:
    """As they are in the database, those referred to first: a snapshot of an older revision has older tables."""
    there = MetaData()
    there.reflect(connection)
    return [each for each in there.sorted_tables if each.name != VERSION_TABLE]


def _rows(connection: Connection, stored: Table) -> Iterator[Line]:
    query = select(_bare(stored)).order_by(*(column(each.name) for each in stored.primary_key))
    binary = _binary(stored)
    for row in connection.execution_options(yield_per=_BATCH).execute(query).mappings():
        yield {
            name: base64.b64encode(value).decode() if name in binary and value is not None else value
            for name, value in row.items()
        }


def _fill(connection: Connection, stored: Table, rows: Iterator[Line]) -> int:
    binary, count = _binary(stored), 0
    while batch := list(islice(rows, _BATCH)):
        for row in batch:
            row.update({name: base64.b64decode(row[name]) for name in binary if row[name] is not None})
        connection.execute(insert(_bare(stored)), batch)
        count += len(batch)
    return count


def _bare(stored: Table) -> TableClause:
    """The table without defaults, and with an absent JSON value as an absent one, not as JSON's null."""

    def bare(each: Column[Any]) -> Any:
        return column(each.name, JSON(none_as_null=True) if isinstance(each.type, JSON) else each.type)

    return table(stored.name, *(bare(each) for each in stored.columns))


def _binary(stored: Table) -> set[str]:
    return {each.name for each in stored.columns if isinstance(each.type, LargeBinary)}


def _say(out: TextIO, line: Line) -> None:
    out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _read(lines: TextIO) -> Iterator[Line]:
    for text in lines:
        try:
            line = json.loads(text)
        except ValueError as error:
            raise ServingError("snapshot_broken") from error
        if not isinstance(line, dict):
            raise ServingError("snapshot_broken")
        yield line


def _revision(header: Line, chain: Chain) -> str:
    if header.get("giljabi") != FORMAT or header.get("database") != chain:
        raise ServingError("snapshot_broken")
    revision = str(header.get("revision"))
    if revision not in chain.revisions:
        raise ServingError("database_newer", revision=revision)
    return revision

"""The instrument on the wire: what a face for people needs to name things, and where its dimensions come from."""

from __future__ import annotations

from typing_extensions import TypedDict

from knowledge.instrument import Choice, Cited, Dimension, Instrument
from knowledge.usecases import UseCases


class Named(TypedDict):
    id: str
    name: str


class WireSource(TypedDict):
    """`trust`: S, read at the source; S2, told by another."""

    title: str
    publisher: str | None
    date: str | None
    ref: str | None
    trust: str


class WireAbout(Named):
    """A dimension: what it asks about, its areas, and where it comes from."""

    about: str
    areas: list[Named]
    sources: list[WireSource]


class WireSector(Named):
    """`ksic`: the divisions of the Korean Standard Industrial Classification it stands for."""

    ksic: list[str]


class WireInstrument(TypedDict):
    version: str
    notice: str
    dimensions: list[WireAbout]
    goals: list[Named]
    losses: list[Named]
    sectors: list[WireSector]
    machines: list[Named]
    use_cases: list[Named]


def described(asked: Instrument, cases: UseCases) -> WireInstrument:
    frame = asked.frame
    return {
        "version": frame.version,
        "notice": frame.notice,
        "dimensions": [_dimension(each) for each in asked.dimensions],
        "goals": [_named(each) for each in frame.goals],
        "losses": [_named(each) for each in frame.losses],
        "sectors": [{**_named(each), "ksic": list(each.ksic)} for each in frame.sectors],
        "machines": [_named(each) for each in frame.machines],
        "use_cases": [{"id": case.id, "name": case.name} for case in cases.cases],
    }


def _named(choice: Choice) -> Named:
    return {"id": choice.id, "name": choice.name}


def _dimension(dimension: Dimension) -> WireAbout:
    return {
        "id": dimension.id,
        "name": dimension.name,
        "about": dimension.about,
        "areas": [{"id": area.id, "name": area.name} for area in dimension.areas],
        "sources": [_source(each) for each in dimension.sources],
    }


def _source(cited: Cited) -> WireSource:
    return {
        "title": cited.title,
        "publisher": cited.publisher,
        "date": cited.date.isoformat() if cited.date else None,
        "ref": cited.ref,
        "trust": cited.trust,
    }

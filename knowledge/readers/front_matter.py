"""YAML front matter of a Markdown file: our own library's, and that of Korean law texts (legalize-kr)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import yaml

from knowledge.document import Edition, Source
from knowledge.editions import LAW, law_work
from knowledge.errors import UnreadableError


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What the front matter says of the document; `lines` is how many lines it takes in the file."""

    title: str | None = None
    language: str | None = None
    kind: str = "document"
    sources: tuple[Source, ...] = ()
    edition: Edition | None = None
    fictional: bool = False
    metadata: dict[str, str] = field(default_factory=dict)


def split(text: str) -> tuple[FrontMatter, str]:
    """(front matter, the text after it). Raises UnreadableError where the YAML cannot be read."""
    if not text.startswith("---\n"):
        return FrontMatter(), text
    head, mark, body = text[4:].partition("\n---\n")
    if not mark:
        return FrontMatter(), text
    try:
        loaded = yaml.safe_load(head)
    except yaml.YAMLError as error:
        raise UnreadableError("front_matter") from error
    if not isinstance(loaded, dict):
        raise UnreadableError("front_matter")
    return (_law(loaded) if "법령ID" in loaded else _own(loaded)), body


def _law(data: dict[str, Any]) -> FrontMatter:
    title, url = str(data.get("제목", "")), data.get("출처")
    return FrontMatter(
        title=title,
        language="ko",
        kind="law",
        sources=(
            Source(
                title=title,
                publisher=", ".join(data.get("소관부처") or []) or None,
                published=_day(data.get("공포일자")),
                reference=str(url) if url else None,
                trust="S",
            ),
        ),
        edition=Edition(
            work=law_work(title),
            promulgated=_day(data.get("공포일자")),
            effective=_day(data.get("시행일자")),
            also=(f"{LAW}ID {data['법령ID']}",),
        ),
        metadata={"공포번호": str(data.get("공포번호", "")), "법령구분": str(data.get("법령구분", ""))},
    )


def _own(data: dict[str, Any]) -> FrontMatter:
    known = {"title", "lang", "kind", "sources", "fictional"}
    return FrontMatter(
        title=str(data["title"]) if data.get("title") else None,
        language=str(data["lang"]) if data.get("lang") else None,
        kind=str(data.get("kind", "document")),
        sources=tuple(_source(item) for item in data.get("sources") or [] if isinstance(item, dict)),
        fictional=bool(data.get("fictional", False)),
        metadata={key: str(value) for key, value in data.items() if key not in known and value is not None},
    )


def _source(item: dict[str, Any]) -> Source:
    trust = item.get("trust")
    return Source(
        title=str(item.get("title", "")),
        publisher=str(item["publisher"]) if item.get("publisher") else None,
        published=_day(item.get("date")),
        reference=str(item["ref"]) if item.get("ref") else None,
        trust=trust if trust in {"S", "S2"} else None,
    )


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None

"""Small documents, and a place to put them in."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, event

from knowledge.document import Document, Locator, Section
from retrieval.embedding import TextEmbedder
from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.store import TABLES, ChunkStore
from tests.fakes import WordEmbedder

ALARMS = "코드 | 뜻 | 조치\n" + "\n".join(
    f"E-{n} | 과열 {n}도 초과로 정지 | 냉각수 밸브를 확인하고 {n}초 뒤 재기동" for n in range(200, 240)
)


def document(
    title: str, *texts: str, kind: str = "prose", label: str = "본문", headings: tuple[str, ...] = ()
) -> Document:
    sections = tuple(
        Section(i, Locator(label, page=i + 1), text, headings, "table" if kind == "table" else "prose")
        for i, text in enumerate(texts)
    )
    return Document(title, "text/plain", sections)


FACTORY = document("자율형공장 안내", "자율형공장의 정부지원금은 2년 동안 최대 6억 원이다. 약 30개 과제를 뽑는다.")
ROBOT = document("제조로봇 안내", "제조로봇 사업은 최대 2.5억 원을 8개월 안에 지원한다.")
MANUAL = document("사출성형기 설명서", ALARMS, kind="table", label="표 1")
LAW = document(
    "하도급법", "원사업자는 수급사업자의 기술자료를 자기에게 제공하도록 요구하여서는 아니 된다.", label="제12조의3"
)


def embedder() -> TextEmbedder:
    return WordEmbedder()


def store(folder: Path) -> ChunkStore:
    folder.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{folder / 'place.db'}")
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=ON"))
    TABLES.create_all(engine)
    return ChunkStore(engine)


def place(folder: Path, tokenizer: Tokenizer, its: TextEmbedder | None = None) -> PlaceIndex:
    return PlaceIndex(folder / "indexes", store(folder), its or embedder(), tokenizer)

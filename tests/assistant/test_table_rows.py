from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assistant.evidence import analyse
from assistant.passages import Finder
from assistant.question import understand
from assistant.reply import citation
from retrieval.korean import Tokenizer
from retrieval.search import Place as SearchPlace
from retrieval.search import Searcher
from serving.databases.sqlite import open_database
from serving.place import Place
from tests.fakes import WordEmbedder
from tests.places import made

ALARMS = "코드,원인,조치\n" + "".join(f"E-{n},금형 온도 과열 {n},냉각수 밸브 {n}을 연다\n" for n in range(1, 9))


@pytest.fixture
def place(tmp_path: Path, tokenizer: Tokenizer) -> Iterator[Place]:
    opened = Place("acme", tmp_path, made(open_database(tmp_path / "place.db")), WordEmbedder(), tokenizer)
    entry, _ = opened.registry.add(ALARMS.encode(), "경보.csv", "kim")
    opened.ingest.process(entry.document_id)
    yield opened
    opened.close()


@pytest.mark.parametrize(("words", "locator"), [("E-7", "표 8행"), ("코드 | 원인", "표 1행")])
def test_what_is_quoted_of_a_table_is_cited_by_its_row(
    place: Place, tokenizer: Tokenizer, words: str, locator: str
) -> None:
    finder = Finder(Searcher([SearchPlace("acme", place.index)], WordEmbedder(), tokenizer), {"acme": place.registry})
    passages, _ = finder.find(understand("E-7 금형 온도 과열 조치는?", [], tokenizer, date(2026, 11, 23)))
    lines = [line for reading in analyse(passages, tokenizer) for line in reading.lines if line.text.startswith(words)]
    assert {citation((line,)).locator for line in lines} == {locator}

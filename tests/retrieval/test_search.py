from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.search import Fusion, Place, Searcher
from tests.retrieval.material import FACTORY, LAW, MANUAL, ROBOT, document, embedder, place

LIBRARY = {"f": FACTORY, "r": ROBOT, "l": LAW}
MEMO = document("설비 일지", "어제 E-218 알람을 보고 E-218 E-218 기록했다. 밸브를 확인했다.")
COMPANY = {"m": MANUAL, "memo": MEMO}
FUSION = Fusion(similarity=2.0)
"""The bag of words stands for an embedder; it deserves little weight."""


@pytest.fixture
def places(tmp_path: Path, tokenizer: Tokenizer) -> Iterator[list[Place]]:
    library, company = place(tmp_path / "library", tokenizer), place(tmp_path / "company", tokenizer)
    library.put({"f": FACTORY, "r": ROBOT, "l": LAW})
    company.put(
        {"m": MANUAL, "memo": document("설비 일지", "어제 E-218 알람을 보고 E-218 E-218 기록했다. 밸브를 확인했다.")}
    )
    yield [Place("library", library), Place("company", company)]
    library.close()
    company.close()


@pytest.fixture
def searcher(places: list[Place], tokenizer: Tokenizer) -> Searcher:
    return Searcher(places, embedder(), tokenizer, FUSION)


def test_the_passage_comes_with_its_place(searcher: Searcher) -> None:
    result = searcher.search("수급사업자의 기술자료를 요구해도 되나요?", k=3)
    best = result.hits[0]
    assert (best.document_id, best.place, best.locator, best.page) == ("l", "library", "제12조의3", 1)
    assert best.text == LAW.sections[0].text
    assert best.keyword > 0
    assert -1 <= best.similarity <= 1
    assert result.ms > 0
    assert [hit.rank for hit in result.hits] == [1, 2, 3]


@pytest.mark.parametrize("spelling", ["E-217", "e217", "E 217"])
def test_the_row_of_a_code_comes_first_with_its_header(searcher: Searcher, spelling: str) -> None:
    best = searcher.search(f"{spelling} 알람이 뜨면 밸브를 확인하고 기록하나요?", k=5).hits[0]
    assert best.document_id == "m"
    assert best.text.startswith("코드 | 뜻 | 조치\n")
    assert "\nE-217 | " in best.text
    assert best.locator.startswith("표 1 ")


def test_places_are_searched_together_and_no_other(
    searcher: Searcher, places: list[Place], tokenizer: Tokenizer
) -> None:
    assert {hit.place for hit in searcher.search("지원 알람 밸브", k=20).hits} == {"library", "company"}
    alone = Searcher(places[:1], embedder(), tokenizer, FUSION)
    assert {hit.place for hit in alone.search("지원 알람 밸브", k=20).hits} == {"library"}


def test_scores_do_not_depend_on_how_documents_are_spread(
    tmp_path: Path, tokenizer: Tokenizer, searcher: Searcher
) -> None:
    together = place(tmp_path / "together", tokenizer)
    together.put(LIBRARY | COMPANY)
    one = Searcher([Place("all", together)], embedder(), tokenizer, FUSION)
    joint, apart = (
        {hit.chunk_id: (hit.keyword, hit.score) for hit in each.search("최대 얼마를 지원하나요?", k=30).hits}
        for each in (one, searcher)
    )
    assert joint == apart
    assert any(keyword > 0 for keyword, _ in joint.values())
    together.close()


def test_the_same_text_is_shown_once(places: list[Place], searcher: Searcher) -> None:
    places[1].index.put({"copy": FACTORY})
    texts = [hit.text for hit in searcher.search("자율형공장 정부지원금", k=10).hits]
    assert len(texts) == len(set(texts))
    assert texts[0] == FACTORY.sections[0].text


def test_what_is_removed_is_not_found(places: list[Place], searcher: Searcher) -> None:
    places[0].index.store.remove("f")
    assert all(hit.document_id != "f" for hit in searcher.search("자율형공장 정부지원금", k=10).hits)


def test_no_documents_and_no_terms(tmp_path: Path, tokenizer: Tokenizer, searcher: Searcher) -> None:
    empty: PlaceIndex = place(tmp_path / "empty", tokenizer)
    assert Searcher([Place("empty", empty)], embedder(), tokenizer).search("무엇이든", k=3).hits == ()
    assert searcher.search("??", k=2).hits
    empty.close()


def test_weights_are_higher_for_rarer_terms(searcher: Searcher) -> None:
    weights = searcher.weights(("밸브", "기술자료", "없는말"))
    assert weights["없는말"] > weights["기술자료"] > weights["밸브"]

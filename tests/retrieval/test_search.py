from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from retrieval.errors import RerankerDownError
from retrieval.index import PlaceIndex
from retrieval.korean import Tokenizer
from retrieval.reranking import Scores
from retrieval.search import RERANKED, Fusion, Place, Searcher
from tests.fakes import WordEmbedder
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


class Reversing:
    """A reranker that finds the last text best, and keeps what it was asked."""

    def __init__(self, *, down: bool = False) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.down = down

    def scores(self, query: str, texts: Sequence[str]) -> Scores:
        self.asked.append((query, list(texts)))
        if self.down:
            raise RerankerDownError
        return np.arange(len(texts), dtype=np.float32)


def test_a_reranker_changes_the_order_and_nothing_else(
    places: list[Place], tokenizer: Tokenizer, searcher: Searcher
) -> None:
    query = "제조 사업은 최대 얼마를 지원하나요?"
    plain = searcher.search(query, k=50, hints="정부지원금").hits
    reranker = Reversing()
    reranked = Searcher(places, embedder(), tokenizer, FUSION, reranker).search(query, k=50, hints="정부지원금").hits
    assert [hit.chunk_id for hit in reranked] == [hit.chunk_id for hit in reversed(plain)]
    assert [hit.rank for hit in reranked] == [hit.rank for hit in plain]
    assert {hit.chunk_id: hit.score for hit in reranked} == {hit.chunk_id: hit.score for hit in plain}
    ((asked, texts),) = reranker.asked
    assert asked == query  # without the hints: they are not what the person asked
    assert "제조로봇 안내\n제조로봇 사업은 최대 2.5억 원을 8개월 안에 지원한다." in texts


def test_a_reranker_reads_the_best_only_and_lifts_them_into_a_short_list(tmp_path: Path, tokenizer: Tokenizer) -> None:
    many = place(tmp_path / "many", tokenizer)
    many.put({f"d{n}": document(f"점검 {n}", f"설비 점검 {n}번: " + "밸브를 본다. " * n) for n in range(RERANKED + 6)})
    places = [Place("many", many)]
    plain = [hit.chunk_id for hit in Searcher(places, embedder(), tokenizer, FUSION).search("밸브 점검", k=30).hits]
    reranker = Reversing()
    searcher = Searcher(places, embedder(), tokenizer, FUSION, reranker)
    reranked = [hit.chunk_id for hit in searcher.search("밸브 점검", k=30).hits]
    assert reranked == [*reversed(plain[:RERANKED]), *plain[RERANKED:]]
    assert [hit.chunk_id for hit in searcher.search("밸브 점검", k=2).hits] == reranked[:2]
    assert [len(texts) for _, texts in reranker.asked] == [RERANKED, RERANKED]
    many.close()


def test_a_reranker_does_not_move_a_named_code_from_its_place(places: list[Place], tokenizer: Tokenizer) -> None:
    searcher = Searcher(places, embedder(), tokenizer, FUSION, Reversing())
    hits = searcher.search("E-217 알람이 뜨면 밸브를 확인하고 기록하나요?", k=5).hits
    assert "\nE-217 | " in hits[0].text
    assert all("E-217" not in hit.text for hit in hits[1:])


def test_a_reranker_that_is_away_loses_nothing(places: list[Place], tokenizer: Tokenizer, searcher: Searcher) -> None:
    away = Reversing(down=True)
    found = Searcher(places, embedder(), tokenizer, FUSION, away).search("자율형공장 정부지원금", k=5).hits
    assert found == searcher.search("자율형공장 정부지원금", k=5).hits
    assert len(away.asked) == 1


def test_keywords_answer_while_the_embedder_is_away(places: list[Place], tokenizer: Tokenizer) -> None:
    away = WordEmbedder()
    away.down = True
    searcher = Searcher(places, away, tokenizer)
    best = searcher.search("수급사업자의 기술자료를 요구해도 되나요?", k=3).hits[0]
    assert (best.document_id, best.similarity) == ("l", 0.0)
    assert best.keyword == best.score > 0
    assert "\nE-217 | " in searcher.search("E-217 알람", k=3).hits[0].text
    away.down = False
    assert searcher.search("수급사업자의 기술자료를 요구해도 되나요?", k=3).hits[0].similarity > 0


def test_passages_that_wait_for_a_new_embedder_compete_by_their_keywords(tmp_path: Path, tokenizer: Tokenizer) -> None:
    former = place(tmp_path, tokenizer)
    former.put({"f": FACTORY, "r": ROBOT, "l": LAW})
    former.close()
    other = WordEmbedder("other")
    changed = place(tmp_path, tokenizer, other)
    changed.put({"f": FACTORY, "r": ROBOT})
    hits = Searcher([Place("all", changed)], other, tokenizer).search("기술자료를 요구해도 되나요?", k=3).hits
    assert [hit.document_id for hit in hits if hit.similarity == 0] == ["l"]
    assert hits[0].document_id == "l"
    changed.close()


def test_documents_to_be_passed_over_make_room_for_others(tmp_path: Path, tokenizer: Tokenizer) -> None:
    many = place(tmp_path / "many", tokenizer)
    # More chunks of the old text answer better than there are candidates.
    old = document("점검 규정", *(f"설비 점검 규정 {n}: 밸브 점검, 설비 점검." for n in range(60)))
    new = document("점검 규정", "설비는 매주 본다.")
    many.put({"old": old, "new": new})
    searcher = Searcher([Place("many", many)], embedder(), tokenizer, Fusion(similarity=2.0, candidates=5))
    assert {hit.document_id for hit in searcher.search("설비 점검 규정", k=5).hits} == {"old"}
    hits = searcher.search("설비 점검 규정", k=8, without=frozenset({"old"})).hits
    assert [hit.document_id for hit in hits] == ["new"]
    assert hits[0].section == 0
    # The chunks passed over are looked up anew when the place or the documents change.
    many.put({"newer": document("점검 규정", "설비 점검 규정: 설비는 매일 본다.")})
    found = {hit.document_id for hit in searcher.search("설비 점검 규정", k=8, without=frozenset({"old"})).hits}
    assert found == {"new", "newer"}
    assert searcher.search("설비 점검 규정", k=8, without=frozenset({"old", "new", "newer"})).hits == ()
    many.close()


def test_passing_over_nothing_changes_nothing(searcher: Searcher) -> None:
    query = "제조 사업은 최대 얼마를 지원하나요?"
    plain, hidden = searcher.search(query, k=20), searcher.search(query, k=20, without=frozenset({"elsewhere"}))
    assert hidden.hits == plain.hits


def test_the_generation_names_what_is_searched(searcher: Searcher, places: list[Place]) -> None:
    before = searcher.generation()
    assert len(before) == len(places)
    places[1].index.put({"copy": FACTORY})
    assert searcher.generation()[0] == before[0]
    assert searcher.generation()[1] != before[1]

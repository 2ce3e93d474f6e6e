from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.errors import BrokenIndexError
from retrieval.keywords import KeywordIndex, Statistics, bm25

ENTRIES = [("a", ["과열", "밸브", "e217"]), ("b", ["과열", "과열", "정지"]), ("c", ["지원금", "6억"])]


@pytest.fixture
def index(tmp_path: Path) -> KeywordIndex:
    its = KeywordIndex(tmp_path / "keywords", "t")
    its.update(ENTRIES, [], "1")
    return its


def test_finds_by_any_term_best_first(index: KeywordIndex) -> None:
    assert list(index.candidates(["e217", "과열"], 10)) == ["a", "b"]
    assert index.candidates(["과열"], 1) == {"b": ["과열", "과열", "정지"]}
    assert index.candidates(["없음"], 10) == index.candidates([], 10) == index.candidates(["과열"], 0) == {}


def test_an_update_adds_removes_and_remembers_its_generation(index: KeywordIndex, tmp_path: Path) -> None:
    index.update([("d", ["과열"])], ["a"], "2")
    again = KeywordIndex(tmp_path / "keywords", "t")
    for its in (index, again):
        assert its.ids() == {"b", "c", "d"}
        assert (its.entries, its.generation) == (3, "2")
        assert set(its.candidates(["과열"], 10)) == {"b", "d"}


def test_statistics_and_terms(index: KeywordIndex) -> None:
    statistics = index.statistics(["과열", "6억", "없음"])
    assert (statistics.entries, statistics.length) == (3, 8)
    assert statistics.frequencies == {"과열": 2, "6억": 1, "없음": 0}
    assert index.terms_of(["c", "없음"]) == {"c": ["지원금", "6억"]}
    assert index.terms_of([]) == {}


def test_pooled_statistics_are_those_of_one_collection() -> None:
    pooled = Statistics(2, 10, {"a": 1}) + Statistics(3, 20, {"a": 2, "b": 1})
    assert pooled == Statistics(5, 30, {"a": 3, "b": 1})
    assert pooled.weight("b") > pooled.weight("a") > 0


def test_bm25_prefers_more_of_rarer_terms_in_shorter_entries() -> None:
    weights = {"a": 2.0, "b": 1.0}

    def score(terms: list[str]) -> float:
        return bm25(terms, weights, 3.0, 0.5, 0.6)

    assert score(["a", "x", "y"]) > score(["b", "x", "y"]) > score(["x", "y", "z"]) == 0
    assert score(["a", "a", "y"]) > score(["a", "x", "y"]) > score(["a", "x", "y", "z"])


def test_another_tokenizers_terms_are_refused(index: KeywordIndex, tmp_path: Path) -> None:
    with pytest.raises(BrokenIndexError):
        KeywordIndex(tmp_path / "keywords", "other")


def test_damaged_files_are_reported(index: KeywordIndex, tmp_path: Path) -> None:
    (tmp_path / "keywords" / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(BrokenIndexError):
        KeywordIndex(tmp_path / "keywords", "t")

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from evals.errors import EvalError
from evals.retrieval import korquad, run
from retrieval.embedding import Embedder
from tests.fakes import WordEmbedder

pytestmark = pytest.mark.proof  # starts processes or waits: with `make test`

ARTICLES = {
    "자율형공장": [("자율형공장은 최대 6억 원을 받는다.", "자율형공장은 얼마를 받나?")],
    "제조로봇": [("제조로봇 사업은 8개월 안에 끝난다.", "제조로봇 사업은 몇 개월인가?")],
    "기술자료": [("기술자료를 요구하여서는 아니 된다.", "기술자료를 요구해도 되나?")],
    "예지보전": [
        ("예지보전은 고장을 미리 안다.", "고장을 미리 아는 것은?"),
        ("진동 센서를 쓴다.", "무슨 센서를 쓰나?"),
    ],
}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    articles = [
        {"title": title, "paragraphs": [{"context": text, "qas": [{"question": question}]} for text, question in pairs]}
        for title, pairs in ARTICLES.items()
    ]
    file = tmp_path / "korquad.json"
    file.write_text(json.dumps({"data": articles}, ensure_ascii=False), encoding="utf-8")
    return file


def test_articles_are_told_apart_by_their_number(data: Path) -> None:
    documents, questions = korquad(data)
    assert len(documents) == 5
    assert [question.half for question in questions] == ["even", "odd", "even", "odd", "odd"]
    assert all(question.gold in documents for question in questions)


def test_the_report_is_of_the_odd_articles(data: Path) -> None:
    report = run(data, cast("Embedder", WordEmbedder()), tune=True)
    assert (report["paragraphs"], report["chunks"], report["odd"]["questions"]) == (5, 5, 3)
    assert report["odd"]["r5"] == 1.0
    assert 0 < report["odd"]["r1"] <= report["odd"]["mrr10"] <= 1
    assert report["even"][0]["questions"] == 1
    assert {"similarity", "k1", "b", "r5", "mrr10"} <= report["even"][0].keys()


def test_an_absent_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(EvalError, match="없습니다"):
        korquad(tmp_path / "absent.json")

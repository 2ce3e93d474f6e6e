"""What is written into the page: the evidence, the conversation and the shelf of documents."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from string import Formatter
from typing import Any, cast

import pytest

from tests.ui.fake_api import ATTACK, EVIDENCE, QUOTE, FakeApi
from ui.page import evidence
from ui.page.documents import shelf
from ui.page.page import build
from ui.page.signed_in import SignedIn
from ui.page.transcript import history, transcript
from ui.page.turn import Turn
from ui.text import SENTENCES, Language

TODAY = date(2026, 11, 22)
BOTH: list[Language] = ["ko", "en"]
STAFF = SignedIn("person-1", "staff", "김정밀", "hanbit", "한빛정밀")


class Tags(HTMLParser):
    """The tags of some HTML, each with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "input":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def turn(**changes: Any) -> Turn:
    event = {"evidence": EVIDENCE, "conversation_id": "c", "turn_id": "t"}
    return replace(Turn("질문").after("evidence", event), **changes)


def test_marks_become_buttons_for_the_cards_there_are() -> None:
    html = evidence.answer(turn(answer="하나. [1] 둘. [9]"), "e0", "ko")
    assert 'data-card="e0-1"' in html
    assert "[9]" in html
    assert "근거 1 보기" in html


def test_quotes_are_marked_whatever_their_white_space() -> None:
    assert evidence.passage("가\n나  다 라", ("나 다",)) == "가\n<mark>나  다</mark> 라"


def test_overlapping_and_missing_quotes_leave_the_passage_whole() -> None:
    html = evidence.passage("가 나 다 라 <b>", ("가 나 다", "나 다 라", "없는 말", ""))
    assert html == "<mark>가 나 다</mark><mark> 라</mark> &lt;b&gt;"


@pytest.mark.parametrize("language", BOTH)
def test_nothing_foreign_becomes_markup(language: Language) -> None:
    hostile = f'"{ATTACK}'
    shown = turn(
        question=hostile, answer=f"{hostile} [3]", notices=(hostile,), model=hostile, phase="done", turn_id=hostile
    )
    cards = tuple(
        replace(card, title=hostile, text=hostile, locator=hostile, document_id=hostile, source={"title": hostile})
        for card in shown.cards
    )
    head = {"conversation_id": hostile, "title": hostile, "updated_at": hostile, "turns": 1}
    documents = [{**EVIDENCE[0], "document_id": hostile, "name": hostile, "title": hostile, "status": "rejected",
                  "reason": hostile, "added_at": hostile, "collection": "company"}]  # fmt: skip
    pieces = [
        transcript([replace(shown, cards=cards), replace(shown, phase="failed", error=hostile)], TODAY, language),
        history([head], hostile, language),
        shelf(documents, STAFF, language),
    ]
    for html in pieces:
        tags = Tags(html)
        assert tags.open == []
        assert {"script", "img"}.isdisjoint(tag for tag, _ in tags.tags)
        assert not any(name.startswith("on") for _, attributes in tags.tags for name in attributes)
        assert not any(str(attributes.get("href", "/")).startswith("javascript") for _, attributes in tags.tags)


def test_cards_say_what_a_reader_must_know() -> None:
    html = evidence.cards(turn(), "e0", newest=True, today=TODAY, language="ko")
    assert html.count("<details") == 4
    assert html.count(" open>") == 1
    assert "출처: 한국경제TV, 상생형 스마트공장 AI트랙 신설, 2025-12-22" in html
    law, lathe, subcontract = (re.findall(r"<details.*?</details>", html, re.DOTALL)[at] for at in (1, 2, 3))
    assert "아직 시행 전" in law
    assert "2127-01-01 시행" in law
    assert "가상 설비" in lathe
    assert "2차 출처" in lathe
    assert lathe.count("p. 12") == 1
    assert "제12조의3 · p. 3" in subcontract
    assert "아직 시행 전" not in subcontract


def test_an_abstention_does_not_call_what_was_found_evidence() -> None:
    html = transcript([turn(phase="done", abstained=True, answer="자료에서 찾지 못했습니다.")], TODAY, "ko")
    assert "답할 근거가 없습니다" in html
    assert "답의 근거는 아닙니다" in html
    assert 'data-tab="1"' in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phase": "seeking"}, "근거를 찾고 있습니다"),
        ({"phase": "writing"}, "답을 쓰고 있습니다"),
        ({"phase": "writing", "answer": "하나."}, "이어서 쓰고 있습니다"),
        ({"place": 2}, "대기 2번째"),
        ({"phase": "stopped"}, "중간에 멈춘 답변"),
        ({"phase": "interrupted"}, "서버가 꺼지면서"),
        ({"phase": "open"}, "아직 답이 끝나지 않았습니다"),
        ({"phase": "failed", "error": "연결이 끊겼습니다."}, "연결이 끊겼습니다."),
        ({"phase": "done", "degraded": "engine_busy"}, "질문이 밀려 있어"),
        ({"phase": "done", "notices": ("이 법령은 아직입니다.",)}, "이 법령은 아직입니다."),
        ({"phase": "done", "model": "quotation", "seconds": 1.24}, "자료 인용 · 1.2초"),
        ({"phase": "done", "rating": -1}, "무엇이 아쉬웠나요?"),
        ({"phase": "done", "rating": 1}, "고맙습니다"),
    ],
)
def test_each_state_is_said(changes: dict[str, Any], words: str) -> None:
    assert words in transcript([turn(**changes)], TODAY, "ko")


def test_only_the_companys_own_documents_can_be_deleted() -> None:
    api = FakeApi()
    own = api.add_document("표준서.pdf", "indexed")
    shared = api.add_document("선반.md", "indexed", "library", fictional=True)
    html = shelf(list(api.documents.values()), STAFF, "ko")
    assert f'data-target="{own}"' in html
    assert f'data-target="{shared}"' not in html
    assert "가상 설비" in html


@pytest.mark.parametrize("key", SENTENCES)
def test_every_sentence_has_the_same_blanks_in_both_languages(key: str) -> None:
    assert set(SENTENCES[key]) == {"ko", "en"}
    blanks = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in SENTENCES[key].values()]
    assert blanks[0] == blanks[1]


def test_the_fakes_quote_is_in_its_passage() -> None:
    assert f"<mark>{QUOTE}</mark>" in evidence.passage(cast("str", EVIDENCE[0]["text"]), (QUOTE,))


async def test_gradio_offers_no_api_of_its_own_and_counts_nothing() -> None:
    config = build("http://127.0.0.1:1").get_config_file()
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}
    assert config["analytics_enabled"] is False

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
from tests.ui.fake_documents import previewed
from tests.ui.fake_documents import viewed as seen
from tests.ui.fake_drafts import drafted
from ui import document_text
from ui.page import evidence
from ui.page.draft import drafted as drafted_html
from ui.page.drafts import listed, readiness
from ui.page.intake import adding, finished, under_way
from ui.page.live import sheet
from ui.page.marked import passage, table
from ui.page.page import build
from ui.page.preview import compared
from ui.page.preview import previewed as previewed_html
from ui.page.shelf import shelf
from ui.page.signed_in import SignedIn
from ui.page.transcript import history, transcript
from ui.page.turn import Turn
from ui.page.viewer import viewed
from ui.text import SENTENCES, Language

TODAY = date(2026, 11, 22)
BOTH: list[Language] = ["ko", "en"]
ALL_SENTENCES = {f"page {key}": each for key, each in SENTENCES.items()} | {
    f"documents {key}": each for key, each in document_text.SENTENCES.items()
}
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
        if tag not in {"input", "img"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def poisoned(value: Any, words: str) -> Any:
    """The same JSON with every text replaced."""
    if isinstance(value, dict):
        return {key: poisoned(each, words) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, words) for each in value]
    return words if isinstance(value, str) else value


def hostile_dialogs(words: str, language: Language) -> list[str]:
    """Each dialog, every text of what it shows being `words`."""
    api = FakeApi()
    key = api.add_document("표준서.pdf", "indexed", findings=2, versions=[
        {"document_id": "o", "name": "옛 판", "added_at": "2026-01-01", "effective": None, "standing": "superseded"}
    ])  # fmt: skip
    found = poisoned(previewed(api.documents[key]), words)
    changes = [{"kind": words, "locator": words, "before": words, "after": words}]
    views = [poisoned(seen(words, section, "그 말"), words) for section in (0, 1)]
    page = {**poisoned(seen(words, 12, "그 말"), words), "image": f"/api/documents/{words}/pages/1.png"}
    now = {"files": {"all": 3, "done": 1, "rejected": 0, "waiting": 1}, "pages_per_second": 2.5, "seconds_left": 12,
           "current": {"name": words, "stage": "reading", "done": 1, "all": 2}}  # fmt: skip
    draft = poisoned(drafted("a", "선반", "d"), words)
    for element in draft["elements"]:
        element["state"] = "check"
    listed_draft = {"name": words, "draft_id": words, "open": 1, "unconfirmed": 1, "changed_at": words}
    item = {"key": words, "title": words, "state": "unmet", "next": words,
            "seen": [{"title": words, "path": words, "value": words, "missing": False}]}  # fmt: skip
    ready = {"met": 1, "unmet": 1, "unknown": 1, "notice": words, "source": words, "items": [item]}
    return [
        previewed_html(found, TODAY, language, may_draft=True),
        compared(found, changes, words, language),
        *(viewed(view, words, [words], language) for view in [*views, page]),
        drafted_html(draft, language, may_change=True),
        listed(
            [listed_draft], [api.documents[key] | {"title": words, "document_id": words}], language, may_change=True
        ),
        readiness(ready, language),
        under_way(now, language, may_change=True),
        adding(language),
        sheet("", language, words),
    ]


def turn(**changes: Any) -> Turn:
    event = {"evidence": EVIDENCE, "conversation_id": "c", "turn_id": "t"}
    return replace(Turn("질문").after("evidence", event), **changes)


def test_marks_become_buttons_for_the_cards_there_are() -> None:
    html = evidence.answer(turn(answer="하나. [1] 둘. [9]"), "e0", "ko")
    assert 'data-card="e0-1"' in html
    assert "[9]" in html
    assert "근거 1 보기" in html


def test_quotes_are_marked_whatever_their_white_space() -> None:
    assert passage("가\n나  다 라", ("나 다",)) == "가\n<mark>나  다</mark> 라"


def test_overlapping_and_missing_quotes_leave_the_passage_whole() -> None:
    html = passage("가 나 다 라 <b>", ("가 나 다", "나 다 라", "없는 말", ""))
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
        shelf(documents, STAFF, TODAY, language),
        *hostile_dialogs(hostile, language),
    ]
    for html in pieces:
        tags = Tags(html)
        assert tags.open == []
        assert "script" not in {tag for tag, _ in tags.tags}
        assert all(attributes.get("src", "").startswith("/api/") for tag, attributes in tags.tags if tag == "img")
        assert not any("style" in attributes and hostile in str(attributes["style"]) for _, attributes in tags.tags)
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
    assert lathe.count("p. 12</span>") == 1
    assert "제12조의3 · p. 3" in subcontract
    assert "지난 판" in subcontract
    assert "2026-10-31까지" in subcontract
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
    html = shelf(list(api.documents.values()), STAFF, TODAY, "ko")
    assert f'data-target="{own}"' in html
    assert f'data-target="{shared}"' not in html
    assert "가상 설비" in html


@pytest.mark.parametrize("key", ALL_SENTENCES)
def test_every_sentence_has_the_same_blanks_in_both_languages(key: str) -> None:
    sentences = ALL_SENTENCES[key]
    assert set(sentences) == {"ko", "en"}
    blanks = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in sentences.values()]
    assert blanks[0] == blanks[1]


def test_a_quoted_row_is_marked_cell_by_cell_and_rows_keep_their_numbers() -> None:
    rows = [["항목", "기준"], ["온도", "60 °C"], [], ["압력", "2.5 <MPa>"]]
    html = table(rows, 1, 4, ["압력 | 2.5"], "ko")
    assert "<td><mark>압력</mark></td><td><mark>2.5</mark> &lt;MPa&gt;</td>" in html
    assert re.findall(r'scope="row" class="gj-row-n">(\d+)', html) == ["5", "7"]
    assert html.count("<mark>") == 2


def test_rows_quoted_under_a_header_from_further_up_are_found_line_by_line() -> None:
    rows = [["온도", "60 °C"], ["압력", "2.5 MPa"]]
    assert "<mark>압력</mark>" in table(rows, 0, 40, ["항목 | 기준\n압력 | 2.5 MPa"], "ko")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"standing": "future"}, "아직 시행 전"),
        ({"standing": "superseded"}, "지난 판"),
        ({"standing": "repealed"}, "폐지됨"),
        ({"closes": "2026-11-21"}, "접수 마감(2026-11-21)"),
        ({"findings": 3}, "규격 지적 3건"),
        ({"superseded_by": "d9"}, "새 판 보기"),
        ({"parents": [{"document_id": "m", "name": "메일.eml"}]}, "‘메일.eml’ 안에 들어 있던 파일"),
        ({"status": "queued", "progress": {"stage": "reading", "done": 5, "all": 1200}}, "읽는 중 5/1,200쪽"),
        ({"status": "queued", "progress": {"stage": "waiting", "done": 0, "all": 0}}, "차례 기다림"),
    ],
)
def test_a_document_says_how_it_stands(changes: dict[str, Any], words: str) -> None:
    api = FakeApi()
    key = api.add_document("표준서.pdf", "indexed")
    plain = shelf([api.documents[key]], STAFF, TODAY, "ko")
    assert words not in plain
    assert words in shelf([api.documents[key] | changes], STAFF, TODAY, "ko")


def test_what_became_of_all_is_said_once() -> None:
    files = {"all": 0, "done": 0, "rejected": 0, "waiting": 0}
    assert finished({"files": files}, "ko") == ""
    assert "3개를 모두" in finished({"files": files | {"done": 3}}, "ko")
    assert "1개는 읽지 못했습니다" in finished({"files": files | {"done": 2, "rejected": 1}}, "ko")


def test_the_fakes_quote_is_in_its_passage() -> None:
    assert f"<mark>{QUOTE}</mark>" in passage(cast("str", EVIDENCE[0]["text"]), (QUOTE,))


async def test_gradio_offers_no_api_of_its_own_and_counts_nothing() -> None:
    config = build("http://127.0.0.1:1").get_config_file()
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}
    assert config["analytics_enabled"] is False

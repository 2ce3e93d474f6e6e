"""What is written into the tab for accounts: forms, the log, the host's papers, its overview."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from serving.accounts.grants import MOST_DAYS
from serving.accounts.roles import OF_A_COMPANY, Role
from serving.audit import Action
from serving.disclosure import Step
from serving.overview import OTHER, UNKNOWN, VALUES, Fact
from serving.paper import DisclosureRequest, Secrecy
from tests.ui.fake_api import ATTACK
from tests.ui.test_html import BOTH, Tags
from ui import company_text, page, paper_text
from ui.page import form, members, overview, papers, rooms
from ui.page.deeds import DEEDS
from ui.page.ledger import ledger, sentence_of
from ui.page.members import Scope
from ui.page.signed_in import SignedIn
from ui.sign_in import join_page, sign_in_page
from ui.text import Language

LATER, EARLIER = "2126-11-23T00:00:00+00:00", "2020-01-01T00:00:00+00:00"
PERSON = {"person_id": "person-1", "role": "staff", "name": "이직원", "login": "lee@hanbit.kr", "created_at": EARLIER,
          "revoked_at": None}  # fmt: skip
KEY = {"key_id": "key-1", "role": "staff", "name": "ERP", "reason": None, "made_by": "person-1", "created_at": EARLIER,
       "expires_at": None, "revoked_at": None}  # fmt: skip
GRANT = {"grant_id": "grant-1", "consultant": "person-9", "created_at": EARLIER, "expires_at": LATER,
         "withdrawn_at": None}  # fmt: skip
COMPANY = {"company_id": "hanbit", "name": "한빛정밀", "state": "active", "created_at": EARLIER}
ENTRY = {"seq": 1, "at": EARLIER, "actor": "person-1", "action": "signed_in", "subject": "", "details": {"way": "link"}}


def request(state: str = "requested", words: str = "척 도면", **more: Any) -> dict[str, Any]:
    secrecy: dict[str, Any] = {name: words for name, _ in papers.SECRECY} | {"holders": [words, "김철수"]}
    steps = [{"at": EARLIER, "actor": "person-8", "step": "requested", "note": "", "terms": {}}]
    return {
        "disclosure_id": "disc-1", "company_name": "한빛정밀", "state": state, "requested_at": EARLIER, "history": steps,
        "paper": {name: words for name, _ in papers.PAPER} | {"secrecy": secrecy}, **more,
    }  # fmt: skip


@pytest.mark.parametrize("language", BOTH)
def test_nothing_foreign_becomes_markup(language: Language) -> None:
    hostile = f"\"'>{ATTACK}"
    person, key, grant, company = (
        {**row, **dict.fromkeys(names, hostile)}
        for row, names in (
            (PERSON, ("person_id", "name", "login", "created_at")),
            (KEY, ("key_id", "name", "reason")),
            (GRANT, ("grant_id", "consultant")),
            (COMPANY, ("company_id", "name", "created_at")),
        )
    )
    entry = ENTRY | {"actor": hostile, "subject": hostile, "action": "break_glass_opened",
                     "details": {"reason": hostile, "passages": [hostile]}}  # fmt: skip
    document = {"document_id": hostile, "title": hostile, "name": hostile}
    step = {"at": hostile, "actor": hostile, "step": "narrowed", "note": hostile,
            "terms": {"document_id": hostile, "scope": hostile, "use_until": hostile}}  # fmt: skip
    asked = request(words=hostile, disclosure_id=hostile, company_name=hostile, history=[step])
    scope = Scope(machine=True, company=hostile, name=hostile)
    pieces = [
        members.people([person, person | {"revoked_at": hostile}], "me", scope, language),
        members.keys([key], [person], scope, language),
        members.consultants([grant], language),
        members.companies([company], language),
        ledger({"entries": [entry, entry | {"action": hostile}], "intact": False}, {}, "2", language),
        papers.asked_of_us([asked], {}, [document], language),
        papers.asked_by_us([asked | {"state": "granted"}], {}, language),
        overview.overview({"facts": {"region": {"as_of": hostile, "cells": {hostile: 5}}}}, language),
        rooms._me(
            SignedIn(hostile, "consultant", hostile, hostile, hostile, ((hostile, hostile), ("other", hostile))),
            language,
        ),
    ]
    for html in pieces:
        tags = Tags(html.replace("<br>", ""))
        assert tags.open == []
        assert {"script", "img"}.isdisjoint(tag for tag, _ in tags.tags)
        assert not any(name.startswith("on") and name != "on" for _, attributes in tags.tags for name in attributes)
        assert escaped_once(html)


def escaped_once(html: str) -> bool:
    return "&lt;script" in html and "&amp;lt;" not in html


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("action", Action)
def test_every_deed_in_the_log_is_a_sentence(action: Action, language: Language) -> None:
    details: dict[str, Any] = {"stays_here": True} if action.endswith("_marked") else {}
    words = sentence_of(
        ENTRY | {"action": str(action), "details": details, "subject": "doc-1"}, {"doc-1": "도면"}, language
    )
    assert words != action
    assert "{" not in words
    assert "doc-1" not in words


def test_the_log_names_who_it_can_and_says_whether_it_is_whole() -> None:
    sent = ENTRY | {
        "seq": 7,
        "action": "passages_sent",
        "details": {"engine": "host", "passages": ["doc-1 p. 3", "doc-2 제2조"]},
    }
    operators = ENTRY | {"actor": "operator", "action": "company_marked", "details": {"stays_here": False}}
    names = {"person-1": "이직원", "doc-1": "도면"}
    html = ledger({"entries": [sent, operators], "intact": True}, names, "", "ko")
    assert "<b>이직원</b> 답을 쓰려고 자료 2군데를 엔진에 보냈습니다 (엔진: host)" in html
    assert "<li>도면 p. 3</li><li>doc-2 제2조</li>" in html
    assert "<b>운영자</b> 회사 전체의 주관기업 LLM 전송 금지를 풀었습니다" in html
    assert "기록이 온전합니다." in html
    assert "더 오래된 기록" not in html
    cut = ledger({"entries": [sent], "intact": False}, names, "", "ko")
    assert 'role="alert">기록이 고쳐졌거나 일부가 사라졌습니다.' in cut
    assert 'data-before="7"' in cut


def test_the_paper_has_every_field_that_the_law_wants() -> None:
    assert {name for name, _ in papers.PAPER} == set(DisclosureRequest.model_fields) - {"secrecy"}
    assert {name for name, _ in papers.SECRECY} == set(Secrecy.model_fields)
    dates = {"deliver_on": "2026-12-01", "use_until": "2026-12-31", "return_on": "2027-01-10"}
    written = {name: dates.get(name, f"{name} 내용") for name, _ in (*papers.PAPER, *papers.SECRECY)}
    read = DisclosureRequest.model_validate(papers.paper_of(written | {"holders": "홍길동\n\n 김철수 \n"}))
    assert read.secrecy.holders == ["홍길동", "김철수"]
    assert read.name == "name 내용"


@pytest.mark.parametrize(
    ("state", "steps"),
    [("requested", ["granted", "narrowed", "refused"]), ("granted", ["withdrawn"]), ("narrowed", ["withdrawn"]),
     ("refused", []), ("withdrawn", [])],
)  # fmt: skip
def test_a_request_is_answered_as_its_state_allows(state: str, steps: list[str]) -> None:
    html = papers.asked_of_us([request(state)], {}, [], "ko")
    assert re.findall(r'name="step" value="(\w+)"', html) == steps
    assert html.count("data-sure=") == len(steps)
    assert "<form" not in papers.asked_of_us([request(state)], {}, None, "ko")
    linked = "/api/host/disclosures/disc-1/document" in papers.asked_by_us([request(state)], {}, "ko")
    assert linked == (state in {"granted", "narrowed"})


def test_who_asks_and_who_answers_is_said_without_knowing_their_names() -> None:
    answer = {"at": LATER, "actor": "person-7", "step": "refused", "note": "", "terms": {}}
    asked = request("refused")
    asked["history"] = [*asked["history"], answer]
    for html in (
        papers.asked_by_us([asked], {}, "ko"),
        papers.asked_of_us([asked], {"person-7": "김관리"}, None, "ko"),
    ):
        assert "<b>주관기업</b> 요청" in html
        assert "person-" not in html
    assert "<b>김관리</b> 거절" in papers.asked_of_us([asked], {"person-7": "김관리"}, None, "ko")


@pytest.mark.parametrize("language", BOTH)
def test_every_word_the_services_know_has_a_name_here(language: Language) -> None:
    assert set(overview.FACTS) == set(VALUES)
    for fact, values in VALUES.items():
        shown = [overview.worded(value, language) for value in (*values, UNKNOWN, OTHER)]
        assert len(set(shown)) == len(shown)
        if fact not in {Fact.REGION, Fact.SECTOR}:
            assert not set(shown) & (set(values) - {"none", "basic", "advanced"})
    assert {*members.COMPANY_ROLES} == {str(role) for role in OF_A_COMPANY}
    assert {*members.COMPANY_ROLES, *members.OTHER_ROLES} == {str(role) for role in Role}
    assert members.MOST_DAYS == MOST_DAYS
    for role in Role:
        assert rooms.title_of(SignedIn("p", str(role)), language)
        assert rooms.tab_name(SignedIn("p", str(role)), language)
        assert company_text.say(f"can_{role}", language, company="한빛정밀")
    for step in Step:
        assert paper_text.say(f"step_{step}", language)


def test_counts_are_shown_with_the_month_they_are_of() -> None:
    told = {
        "facts": {
            "sector": {"as_of": "2026-10", "cells": {"25": 7, "other": 6}},
            "region": {"as_of": "2026-11", "cells": {"경남": 13}},
        }
    }
    html = overview.overview(told, "ko")
    assert "2026-10 기준" in html
    assert '<th scope="row">금속가공제품 (25)</th><td>7</td>' in html
    assert '<th scope="row">그 밖</th><td>6</td>' in html
    assert '<th scope="row">경남</th><td>13</td>' in html
    assert "아직 보여 드릴 수 있는 수가 없습니다." in overview.overview({"facts": {}}, "ko")


def test_the_strategys_targets_stand_beside_the_counts_with_their_source() -> None:
    seen = {"fact": "adoption", "percent": 10, "source": "<b>보도자료", "as_of": "2026-11", "counted": 18, "reached": 6,
            "about": "목표는 10%입니다."}  # fmt: skip
    unseen = seen | {"fact": "accidents", "percent": -20, "as_of": None, "counted": None, "reached": None}
    html = overview.overview({"facts": {}, "targets": [seen, unseen]}, "ko")
    assert "AI 사용: 목표 +10%" in html
    assert "센 협력사 18곳 가운데 6곳. 목표는 10%입니다." in html
    assert "출처: &lt;b&gt;보도자료" in html
    assert "목표 -20%" in html


def test_what_is_past_cannot_be_revoked_again() -> None:
    mine = PERSON | {"person_id": "me"}
    rows = [PERSON | {"revoked_at": EARLIER}, mine]
    assert 'data-deed="expel"' not in members.people(rows, "me", Scope(), "ko")
    ended = [KEY | {"revoked_at": EARLIER}, KEY | {"expires_at": EARLIER, "reason": "장애 확인"}]
    html = members.keys(ended, [], Scope(), "ko")
    assert 'data-deed="revoke_key"' not in html
    assert "운영자의 비상 열람: 장애 확인" in html
    assert 'data-deed="revoke_key"' in members.keys([KEY | {"expires_at": LATER}], [], Scope(), "ko")
    assert 'data-deed="shut_out"' not in members.consultants([GRANT | {"expires_at": EARLIER}], "ko")


def test_every_form_does_a_deed_there_is_and_asks_before_it_takes_something_away() -> None:
    own = {"stays_here": True, "consents": {"overview": False}}
    html = "".join(
        [
            members.people([PERSON], "me", Scope(), "ko"),
            members.keys([KEY], [], Scope(), "ko"),
            members.consultants([GRANT], "ko"),
            members.companies([COMPANY], "ko"),
            papers.asked_of_us([request()], {}, [], "ko"),
            papers.asked_by_us([], {}, "ko"),
            rooms._standing(own, "ko", may_change=True),
        ]
    )
    tags = Tags(html).tags
    assert {attributes["data-deed"] for _, attributes in tags if "data-deed" in attributes} == set(DEEDS)
    for tag, attributes in tags:
        if tag == "button" and attributes.get("data-deed"):
            assert attributes.get("data-sure"), attributes
        if tag in {"input", "textarea", "select"}:
            assert attributes.get("name")


def test_a_word_with_a_quote_stays_in_its_attribute() -> None:
    tags = Tags(form.button("expel", "a'b", {"target": 'x" onclick="y'}, form.Sure("'\"?", "<y>", "n"))).tags
    assert tags[0][1]["data-target"] == 'x" onclick="y'
    assert tags[0][1]["data-sure"] == "'\"?"


@pytest.mark.parametrize("sentences", [company_text.SENTENCES, paper_text.SENTENCES])
def test_every_sentence_has_the_same_blanks_in_both_languages(sentences: dict[str, dict[Language, str]]) -> None:
    for key, both in sentences.items():
        blanks = [{name for _, name, _, _ in Formatter().parse(words) if name} for words in both.values()]
        assert set(both) == {"ko", "en"}, key
        assert blanks[0] == blanks[1], key


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("written", [sign_in_page, join_page])
def test_the_pages_before_the_page_carry_no_script_and_name_no_host(written: Any, language: Language) -> None:
    html = written(language)
    assert f'<html lang="{language}">' in html
    assert "//" not in re.sub(r"/\*.*?\*/", "", html)
    assert re.findall(r"<script[^>]*>(.*?)</script>", html) == [""]
    labels = Tags("".join(re.findall(r"<form.*?</form>", html, re.DOTALL)))
    assert labels.open == []
    for tag, attributes in labels.tags:
        assert tag != "input" or {"autocomplete", "required", "maxlength"} <= set(attributes)


COLOURS = (Path(page.__file__).parent / "colours.css").read_text(encoding="utf-8")
PAIRS = [
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("ground", "surface", "soft")),
    ("accent-ink", "accent"), ("warn-ink", "warn"), ("bad-ink", "bad"), ("good-ink", "good"), ("surface", "bad-ink"),
    ("ink", "mark"),
]  # fmt: skip


@pytest.mark.parametrize("theme", [":root", ".dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_words_stand_out_from_their_ground(theme: str, ink: str, ground: str) -> None:
    block = COLOURS[COLOURS.index(theme) :].split("}")[0]
    colours = dict(re.findall(r"--gj-([\w-]+): (#\w{6})", block))
    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

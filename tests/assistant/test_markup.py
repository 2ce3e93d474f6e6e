from __future__ import annotations

import pytest

from assistant.markup import has_markup, inert


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("신청은 https://www.a.example/main.do에서 한다.", "신청은 `www.a.example/main.do`에서 한다."),
        ("신청은 www.a.example.", "신청은 `www.a.example`."),
        ("a ` b www.a.example c", "a ' b `www.a.example` c"),
        ("htthttp://p://a.example", "`a.example`"),
        ("https:\\\\a.example", "`a.example`"),
        ("https://한국.example", "한국.example"),
        ("[여기](b) ![그림][c]", "[여기] (b) ! [그림] [c]"),
        ("[1]: c", "[1] : c"),
        ("<img src=x> 두께 <5mm <표 1>", "‹img src=x> 두께 <5mm <표 1>"),
        ("[a](javascript:alert(1))", "[a] (alert(1))"),
        ("data:text/html;base64,AA", "text/html;base64,AA"),
        ("가\u200b나\u202e다\x1b[31m", "가나다[31m"),
        ("6억 원입니다. [1] [2]", "6억 원입니다. [1] [2]"),
    ],
)
def test_shown_text_links_loads_and_runs_nothing(text: str, words: str) -> None:
    assert inert(text) == words


@pytest.mark.parametrize(
    "text",
    ["![a](b)", "[a](b)", "[a][b]", "[a]: b", "<b>", "＜b＞", "</s>", "<|im_start|>", "[INST]", "[|user|]", "&#106;ava", "```", "{{x}}",
     '{"name": 1}', "javascript:a", "data:a"],
)  # fmt: skip
def test_markup_is_told_from_prose(text: str) -> None:
    assert has_markup(f"지원금은 {text} 6억 원입니다.")


@pytest.mark.parametrize(
    "text", ["**6억 원**입니다.", "두께는 <5mm 입니다.", "R&D; 5 > 3", "[별표 1]의 기준", "전화(내선 7번)"]
)
def test_prose_is_no_markup(text: str) -> None:
    assert not has_markup(text)

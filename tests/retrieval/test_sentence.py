from __future__ import annotations

import pytest

from retrieval.sentence import sentences, spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("제12조의3 제1항에 따른다. 두께는 6.5mm이다.", ["제12조의3 제1항에 따른다.", "두께는 6.5mm이다."]),
        ("공고는 2026. 1. 7.에 끝났다. 다음은 9월이다.", ["공고는 2026. 1. 7.에 끝났다.", "다음은 9월이다."]),
        ("마감은 2026. 1. 7. 까지이다.", ["마감은 2026. 1. 7. 까지이다."]),
        (
            "지원한다. (출처: 아시아경제, 2025. 10. 30.). 끝이다.",
            ["지원한다. (출처: 아시아경제, 2025. 10. 30.).", "끝이다."],
        ),
        ("정한다. <개정 2011.3.29, 2014.5.28> 다음 항이다.", ["정한다. <개정 2011.3.29, 2014.5.28>", "다음 항이다."]),
        ("다음은 No. 3 설비다.그러나 멈췄다.", ["다음은 No. 3 설비다.", "그러나 멈췄다."]),
        ('그는 "좋다." 라고 말했다. 끝.', ['그는 "좋다." 라고 말했다.', "끝."]),
        ("왔다! 정말? 네.", ["왔다!", "정말?", "네."]),
        ("그는 2010년(당시 3세. 한국 나이) 왔다.", ["그는 2010년(당시 3세. 한국 나이) 왔다."]),
        ("- 첫째 항목\n- 둘째 항목", ["- 첫째 항목", "- 둘째 항목"]),
        ("1. 신청 자격\n가. 중소기업일 것.", ["1. 신청 자격", "가. 중소기업일 것."]),
        ("코드 | 조치\nE-217 | 과열. 정지", ["코드 | 조치", "E-217 | 과열. 정지"]),
        ("① 이 법에서 정한다.\n② 시행령으로 정한다.", ["① 이 법에서 정한다.", "② 시행령으로 정한다."]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_prose_wrapped_by_its_layout_is_one_sentence() -> None:
    text = "중소벤처기업부는 제조기업과 기술기업 사이의 선순환 생태계를 만들고\n전략을 발표하였다."
    assert sentences(text) == [text]


def test_spans_cover_everything_but_white_space() -> None:
    text = "  가나다라. 마바사!  \n\n- 아자\n표 | 행\n  끝 "
    covered = {i for start, end in spans(text) for i in range(start, end)}
    assert all(text[i].isspace() for i in set(range(len(text))) - covered)
    assert [text[a:b] for a, b in spans(text)] == sentences(text)

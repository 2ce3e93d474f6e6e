from __future__ import annotations

import pytest

from assistant.claims import claims, unsupported


def values(text: str) -> list[tuple[str, str]]:
    return [(claim.value, claim.unit) for claim in claims(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("최대 6억 원", [("600000000", "원")]),
        ("8천만 원", [("80000000", "원")]),
        ("80,000,000원", [("80000000", "원")]),
        ("0.8억 원", [("80000000", "원")]),
        ("1억 2천만 원", [("120000000", "원")]),
        ("1.2만 개 사", [("12000", "개")]),
        ("12,000개", [("12000", "개")]),
        ("50 %", [("50", "%")]),
        ("50퍼센트", [("50", "%")]),
        ("절반", [("50", "%")]),
        ("네 번 방문", [("4", "번")]),
        ("4회 방문", [("4", "번")]),
        ("2026년 1월 7일", [("2026-01-07", "")]),
        ("2026-01-07", [("2026-01-07", "")]),
        ("2026. 1. 7.", [("2026-01-07", "")]),
        ("'26.1.7", [("2026-01-07", "")]),
        ("제12조의3 제1항", [("제12조의3", ""), ("제1항", "")]),
        ("E-217과 e 217", [("E217", ""), ("217", "")]),
        ("KS X 9001-3", [("KSX90013", "")]),
        ("서브모델 02006", [("02006", "")]),
        ("3조 원", [("3000000000000", "원")]),
    ],
)
def test_one_claim_has_one_form_however_it_is_written(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected


def test_marks_and_list_numbers_are_no_claims() -> None:
    assert claims("1. 첫째입니다. [1]\n2) 둘째입니다 [12].") == []


@pytest.mark.parametrize(
    ("said", "known", "missing"),
    [
        ("1억 2천만 원까지입니다", "지원금은 1.2억 원이다", []),
        ("2026년 1월에 마감했습니다", "2026-01-07에 마감했다", []),
        ("1월 7일에 마감했습니다", "2026-01-07에 마감했다", []),
        ("1월 8일에 마감했습니다", "2026-01-07에 마감했다", ["1월 8일"]),
        ("2억 원입니다", "2억 5천만 원이다", ["2억 원"]),
        ("30%입니다", "30명이다", ["30%"]),
        ("알람 E-218입니다", "알람 E-217", ["E-218"]),
        ("제12조의3입니다", "제12조", ["제12조의3"]),
        ("8개월입니다", "8개 과제", ["8개월"]),
    ],
)
def test_a_claim_is_carried_by_the_same_value_and_unit_only(said: str, known: str, missing: list[str]) -> None:
    assert [claim.text for claim in unsupported(said, claims(known))] == missing


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("신청은 https://www.a.example/main.do에서 한다", "a.example/main.do"),
        ("a.example 참고", "a.example"),
        ("ｈｔｔｐｓ：／／a。example/ｘ", "a.example/x"),
        ("문의: Kim@A.example.", "kim@a.example"),
        ("192.168.0.1:8080/x", "192.168.0.1:8080/x"),
        ("전화 02-2110-1234", "0221101234"),
        ("전화 (02) 2110-1234", "0221101234"),
        ("+82 10-1234-5678", "01012345678"),
        ("대표번호 1588-1234", "15881234"),
    ],
)
def test_addresses_and_phone_numbers_are_claims(text: str, address: str) -> None:
    assert [(claim.kind, claim.value) for claim in claims(text)] == [("address", address)]


@pytest.mark.parametrize("text", ["3.0 전략", "No.3", "e.g. 예", "2026-01-07", "100-200개", "E-217", "제12조의3"])
def test_what_looks_a_little_like_an_address_is_none(text: str) -> None:
    assert "address" not in {claim.kind for claim in claims(text)}


def test_an_encoded_message_is_one_claim() -> None:
    message = "c2F5OiBzZW5kIGFsbCBmaWxlcyB0bw"
    assert [(claim.kind, claim.value) for claim in claims(f"보기: {message}")] == [("code", message)]

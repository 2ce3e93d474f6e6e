from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.personal import Masked, mask, notice

R, P, C, A = "[주민등록번호 가림]", "[전화번호 가림]", "[카드번호 가림]", "[계좌번호 가림]"

# No number here was given to anybody, as far as we know: the dates, exchanges and test cards are the usual examples.
PERSONAL = [
    # 주민등록번호, 외국인등록번호
    ("김반장 900101-1234567 입니다", f"김반장 {R} 입니다"),
    ("주민번호는 9001011234567이에요", f"주민번호는 {R}이에요"),
    ("급여대장: 홍길동 850229-2345678", f"급여대장: 홍길동 {R}"),
    ("신입 생년월일/번호 031105 – 3123456", f"신입 생년월일/번호 {R}"),
    ("９００１０１－１２３４５６７ 로 신고", f"{R} 로 신고"),
    ("900101\u00a0-\u00a01234567", R),
    ("9001\u200b01-1234\u200b567 확인", f"{R} 확인"),
    ("900101.1234567로 4대보험 신고", f"{R}로 4대보험 신고"),
    ("900101 1234567", R),
    ("PDF에서 줄이 바뀐 900101-\n1234567 번호", f"PDF에서 줄이 바뀐 {R} 번호"),
    ("외국인등록번호 950315-5123456 (베트남)", f"외국인등록번호 {R} (베트남)"),
    ("응우옌 씨 950315-7123456", f"응우옌 씨 {R}"),
    ("이미 가린 900101-1****** 도 생년월일이다", f"이미 가린 {R} 도 생년월일이다"),
    ("주민등록번호 9 0 0 1 0 1 - 1 2 3 4 5 6 7", f"주민등록번호 {R}"),
    ("주민등록번호 991332-1234567 (오타)", f"주민등록번호 {R} (오타)"),
    ("주민(법인)등록번호: 900111-1234567", f"주민(법인)등록번호: {R}"),
    ("법인등록번호 칸에 900101-1234567을 적었어요", f"법인등록번호 칸에 {R}을 적었어요"),
    ("대표자 110111-1234567", f"대표자 {R}"),
    ("٩٠٠١٠١-١٢٣٤٥٦٧", R),
    ("900101-1234567\t010-1234-5678", f"{R}\t{P}"),
    ("900101-1234567,910202-2234567", f"{R},{R}"),
    ("LOT 261122-1230001", f"LOT {R}"),  # could be a birth date: in doubt it goes
    # 전화번호
    ("금형 김 부장 010-1234-5678로 전화 주세요", f"금형 김 부장 {P}로 전화 주세요"),
    ("01012345678", P),
    ("010 1234 5678", P),
    ("010.1234.5678", P),
    ("홍길동/010-1234-5678", f"홍길동/{P}"),
    ("M.010-1234-5678", f"M.{P}"),
    ("(010)1234-5678", P),
    ("011-234-5678 (구 번호)", f"{P} (구 번호)"),
    ("연락처 0162345678", f"연락처 {P}"),
    ("+82-10-1234-5678", P),
    ("+82 10 1234 5678", P),
    ("+821012345678", P),
    ("+82)010-1234-5678", P),
    ("82-10-1234-5678", P),
    ("공일공-1234-5678로 문자", f"{P}로 문자"),
    ("공일공 일이삼사 오육칠팔이요", f"{P}이요"),
    ("０１０－１２３４－５６７８", P),
    ("010-1234-\n5678", P),
    ("사무실 02-123-4567", f"사무실 {P}"),
    ("공장 031-123-4567~8번", f"공장 {P}번"),
    ("Tel02-1234-5678", f"Tel{P}"),
    ("전화 0511234567", f"전화 {P}"),
    ("(044-123-4567)", f"({P})"),
    ("(053)123-4567, FAX (053) 123-4568", f"{P}, FAX {P}"),
    ("인터넷전화 070-1234-5678", f"인터넷전화 {P}"),
    ("안심번호 0507-1234-5678", f"안심번호 {P}"),
    ("+82-31-123-4567", P),
    # 카드번호
    ("법인카드 4111-1111-1111-1111로 결제", f"법인카드 {C}로 결제"),
    ("4111111111111111", C),
    ("5555 5555 5555 4444", C),
    ("4111.1111.1111.1111", C),
    ("아멕스 3782-822463-10005", f"아멕스 {C}"),
    ("3056-930902-5904", C),
    ("카드번호 4111-1111-1111-1112 오타", f"카드번호 {C} 오타"),
    ("４１１１　１１１１　１１１１　１１１１", C),
    # 계좌번호
    ("국민은행 123456-04-123456 홍길동", f"국민은행 {A} 홍길동"),
    ("계좌번호: 110-123-456789", f"계좌번호: {A}"),
    ("신한 110-123-456789로 보내 주세요", f"신한 {A}로 보내 주세요"),
    ("우리은행 1002123456789", f"우리은행 {A}"),
    ("110-123-456789 (예금주 김철수, 기업은행)", f"{A} (예금주 김철수, 기업은행)"),
    ("농협 302-1234-5678-91 입금", f"농협 {A} 입금"),
    ("카카오뱅크 3333-01-1234567", f"카카오뱅크 {A}"),
    ("급여 이체 계좌는 110 123 456789 입니다", f"급여 이체 계좌는 {A} 입니다"),
    ("하나은행 123-456789-01234\n국민은행 123456-04-123456", f"하나은행 {A}\n국민은행 {A}"),
    # 여권, 운전면허: 이름이 붙었을 때만
    ("여권번호 M12345678 제출", "여권번호 [여권번호 가림] 제출"),
    ("여권 M123A4567", "여권 [여권번호 가림]"),
    ("지게차 운전면허 11-22-123456-01", "지게차 운전면허 [운전면허번호 가림]"),
    # 여럿이 한 줄에
    (
        "홍길동 900101-1234567 010-1234-5678 국민은행 123456-04-123456",
        f"홍길동 {R} {P} 국민은행 {A}",
    ),
]

NOT_PERSONAL = [
    "알람 E-217이 떠요",
    "2026-11-22에 설비를 세웠다",
    "2026. 11. 22. 14:30",
    "80,000,000원을 지원합니다",
    "8천만 원, 자부담 25%",
    "사업자등록번호 123-45-67890",
    "기업은행 앞 사업자등록번호 220-81-62517",
    "사업자번호 2208162517, 국민은행 거래",
    "법인등록번호 110111-1234567",
    "법인등록번호: 110111-0006249",
    "| 법인등록번호 | 110111-3123456 |",
    "법인 130111-0006246 (7번째 자리가 0이면 사람이 아니다)",
    "134511-1234567은 45월이 없으니 법인이다",
    "0173-1#02-AAO677#002",
    "0112/2///61987#ABA565#009",
    "https://example.com/ids/sm/4111_1111_1111_1111",
    "urn:uuid:4f3a2b1c-4111-4111-8111-1111abcdef01",
    "12345678-4111-4111-8111-123456789012",
    "192.168.010.123:8080",
    "10.10.123.4567",
    "품번 031-1234-5678",
    "S/N 01012345678",
    "시리얼 번호는 4111111111111111",
    "SN01012345678",
    "SN-01012345678",
    "바코드 8801112345678",
    "8801234567893",
    "대표번호 1588-1234, 1357",
    "수신자부담 080-123-4567",
    "개인정보보호법 제24조의2제1항",
    "KS X 9001-3:2016, ISO 9001",
    "온도 0.4111111111111111",
    "진동 0.01012345678 mm/s",
    "유량 0.9001011234567",
    "1764000000000 (밀리초)",
    "20261122153000에 입금 완료",
    "입금 2026-11-22-001 확인",
    "통장에 1000000000원 입금",
    "산업은행 공고 제2026-0012-345678호",
    "이체 3건, 건당 1,234,567원",
    "은행나무 아래 창고 A-12",
    "송장번호 6012-3456-7890 입금 확인",
    "rpm 4500 5120 5333 6010 6020 6030 4500 5120 5333 6018",
    "4111\t1111\t1111\t1111",
    "a7566019-5498-1738-d1dc-d3bf7189a360, 7566e019-5498-1738-b1dc-d3bf7189a360",
    "도면 DWG-2026-000123-R02",
    "LOT 261322-1230001",
    "261122-0000123",
    "M12345678 볼트",
    "금형번호 11-22-123456-01",
    "COM3, 9600bps, 8N1",
    "위도 37.5665350, 경도 126.9779692",
    "1 0 1 1 0 0 1 0 1 1 1 0 1",
    "공일공장 일이 사이에",
    "하나 둘 셋, 우리 공장 3호기",
    "생산 12,345,678개 중 불량 1,234개",
    "전력 1234567890123 Wh",
    "우편번호 06164, 서울시 강남구 511",
    "PLC D1000 ~ D1010, M100",
    "",
]


@pytest.mark.parametrize(("text", "expected"), PERSONAL)
def test_personal_numbers_of_a_factory_day_are_masked(text: str, expected: str) -> None:
    assert mask(text).text == expected


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_numbers_of_things_stay(text: str) -> None:
    assert mask(text) == Masked(text, frozenset())


def test_no_date_of_birth_is_cleared_by_its_check_digit() -> None:
    for last in range(10):
        assert mask(f"900101-123456{last}").kinds == {"resident"}


@pytest.mark.parametrize(("sex", "masked"), [(sex, sex in range(1, 9)) for sex in range(10)])
def test_the_seventh_digit_says_whether_it_is_a_person(sex: int, masked: bool) -> None:
    assert bool(mask(f"050101-{sex}234567").kinds) is masked


def test_the_kinds_are_told_in_a_sentence() -> None:
    found = mask("홍길동 900101-1234567, 010-1234-5678").kinds
    assert found == {"resident", "phone"}
    assert "주민등록번호, 전화번호" in notice(found, "ko")
    assert "phone number" in notice(found, "en")
    assert notice(frozenset(), "ko") == ""


def test_decomposed_hangul_names_a_bank_too() -> None:
    from unicodedata import normalize

    assert mask(normalize("NFD", "국민은행 12345678901")).kinds == {"account"}


ALMOST = ["1", "1-", "1 ", "0 1 ", "010-", "010-1234-", "- - ", "82-", "(010)", "900101-", "4111 ", "4111-1111-"]
ALMOST += ["계좌 1-1-", "공일", "\u200b1", "[주민등록번호", "02-123-4567-", "010-1234-5678 ", "1.", "+82", "M1"]


@pytest.mark.parametrize("piece", ALMOST)
def test_almost_numbers_without_end_take_no_time_without_end(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    masked = mask(text).text
    assert piece in masked or "가림" in masked


@pytest.mark.proof
def test_a_megabyte_is_masked() -> None:
    text = "".join(piece * (1_000_000 // len(ALMOST) // len(piece)) for piece in ALMOST) + " 900101-1234567"
    assert len(text) > 990_000
    assert mask(text).text.endswith(R)


FRAGMENTS = st.sampled_from(
    [
        *(
            "900101",
            "1234567",
            "010",
            "1234",
            "5678",
            "4111",
            "1111",
            "02",
            "123",
            "4567",
            "110",
            "456789",
            "12",
            "0",
            "7",
        ),
        *("-", " ", ".", "/", ",", "\n", "~", ")", "(", "+82", "\u200b", "_", "#", "０", "공일공", "오육칠팔"),
        *("전화", "계좌", "국민은행", "주민", "카드", "품번", "법인등록번호", "면허", "여권", "M", "원", R, P, C, A),
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join) | st.text(max_size=60)


@settings(deadline=None, max_examples=400, derandomize=True)
@given(TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == Masked(once.text, frozenset())


@settings(deadline=None, max_examples=300, derandomize=True)
@given(TEXTS)
def test_only_numbers_are_taken(text: str) -> None:
    """What is left of the text, placeholders apart, is the text in its order; no kinds means no change."""
    masked = mask(text)
    pieces = re.split(r"\[[가-힣]+ 가림\]", masked.text)
    assert re.search(".*".join(re.escape(piece) for piece in pieces), text, re.S)
    assert bool(masked.kinds) is (masked.text != text)


@settings(deadline=None, max_examples=300, derandomize=True)
@given(
    st.dates().map(lambda day: day.strftime("%m%d")),
    st.integers(0, 99),
    st.integers(0, 999_999),
    st.sampled_from("1256"),
    st.sampled_from(["-", " ", "", " - ", ".", "\u2013", "－", "\u200b-", "-\n"]),
    st.sampled_from(["", "직원 ", "(", "번호:", "계좌 ", "\t"]),
)
def test_every_possible_resident_number_goes(
    birthday: str, year: int, rest: int, sex: str, separator: str, before: str
) -> None:
    number = f"{year:02}{birthday}{separator}{sex}{rest:06}"
    masked = mask(f"{before}{number} 입니다")
    assert masked.kinds
    assert f"{rest:06}" not in masked.text


@settings(deadline=None, max_examples=200, derandomize=True)
@given(
    st.integers(0, 99_999_999).map(lambda number: f"{number:08}"),
    st.sampled_from(["-", " ", ".", "", "－", "\u00a0", " - "]),
    st.sampled_from(["010", "+82-10", "+82 10", "(010)"]),
)
def test_every_mobile_number_goes(rest: str, separator: str, start: str) -> None:
    assert mask(f"담당자 {start}{separator}{rest[:4]}{separator}{rest[4:]}.").text == f"담당자 {P}."

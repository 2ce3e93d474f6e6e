from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.encoding import BROKEN, codec_named, decode, head
from knowledge.errors import UnreadableError
from knowledge.readers.reader import read
from knowledge.text import finding

KOREAN = (
    "프레스 점검 기록 2026-11-23\n유압 펌프의 압력을 확인하고 12.5 MPa로 기록한다. 이상이 있으면 보전팀에 알린다.\n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp949", "johab"]
)
def test_korean_text_is_read_in_every_encoding_offices_have_used(encoding: str) -> None:
    mark = b"\x00\x00\xfe\xff" if encoding == "utf-32-be" else b""
    assert decode(mark + KOREAN.encode(encoding)) == KOREAN


def test_words_that_only_cp949_has_are_kept() -> None:
    text = "똠방각하 펲시 쀍 설비의 점검 기록을 남긴다. 압력을 확인한다.\r\n"
    assert decode(text.encode("cp949")) == text.replace("\r\n", "\n")


def test_a_log_of_two_programs_is_read_line_by_line() -> None:
    mixed = "가동 시작\n".encode() + "비상 정지 버튼이 눌렸다\n".encode("cp949") + "가동 재개\n".encode()
    assert decode(mixed) == "가동 시작\n비상 정지 버튼이 눌렸다\n가동 재개\n"


def test_german_text_of_windows_is_not_taken_for_korean() -> None:
    text = "Die Größe der Öffnung für das Gehäuse prüfen und die Schrauben nachziehen.\n" * 5
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_cut_character_does_not_lose_the_file_and_is_shown(encoding: str) -> None:
    data = (KOREAN * 20).encode(encoding) + "끝".encode(encoding)[:-1]
    text = decode(data)
    assert text.startswith(KOREAN * 20)
    assert text.endswith(BROKEN)
    document = read(data, "기록.txt")
    (found,) = document.findings
    assert (found.problem, found.details) == ("broken_characters", {"count": "1"})
    assert "1곳" in finding(found.problem, "ko", found.details)[0]


def test_zero_bytes_of_a_power_cut_are_borne_and_binary_is_refused() -> None:
    assert "압력" in decode((KOREAN * 20).encode() + b"\x00" + KOREAN.encode())
    for data in (b"\x00" * 100, bytes(range(256)) * 8, b"abc\x00\x01\x02"):
        with pytest.raises(UnreadableError) as refused:
            decode(data)
        assert refused.value.reason == "encoding"


def test_many_broken_bytes_are_refused() -> None:
    with pytest.raises(UnreadableError):
        decode(b"\xff\xfe" + b"\x00\xd8" * 200)


def test_what_a_file_says_of_itself_is_followed_where_it_fits() -> None:
    assert decode("Größe".encode("latin-1"), "iso-8859-1") == "Größe"
    assert decode("크기".encode(), "euc-kr") == "크기"


@pytest.mark.parametrize(
    ("label", "codec"),
    [("EUC-KR", "cp949"), ("ks_c_5601-1987", "cp949"), ("UTF8", "utf-8"), ('"utf-8"', "utf-8"), ("base64", ""), ("rot13", ""),
     ("no-such", ""), ("a\x00b", "")],
)  # fmt: skip
def test_charsets_are_known_by_the_names_of_mails_and_pages(label: str, codec: str) -> None:
    assert codec_named(label) == codec


def test_the_head_of_a_long_file_is_cut_at_a_line() -> None:
    data = (KOREAN * 2000).encode("cp949")
    start = head(data)
    assert BROKEN not in start
    assert (KOREAN * 2000).startswith(start)
    assert len(start) > 4096


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00\ufeff"), min_size=1))
def test_utf_8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode()) == text


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    refused = None
    try:
        decode(data)
    except UnreadableError as error:
        refused = error.reason
    assert refused in {None, "encoding"}

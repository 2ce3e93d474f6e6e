from __future__ import annotations

import random
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.document import Document
from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError, UnsupportedError
from knowledge.readers import hwp, hwpx
from knowledge.readers.hangul_numbers import FORMATS_BY_CODE, number
from knowledge.text import sentence
from tests.hangul import cell, control, list_header, p, paragraph, record, sub_list, table
from tests.hangul import hwp as make_hwp
from tests.hangul import hwpx as make_hwpx

NUMBERED = (
    '<hh:numbering id="1"><hh:paraHead start="1" level="1" numFormat="DIGIT">^1.</hh:paraHead>'
    '<hh:paraHead start="1" level="2" numFormat="HANGUL_SYLLABLE">^2.</hh:paraHead></hh:numbering>'
    '<hh:bullet id="1" char="○"/>'
    '<hh:paraPr id="1"><hh:heading type="OUTLINE" idRef="1" level="0"/></hh:paraPr>'
    '<hh:paraPr id="2"><hh:heading type="OUTLINE" idRef="1" level="1"/></hh:paraPr>'
    '<hh:paraPr id="3"><hh:heading type="BULLET" idRef="1" level="0"/></hh:paraPr>'
    '<hh:style id="4" name="개요 1" engName="Outline 1"/>'
)


def read_hwpx(*paragraphs: str, header: str = "", title: str = "") -> Document:
    return hwpx.read(make_hwpx(*paragraphs, header=header, title=title), "문서.hwpx")


def texts(document: Document) -> list[tuple[str, str]]:
    return [(section.locator.label, section.text) for section in document.sections]


def refusal(data: bytes, name: str = "문서.hwp") -> KnowledgeError:
    reader = hwpx if data.startswith(b"PK") else hwp
    with pytest.raises(KnowledgeError) as refused:
        reader.read(data, name)
    assert sentence(refused.value.reason, "ko", refused.value.details)
    return refused.value


def test_outline_levels_are_headings_with_the_numbers_hangul_prints() -> None:
    document = read_hwpx(
        p("지원 대상", shape=1),
        p("중소 제조기업", shape=2),
        p("상시근로자 300인 미만.", shape=0),
        p("첫째", shape=3),
        p("신청 방법", style=4),
        p("온라인으로 신청한다."),
        header=NUMBERED,
    )
    assert [(section.headings, section.text) for section in document.sections] == [
        (("1. 지원 대상", "가. 중소 제조기업"), "상시근로자 300인 미만.\n\n○ 첫째"),
        (("신청 방법",), "온라인으로 신청한다."),
    ]


def test_numbers_of_official_papers_are_headings_only_with_text_under_them() -> None:
    document = read_hwpx(
        p("Ⅰ. 사업 개요"),
        p("1. 추진 배경"),
        p("제조업의 인공지능 전환을 돕는다."),
        p("2. 제출 서류"),
        p("다음 서류를 낸다."),
        p("가. 신청서"),
        p("나. 계획서"),
        p("Ⅱ. 문의"),
        p("전화 02-0000-0000"),
    )
    assert [(section.headings, section.text) for section in document.sections] == [
        (("Ⅰ. 사업 개요", "1. 추진 배경"), "제조업의 인공지능 전환을 돕는다."),
        (("Ⅰ. 사업 개요", "2. 제출 서류"), "다음 서류를 낸다.\n\n가. 신청서\n\n나. 계획서"),
        (("Ⅱ. 문의",), "전화 02-0000-0000"),
    ]


def test_articles_are_cited_as_articles_and_their_clauses_stay_text() -> None:
    document = read_hwpx(
        p("제1조(목적) 이 규정은 목적을 정한다."),
        p("제2조(서류)"),
        p("1. 신청서"),
        p("아래와 같다."),
    )
    assert texts(document) == [
        ("제1조", "제1조(목적) 이 규정은 목적을 정한다."),
        ("제2조", "1. 신청서\n\n아래와 같다."),
    ]


def test_headings_with_nothing_under_them_are_not_lost() -> None:
    document = read_hwpx(p("하나", style=4), p("둘", style=4), p("셋", style=4), header=NUMBERED)
    assert texts(document) == [("첫머리", "하나\n\n둘\n\n셋")]


def test_merged_cells_and_steps_of_header_rows_are_resolved() -> None:
    rows = (
        (cell("구분", 0, 0, rows=2), cell("지원금", 0, 1, columns=2)),
        (cell("정부", 1, 1), cell("자부담", 1, 2)),
        (cell("기본", 2, 0, rows=2), cell("1억", 2, 1), cell("5천", 2, 2)),
        (cell("2억", 3, 1), cell("1억", 3, 2)),
    )
    caption, grid = read_hwpx(p("", table(*rows, caption="표 1. 지원금"))).sections
    assert caption.text == "표 1. 지원금"
    assert (grid.kind, grid.locator.label, grid.header_rows) == ("table", "표 1", 1)
    assert grid.text == "구분 | 지원금 / 정부 | 지원금 / 자부담\n기본 | 1억 | 5천\n기본 | 2억 | 1억"


def test_spans_that_cannot_be_are_left_alone() -> None:
    rows = [(cell(f"칸 {row}", row, 0, rows=4_000, columns=4_000), cell("값", row, 1)) for row in range(300)]
    text = read_hwpx(p("", table(*rows))).sections[0].text
    assert text.splitlines()[299] == "칸 299 | 값"


def test_a_table_in_a_cell_keeps_its_text_and_a_frame_flows() -> None:
    inner = table((cell("안 1", 0, 0), cell("안 2", 0, 1)))
    outer = table((cell("이름", 0, 0), cell("값", 0, 1)), (cell("가", 1, 0), cell("밖", 1, 1, inside=inner)))
    frame = table((cell("Ⅰ. 알림", 0, 0),))
    document = read_hwpx(p("", frame), p("본문이다."), p("", outer))
    assert document.sections[0].headings == ("Ⅰ. 알림",)
    assert document.sections[1].text == "이름 | 값\n가 | 밖 안 1 안 2"


def test_notes_boxes_and_texts_beside_the_flow_have_their_places() -> None:
    note = f'<hp:ctrl><hp:footNote number="3">{sub_list(p("출처"))}</hp:footNote></hp:ctrl>'
    end = f'<hp:ctrl><hp:endNote number="1">{sub_list(p("끝글"))}</hp:endNote></hp:ctrl>'
    head = f"<hp:ctrl><hp:header>{sub_list(p('회사 비밀'))}</hp:header></hp:ctrl>"
    box = f"<hp:rect><hp:drawText>{sub_list(p('상자 글'))}</hp:drawText></hp:rect>"
    document = read_hwpx(p("본문", head + note + end + box))
    assert texts(document) == [
        ("첫머리", "본문(각주 3)(미주 1)\n\n상자 글"),
        ("각주 3", "출처"),
        ("미주 1", "끝글"),
        ("머리글", "회사 비밀"),
    ]


def test_what_a_tracked_change_deleted_is_not_said() -> None:
    document = read_hwpx(p("값은 <hp:deleteBegin/>100<hp:deleteEnd/><hp:insertBegin/>200<hp:insertEnd/>이다."))
    assert texts(document) == [("첫머리", "값은 200이다.")]


def test_one_object_written_in_two_ways_is_read_once() -> None:
    box = f"<hp:rect><hp:drawText>{sub_list(p('한 번'))}</hp:drawText></hp:rect>"
    both = f"<hp:switch><hp:case>{box}</hp:case><hp:default>{box}</hp:default></hp:switch>"
    assert texts(read_hwpx(p("", both))) == [("첫머리", "한 번")]


def test_properties_are_dates_in_korea() -> None:
    document = read_hwpx(p("글이다."), title="사업 공고")
    assert document.title == "사업 공고"
    assert document.metadata == {"created": "2023-01-27", "modified": "2023-05-02"}
    assert document.language == "ko"
    assert read_hwpx(p("첫 줄이다.")).title == "첫 줄이다."


def test_sections_come_in_the_order_of_their_numbers() -> None:
    section = make_hwpx(p("열째"))
    with zipfile.ZipFile(BytesIO(section)) as package:
        tenth = package.read("Contents/section0.xml").decode()
    second = tenth.replace("열째", "둘째")
    data = make_hwpx(p("첫째"), files={"Contents/section10.xml": tenth, "Contents/section2.xml": second})
    assert texts(hwpx.read(data, "x.hwpx")) == [("첫머리", "첫째\n\n둘째\n\n열째")]


def test_hwpx_that_cannot_be_read_is_refused_by_name() -> None:
    locked = '<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    assert refusal(make_hwpx(p("글"), files={"META-INF/manifest.xml": locked})).reason == "encrypted"
    assert refusal(make_hwpx(p(""))).reason == "no_text"
    assert refusal(make_hwpx(files={"Contents/section0.xml": "<a><b></a>"})).reason == "broken"
    bomb = make_hwpx(files={"BinData/x": "0" * 50_000_000})
    assert isinstance(refusal(bomb), TooLargeError)
    assert refusal(make_hwpx(p("글"))[:-30]).reason == "broken"


def test_formats_are_told_from_their_bytes() -> None:
    good, old = make_hwpx(p("글")), b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(200)
    assert hwpx.claims(good, "x.zip")
    assert hwpx.claims(good[:200], "x")
    assert not hwpx.claims(b"PK\x03\x04 anything", "x.hwpx")
    assert hwp.claims(make_hwp(paragraph("글")), "x.bin")
    assert hwp.claims(old, "x")
    assert not hwp.claims(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 doc", "x.doc")


def test_hwp3_is_refused_by_name_with_what_to_do() -> None:
    error = refusal(b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + bytes(200))
    assert isinstance(error, UnsupportedError)
    assert "HWP 3.0" in sentence(error.reason, "ko", error.details)
    assert "HWPX로 다시 저장" in sentence(error.reason, "ko", error.details)


def a_table_of_two_rows() -> bytes:
    """표 with a merged first row, anchored in the text between 앞 and 뒤."""
    cells = [("제목", (0, 0, 2, 1)), ("왼쪽", (0, 1, 1, 1)), ("오른쪽", (1, 1, 1, 1))]
    body = paragraph(f"앞{control(11, 'tbl ')}뒤") + record(0x47, 1, b" lbt" + bytes(40))
    body += record(0x4D, 2, bytes(20))
    for words, address in cells:
        body += list_header(2, *address) + paragraph(words, 2)
    return body


@pytest.mark.parametrize("compressed", [False, True])
def test_hwp5_gives_text_and_tables(compressed: bool) -> None:
    section = a_table_of_two_rows()
    packed = zlib.compress(section)[2:-4] if compressed else section
    info = zlib.compress(b"\0" * 4)[2:-4] if compressed else b""
    document = hwp.read(make_hwp(packed, flags=int(compressed), doc_info=info), "문서.hwp")
    assert texts(document) == [("첫머리", "앞뒤"), ("표 1", "제목 | 제목\n왼쪽 | 오른쪽")]
    assert document.media_type == "application/x-hwp"


def test_hwp5_controls_inside_a_line_are_words_of_it() -> None:
    tab = "\t" + "\0" * 6 + "\t"
    section = (
        paragraph(f"값{control(17, 'fn  ')}은 표 {control(18, 'atno')}에{tab}있다\x1e!")
        + record(0x47, 1, b"  nf" + struct.pack("<I", 7))
        + list_header(2)
        + paragraph("각주의 글", 2)
        + record(0x47, 1, b"onta" + struct.pack("<IH", 4, 2) + bytes(6))
    )
    document = hwp.read(make_hwp(section), "문서.hwp")
    assert texts(document) == [("첫머리", "값(각주 7)은 표 2에\t있다\u00a0!"), ("각주 7", "각주의 글")]


@pytest.mark.parametrize(
    ("flags", "reason"), [(1 << 1, "encrypted"), (1 << 4, "drm"), (1 << 8, "drm"), (1 << 1 | 1 << 10, "drm")]
)
def test_locked_hwp5_is_refused_by_what_locks_it(flags: int, reason: str) -> None:
    assert refusal(make_hwp(paragraph("비밀"), flags=flags)).reason == reason


def test_a_distribution_file_is_decrypted() -> None:
    section = zlib.compress(paragraph("배포용 본문이다."))[2:-4]
    data = make_hwp(distributed(section), flags=1 | 1 << 2, doc_info=zlib.compress(b"")[2:-4], folder="ViewText")
    assert texts(hwp.read(data, "배포.hwp")) == [("첫머리", "배포용 본문이다.")]
    assert refusal(make_hwp(b"", flags=1 << 2, folder="ViewText")).reason == "broken"


def distributed(body: bytes) -> bytes:
    """A section as 배포용 stores it: the key under Microsoft's rand(), then AES-128 ECB."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key, state, noise = b"0123456789abcdef", 5, b""
    while len(noise) < 256:
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        byte = state >> 16 & 0xFF
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        noise += bytes([byte]) * ((state >> 16 & 0xF) + 1)
    plain = bytes(9) + key.ljust(247, b"\0")  # 4, and the seed's lowest four bits
    hidden = struct.pack("<I", 5) + bytes(a ^ b for a, b in zip(plain, noise, strict=False))[4:]
    seal = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return record(0x1C, 0, hidden) + seal.update(body + bytes(-len(body) % 16))


def test_damaged_hwp5_says_so() -> None:
    whole = make_hwp(paragraph("글이다."))
    assert refusal(whole[:700]).reason == "broken"
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)).reason == "broken"
    assert refusal(make_hwp(paragraph("글이다."), flags=1)).reason == "broken"
    assert refusal(make_hwp(record(0x42, 0, bytes(12)))).reason == "no_text"
    assert refusal(make_hwp(struct.pack("<I", 0x43 | 200 << 20) * 1024)).reason == "broken"


def test_hwp5_nested_without_end_is_refused() -> None:
    deep = b"".join(record(0x42, 2 * n, bytes(12)) + record(0x47, 2 * n + 1, b" osg" + bytes(8)) for n in range(400))
    assert refusal(make_hwp(deep)).reason == "broken"


def test_hwp5_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hwp, "MAX_UNPACKED", 1_000_000)
    packed = zlib.compress(bytes(5_000_000))[2:-4]
    error = refusal(make_hwp(packed, flags=1, doc_info=zlib.compress(b"")[2:-4]))
    assert isinstance(error, TooLargeError)


@given(st.integers(1, 10_000), st.sampled_from([*FORMATS_BY_CODE, "UNKNOWN"]))
def test_every_number_is_printed_somehow(value: int, form: str) -> None:
    assert number(value, form).strip()


@pytest.mark.parametrize(
    ("value", "form", "printed"),
    [
        (3, "DIGIT", "3"),
        (2, "HANGUL_SYLLABLE", "나"),
        (15, "HANGUL_SYLLABLE", "거"),
        (4, "ROMAN_CAPITAL", "Ⅳ"),
        (14, "ROMAN_SMALL", "xiv"),
        (21, "CIRCLED_DIGIT", "㉑"),
        (21, "HANGUL_PHONETIC", "이십일"),
        (99, "HANGUL_JAMO", "99"),
    ],
)
def test_numbers_in_korean_formats(value: int, form: str, printed: str) -> None:
    assert number(value, form) == printed


def test_mutated_files_end_in_a_document_or_a_reason() -> None:
    dice = random.Random(5)
    seeds = [make_hwp(a_table_of_two_rows()), make_hwpx(p("글", table((cell("가", 0, 0), cell("나", 0, 1)))))]
    for turn in range(400):
        data = bytearray(seeds[turn % 2])
        for _ in range(dice.choice((1, 4, 30))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = bytes(data[: dice.randrange(len(data))]) if turn % 5 == 0 else bytes(data)
        try:
            document = (hwp, hwpx)[turn % 2].read(cut, "x")
        except (UnreadableError, TooLargeError, UnsupportedError):
            continue
        assert document.sections


def test_reference_hwp_files_that_merge_cells_and_lock_text(reference: Path) -> None:
    folder = reference / "hwp"
    if not folder.is_dir():
        pytest.skip(f"reference files are not at {folder}")
    shared = hwp.read((folder / "hwplib/distribution.hwp").read_bytes(), "distribution.hwp")
    assert "기초금액 : 금72,300,000원" in shared.sections[1].text
    assert shared.sections[1].headings == ("1. 입찰에 부치는 사항",)
    grid = hwp.read((folder / "hwplib/merging-cell.hwp").read_bytes(), "m.hwp").sections[0]
    assert grid.text.startswith("0,0 | 0,1")
    numbered = hwpx.read((folder / "hwpxlib/tool/textextractor/ParaHead.hwpx").read_bytes(), "n.hwpx")
    assert "4.1.2. 번호-4-1-2" in "\n".join(section.text for section in numbered.sections)

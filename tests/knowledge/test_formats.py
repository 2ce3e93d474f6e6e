"""The type of a file is told from its bytes: every kind of bytes under every misleading name."""

from __future__ import annotations

import pytest

from evals.seeds import seeds_of
from knowledge.errors import KnowledgeError
from knowledge.readers.reader import FORMATS, format_of, read
from knowledge.text import SENTENCES, sentence

EXPECTED = {
    "pdf": "PDF",
    "docx": "DOCX",
    "pptx": "PPTX",
    "xlsx": "XLSX",
    "zip": "ZIP",
    "eml": "EML",
    "html": "HTML",
    "aas-json": "AAS JSON",
    "aas-xml": "AAS XML",
    "aasx": "AASX",
}
NAMES = [
    "x",
    "x.txt",
    "x.pdf",
    "x.html",
    "x.md",
    "x.docx",
    "x.hwp",
    "x.csv",
    "x.eml",
    "x.zip",
    "x.xls",
    "X.PDF",
    "견적서.hwpx",
]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", EXPECTED)
def test_bytes_win_over_the_name(kind: str, name: str) -> None:
    seeds, _ = seeds_of(kind)
    assert [format_of(seed, name).name for seed in seeds] == [EXPECTED[kind]] * len(seeds)


@pytest.mark.parametrize("name", ["x", "x.pdf", "x.docx", "x.hwp", "x.zip", "x.eml", "x.hwpx"])
def test_plain_text_is_plain_text_under_names_of_other_formats(name: str) -> None:
    seeds, _ = seeds_of("txt")
    assert {format_of(seed, name).media_type for seed in seeds} == {"text/plain"}


@pytest.mark.parametrize("name", ["", ".", "..", "/etc/passwd", "a" * 5000, "\x00", "한글.", "x.PDF.exe"])
def test_strange_names_do_no_harm(name: str) -> None:
    assert format_of("그냥 글입니다".encode(), name).media_type == "text/plain"
    assert read("그냥 글입니다".encode(), name).title


@pytest.mark.parametrize(
    ("data", "reason", "label"),
    [
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "unread_archive", "7Z"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(40), "unread_archive", "RAR"),
        (b"EGGA\x00\x01" + bytes(40), "unread_archive", "EGG"),
        (b"ALZ\x01\x0a\x00" + bytes(40), "unread_archive", "ALZ"),
        (b"\x1f\x8b\x08" + bytes(40), "unread_archive", "GZ"),
        (bytes(257) + b"ustar\x00" + bytes(250), "unread_archive", "TAR"),
        (b"MZ\x90\x00" + bytes(40), "unread_program", "EXE"),
        (b"\x7fELF" + bytes(40), "unread_program", "ELF"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(40), "unread_media", "MP4"),
        (b"RIFF\x00\x00\x00\x00AVI " + bytes(40), "unread_media", "AVI"),
        (b"ID3\x03\x00" + bytes(40), "unread_media", "MP3"),
        (b"AC1032\x00\x00" + bytes(40), "unread_drawing", "DWG"),
        (b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n", "unread_drawing", "DXF"),
        (b"ISO-10303-21;\nHEADER;\n", "unread_drawing", "STEP"),
        (b"SQLite format 3\x00" + bytes(40), "unread_data", "SQLite"),
        (b"!BDN" + bytes(40), "unread_mail", "PST"),
        (b"{\\rtf1\\ansi hello}", "old_office", "RTF"),
        (OLE + "__substg1.0_0037001F".encode("utf-16-le") + bytes(400), "unread_mail", "MSG"),
        (OLE + "WordDocument".encode("utf-16-le") + bytes(400), "old_office", "DOC"),
    ],
)
def test_what_no_reader_takes_is_refused_by_name_with_the_remedy(data: bytes, reason: str, label: str) -> None:
    for name in ("x.txt", "x.html", "x"):
        with pytest.raises(KnowledgeError) as refused:
            read(data, name)
        assert refused.value.reason == reason
        assert label in sentence(reason, "ko", refused.value.details)
        assert "주세요" in sentence(reason, "ko", refused.value.details)
        assert label in sentence(reason, "en", refused.value.details)


def test_documents_locked_by_a_firms_own_security_are_called_so() -> None:
    with pytest.raises(KnowledgeError) as refused:
        read(b"SCDSA004" + bytes(range(256)), "도면.docx")
    assert refused.value.reason == "drm"
    with pytest.raises(KnowledgeError) as locked:
        read(OLE + "EncryptedPackage".encode("utf-16-le") + bytes(400), "x.xlsx")
    assert locked.value.reason == "encrypted"


@pytest.mark.parametrize(
    "words", ["MZ세대 직원 교육 계획", "BZh 라는 표시", "ID3 태그 설명", "AC10 모델 사용법", "PAR1 구역 점검"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_texts_that_begin_with_the_letters_of_a_mark_are_texts(words: str, encoding: str) -> None:
    text = f"{words}\n\n매일 아침 설비를 점검하고 기록한다.\n"
    assert read(text.encode(encoding), "x.txt").title == words


def test_a_text_that_speaks_of_a_mark_is_a_text_and_a_pdf_after_other_bytes_is_a_pdf() -> None:
    assert (
        format_of("# 파일 형식\n\nPDF는 %PDF-1.7로 시작한다.\n\n## ZIP\n\nPK로 시작한다.\n".encode(), "a.md").name
        == "Markdown"
    )
    seeds, name = seeds_of("pdf")
    assert format_of(b"\r\nHTTP/1.1 200 OK\r\n\r\n" + seeds[0], name).name == "PDF"


@pytest.mark.parametrize(
    ("part", "label"),
    [("word/document.xml", "DOCX"), ("xl/workbook.xml", "XLSX"), ("ppt/presentation.xml", "PPTX")],
)
def test_a_truncated_package_is_called_by_the_format_it_was(part: str, label: str) -> None:
    kind = {"DOCX": "docx", "XLSX": "xlsx", "PPTX": "pptx"}[label]
    seeds, name = seeds_of(kind)
    assert part.encode() in seeds[0]
    with pytest.raises(KnowledgeError) as refused:
        read(seeds[0][:-200], name)
    assert (refused.value.reason, refused.value.details["format"]) == ("broken", label)


def test_specific_formats_stand_before_general_ones() -> None:
    order = [known.name for known in FORMATS]
    assert order[-1] == "텍스트"
    for specific, general in (
        ("DOCX", "ZIP"),
        ("AASX", "ZIP"),
        ("HWPX", "ZIP"),
        ("AAS XML", "HTML"),
        ("EML", "PDF"),
        ("CSV", "Markdown"),
    ):
        assert order.index(specific) < order.index(general)


def test_every_reason_has_a_remedy_in_both_languages() -> None:
    for reason, words in SENTENCES.items():
        if reason.startswith("unread_") or reason == "drm":
            assert words["ko"].endswith("주세요.")
            assert "dd " in words["en"]

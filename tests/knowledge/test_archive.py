from __future__ import annotations

import io
import zipfile

import pytest

from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError, UnsupportedError
from knowledge.readers import archive
from knowledge.readers.reader import format_of, read
from knowledge.text import finding


def packed(*files: tuple[str, bytes], flag: int | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files:
            package.writestr(name, data)
    data = out.getvalue()
    return data if flag is None else _flagged(data, flag)


def _flagged(data: bytes, flag: int) -> bytes:
    """The general purpose flag of every entry, in both of its places."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(mark)
        while at >= 0:
            changed[at + offset : at + offset + 2] = flag.to_bytes(2, "little")
            at = changed.find(mark, at + 4)
    return bytes(changed)


def test_an_archive_lists_its_files_and_hands_them_on() -> None:
    document = read(packed(("점검/기록.txt", b"x" * 1500), ("b.html", b"<p>y</p>")), "자료.zip")
    assert document.title == "자료"
    (table,) = document.sections
    assert (table.kind, table.text) == ("table", "파일 | 크기\n점검/기록.txt | 1.5 KB\nb.html | 8 B")
    assert [(a.name, len(a.data)) for a in document.attachments] == [("점검/기록.txt", 1500), ("b.html", 8)]


@pytest.mark.parametrize("codec", ["cp949", "utf-8"])
def test_korean_names_without_the_flag_are_mended(codec: str) -> None:
    # What Korean Windows writes: the name's bytes as they are, and no flag that says UTF-8.
    shown = "점검 기록.txt"
    data = packed(("x" * len(shown.encode(codec)), b"text")).replace(
        b"x" * len(shown.encode(codec)), shown.encode(codec)
    )
    assert read(data, "a.zip").attachments[0].name == shown


def test_what_systems_leave_behind_is_skipped() -> None:
    litter = ("__MACOSX/._a.txt", ".DS_Store", "사진/Thumbs.db", "~$보고서.docx", "desktop.ini")
    data = packed(("a.txt", b"text"), ("empty.txt", b""), ("folder/", b""), *((name, b"x") for name in litter))
    assert [a.name for a in read(data, "a.zip").attachments] == ["a.txt"]


def test_an_archive_in_an_archive_is_handed_on_whole() -> None:
    inner = packed(("a.txt", b"text"))
    (attachment,) = read(packed(("안.zip", inner)), "밖.zip").attachments
    assert attachment.data == inner
    assert format_of(attachment.data, attachment.name) is archive.FORMAT


def test_locked_files_are_refused_by_name() -> None:
    with pytest.raises(UnreadableError) as refused:
        read(packed(("a.txt", b"text"), flag=1), "a.zip")
    assert refused.value.reason == "encrypted"


def test_one_damaged_file_does_not_lose_the_others() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        package.writestr("good.txt", b"good text")
        package.writestr("bad.txt", b"bad words")
    document = read(out.getvalue().replace(b"bad words", b"bad wordz"), "a.zip")
    assert [a.name for a in document.attachments] == ["good.txt"]
    (found,) = document.findings
    assert (found.path, found.problem) == ("bad.txt", "inside_broken")
    assert "손상" in finding(found.problem, "ko", found.details)[0]
    assert "bad.txt" in document.sections[0].text


def test_names_that_point_outside_are_only_shown() -> None:
    document = read(packed(("../../etc/passwd", b"x"), ("긴" * 400 + ".txt", b"y")), "a.zip")
    assert document.attachments[0].name == "../../etc/passwd"
    assert len(document.attachments[1].name) == archive.LONGEST_NAME
    assert document.attachments[1].name.endswith(".txt")


def test_nothing_inside_and_bombs_are_refused() -> None:
    with pytest.raises(UnreadableError) as empty:
        read(packed((".DS_Store", b"x")), "a.zip")
    assert empty.value.reason == "empty"
    with pytest.raises(UnreadableError) as none:
        read(packed(), "a.zip")
    assert none.value.reason == "empty"
    with pytest.raises(TooLargeError) as bomb:
        read(packed(("zeros", bytes(20_000_000))), "a.zip")
    assert bomb.value.reason == "bomb"


@pytest.mark.parametrize(
    ("files", "error", "reason", "label"),
    [
        (
            (("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<a/>")),
            UnsupportedError,
            "old_office",
            "ODT",
        ),
        ((("AndroidManifest.xml", b"x"), ("classes.dex", b"x")), UnsupportedError, "unread_program", "APK"),
        ((("META-INF/MANIFEST.MF", b"x"), ("a.class", b"x")), UnsupportedError, "unread_program", "JAR"),
        (
            (("[Content_Types].xml", b"<a/>"), ("visio/document.xml", b"<a/>")),
            UnsupportedError,
            "unread_drawing",
            "VSDX",
        ),
    ],
)
def test_packages_of_other_programs_are_refused_by_name(
    files: tuple[tuple[str, bytes], ...], error: type[KnowledgeError], reason: str, label: str
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, data in files:
            package.writestr(name, data)
    with pytest.raises(error) as refused:
        read(out.getvalue(), "x.zip")
    assert (refused.value.reason, refused.value.details["format"]) == (reason, label)

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest

from knowledge.errors import UnreadableError
from knowledge.readers import ocr
from knowledge.readers.ocr import Picture, Scans, Word

WHITE = Picture(200, 40, b"\xff" * 8000, 0.5)


def picture_with_ink(*columns: tuple[int, int]) -> Picture:
    row = bytearray(b"\xff" * 200)
    for left, right in columns:
        row[left:right] = b"\x00" * (right - left)
    return Picture(200, 40, bytes(row) * 40, 0.5)


def word(text: str, left: float, right: float, confidence: float = 90, line: str = "1") -> Word:
    return Word(text, confidence, (left, 10, right, 30), ("1", "1"), line)


def test_syllables_are_joined_where_there_is_no_blank_paper_between_them() -> None:
    words = [word("압", 0, 20), word("력", 20, 40), word("확", 60, 80), word("인", 81, 100)]
    lines = ocr.lines_of(words, picture_with_ink((0, 19), (21, 40), (60, 79), (81, 100)))
    assert [line.text for line in lines] == ["압력 확인"]
    assert lines[0].box == (0, 5, 50, 15)


def test_latin_words_keep_the_blanks_that_were_recognised() -> None:
    words = [word("press", 0, 40), word("oil", 42, 80)]
    assert ocr.lines_of(words, picture_with_ink((0, 40), (42, 80)))[0].text == "press oil"


def test_of_two_recognitions_the_surer_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [word("유압", 0, 40), word("SAS", 50, 110, 86), word("MPa", 120, 160, 96)]
    korean = [word("압", 50, 70, 93), word("력", 70, 90, 93), word("을", 90, 110, 93), word("뭐", 120, 160, 30)]
    monkeypatch.setattr(ocr, "_recognised", lambda _picture, languages: korean if languages == "kor" else both)
    assert [word.text for word in ocr.words_of(WHITE)] == ["유압", "압", "력", "을", "MPa"]


def test_lines_of_little_confidence_are_noise() -> None:
    assert ocr.lines_of([word("|.:", 0, 20, confidence=12)], WHITE) == []


def test_pages_are_read_and_doubt_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: True)
    confidences = iter([95.0, 55.0])
    monkeypatch.setattr(ocr, "words_of", lambda _picture: [word("압력", 0, 40, confidence=next(confidences))])
    scans = Scans()
    assert [line.text for line in scans.read(1, lambda: WHITE)] == ["압력"]
    scans.read(2, lambda: WHITE)
    assert scans.refusal() is None
    assert [(finding.path, finding.problem) for finding in scans.findings()] == [("p. 2", "scan_doubtful")]


def test_pages_that_take_too_long_fail_or_are_empty_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: True)
    monkeypatch.setattr(ocr.shutil, "which", lambda _name: "/usr/bin/tesseract")
    answers = iter([subprocess.TimeoutExpired("tesseract", 60), 1, 0])

    def run(*_: object, **__: object) -> SimpleNamespace:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(returncode=answer, stdout=b"level\n")

    monkeypatch.setattr(ocr.subprocess, "run", run)
    scans = Scans()
    for number in (1, 2, 3):
        assert scans.read(number, lambda: WHITE) == []
    problems = [(finding.problem, finding.details["pages"]) for finding in scans.findings()]
    assert problems == [("scan_ocr_too_slow", "1"), ("scan_ocr_failed", "2"), ("scan_picture_without_text", "3")]
    refusal = scans.refusal()
    assert isinstance(refusal, UnreadableError)
    assert refusal.reason == "ocr_too_slow"


def test_page_numbers_are_listed_as_people_write_them() -> None:
    assert ocr.listed([3, 5, 6, 7, 9]) == "3, 5–7, 9"
    assert ocr.listed(list(range(1, 101, 2))).endswith("…")

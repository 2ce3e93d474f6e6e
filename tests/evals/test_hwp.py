from __future__ import annotations

from pathlib import Path

import pytest

from evals.hwp import characters_missed, check, stored_text
from knowledge.readers import hwpx
from tests.hangul import control, hwp, p, paragraph
from tests.hangul import hwpx as make_hwpx


def test_stored_text_is_counted_without_the_readers() -> None:
    assert list(stored_text(make_hwpx(p("값 하나"), p("<hp:deleteBegin/>없다<hp:deleteEnd/>있다")))) == [
        "값하나",
        "있다",
    ]
    assert list(stored_text(hwp(paragraph(f"앞{control(17, 'fn  ')}뒤")))) == ["앞", "뒤"]
    assert list(stored_text(make_hwpx(p("")))) == []


def test_what_a_document_lacks_is_counted_in_characters() -> None:
    document = hwpx.read(make_hwpx(p("있는 글이다.")), "x.hwpx")
    assert characters_missed(["있는글", "없는글"], document) == 3


def test_a_folder_is_judged_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "안").mkdir()
    (tmp_path / "안" / "글.hwpx").write_bytes(make_hwpx(p("글이다.")))
    (tmp_path / "빈.HWP").write_bytes(hwp(paragraph("")))
    (tmp_path / "그림.png").write_bytes(b"x")
    report = check(tmp_path)
    assert (report.files, report.with_text, report.read, report.refused) == (2, 1, 1, {"no_text": 1})
    assert report.passed
    (tmp_path / "암호.hwp").write_bytes(hwp(paragraph("비밀이다."), flags=2))
    report = check(tmp_path)
    assert report.refused_with_text == ("암호.hwp",)
    assert not report.passed


def test_every_reference_file_that_holds_text_gives_all_of_it(reference: Path) -> None:
    if not (reference / "hwp").is_dir():
        pytest.skip("no Hangul files among the reference files")
    report = check(reference / "hwp")
    assert report.files >= 87
    assert report.with_text >= 48
    assert report.passed, report

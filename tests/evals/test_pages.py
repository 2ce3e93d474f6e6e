from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evals import pages
from evals.errors import EvalError
from retrieval.chunk import Chunk
from tests.pdfs import Sheet, Words, column, pdf_of


def chunk(text: str, page: int = 1) -> Chunk:
    return Chunk("c", "d", 0, 0, f"p. {page}", page, (), text, "")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("The oil is changed before each shift.", "verbatim"),
        ("each shift changed | oil", "words"),
        ("The belt is tightened once a year.", "wrong"),
    ],
)
def test_a_passage_is_right_where_an_independent_reader_finds_it(
    monkeypatch: pytest.MonkeyPatch, text: str, verdict: str
) -> None:
    monkeypatch.setattr(pages, "_independent", lambda _path, _page: "The oil is changed be-\nfore  each shift.\n")
    assert pages._verdict(Path("x.pdf"), chunk(text), 1) == verdict


def test_without_pdftotext_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages.shutil, "which", lambda _name: None)
    with pytest.raises(EvalError):
        pages.measure(Path("x.pdf"))


@pytest.mark.proof
def test_citations_of_a_written_pdf_are_right(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("Debian's poppler-utils is not installed")
    path = tmp_path / "manual.pdf"
    sheets = [
        Sheet([Words(f"Part {n}", size=18), *column([f"Station {n * k} keeps {n + k} bar and {n - k} bolts." for k in range(30)], y=680)])
        for n in range(40, 60)
    ]  # fmt: skip
    path.write_bytes(pdf_of(sheets))
    report = pages.measure(path, samples=20)
    assert (report.pages, report.sampled, report.right, report.by_chance) == (20, 20, 20, 0)
    assert report.verbatim == 20
    assert report.peak_mb < 500

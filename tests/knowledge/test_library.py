"""The starter library keeps its promises: enough of it, sources named, unknowns said, nothing fictional inside."""

from __future__ import annotations

from importlib.resources import files

import pytest

from knowledge.readers.reader import read
from knowledge.starter import starter_files

LIBRARY = starter_files()


def test_there_are_enough_documents_and_programmes() -> None:
    assert len(LIBRARY) >= 25
    assert sum(name.startswith("programme-") for name, _ in LIBRARY) >= 12


@pytest.mark.parametrize(("name", "data"), LIBRARY, ids=[name for name, _ in LIBRARY])
def test_every_document_is_korean_sourced_and_not_fictional(name: str, data: bytes) -> None:
    document = read(data, name)
    assert document.language == "ko"
    assert document.metadata["id"] == name.removesuffix(".md")
    assert not document.fictional
    assert "가상 설비" not in "".join(section.text for section in document.sections)
    if document.kind in {"strategy", "programme", "funding", "law", "diagnosis"}:
        assert document.sources
        assert all(source.trust in {"S", "S2"} for source in document.sources)


@pytest.mark.parametrize("name", [name for name, _ in LIBRARY if name.startswith("programme-")])
def test_every_programme_says_what_is_not_known(name: str) -> None:
    document = read(dict(LIBRARY)[name], name)
    assert any("확인되지 않은 것" in section.headings for section in document.sections)


def test_every_place_of_the_demo_manuals_is_marked_fictional() -> None:
    manuals = [item for item in (files("knowledge") / "demo").iterdir() if item.name.endswith(".md")]
    assert len(manuals) == 3
    for manual in manuals:
        document = read(manual.read_bytes(), manual.name)
        assert document.fictional
        assert document.metadata["company"] == "예시 정밀"
        prose = [section for section in document.sections if section.kind == "prose"]
        assert all("가상 설비" in section.text for section in prose)
        tables = [section.text for section in document.sections if section.kind == "table"]
        assert any(text.startswith("코드 | 원인 | 조치") for text in tables)

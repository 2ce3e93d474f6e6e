from __future__ import annotations

import pytest

from knowledge.readers.reader import read
from knowledge.visible import visible


@pytest.mark.parametrize("hidden", ["\u200b", "\u00ad", "\u202e", "\u2066", "\ufeff", "\u3164", "\u2063", "\x00", "\x1b", "\U000e0049", "\ufe00", "\U000e0100"])  # fmt: skip
def test_characters_without_a_glyph_are_left_out(hidden: str) -> None:
    assert visible(f"지원{hidden}금") == "지원금"


@pytest.mark.parametrize("text", ["한 줄\n두 줄\t셋", "⚠\ufe0f 주의", "½ ㎜ ① 漢字", "①\u00a0항"])
def test_everything_else_stays(text: str) -> None:
    assert visible(text) == text


def test_a_run_of_variation_selectors_spells_bytes_and_goes() -> None:
    assert visible("😀\ufe0f\ufe0e\ufe0f") == "😀"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", "지원\u200b금 안내\n\n지원\u200b금은 6억 원이다.\U000e0049\n"),
        ("a.md", "# 지원\u200b금 안내\n\n지원\u200b금은 6억 원이다.\u202e\n"),
        ("a.html", "<!doctype html><html><title>지원\u200b금 안내</title><h1>지원\u00ad금 안내</h1><p>지원\u200b금은 6억 원이다.</p></html>"),
    ],
)  # fmt: skip
def test_a_document_reads_as_a_person_sees_it(name: str, data: str) -> None:
    document = read(data.encode(), name)
    assert document.title == "지원금 안내"
    assert "지원금은 6억 원이다." in document.sections[-1].text
    assert all(visible(heading) == heading for section in document.sections for heading in section.headings)

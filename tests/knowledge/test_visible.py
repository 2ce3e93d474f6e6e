from __future__ import annotations

import pytest

from knowledge import codec
from knowledge.document import Attachment, Document, Edition, Element, Finding, Locator, Section, Source
from knowledge.readers import reader
from knowledge.readers.format import Format
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


def test_no_string_of_a_document_holds_what_nothing_can_store(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = "a\ud800b\x00c", "abc"
    made = Document(
        bad,
        "text/plain",
        (Section(0, Locator(bad), bad, (bad,), element=Element(bad, bad, bad, names=(bad,), asset=bad)),),
        sources=(Source(bad, bad),),
        metadata={bad: bad},
        edition=Edition(bad, also=(bad,)),
        findings=(Finding(bad, bad, "no_value", {"name": bad}),),
        attachments=(Attachment(bad, b"data"), Attachment("\x00", b"data")),
    )
    monkeypatch.setattr(
        reader, "format_of", lambda data, name: Format("text", "text/plain", lambda *_: True, lambda *_: made)
    )
    seen = read(b"any", "any.txt")
    (section,) = seen.sections
    assert section.element == Element(good, good, good, names=(good,), asset=good)
    assert (seen.sources, seen.metadata) == ((Source(good, good),), {good: good})
    assert seen.edition == Edition(good, also=(good,))
    assert seen.findings == (Finding(good, good, "no_value", {"name": good}),)
    assert [each.name for each in seen.attachments] == [good, "?"]
    assert codec.load(codec.dump(seen)).sections == seen.sections


def test_half_a_character_in_a_value_of_aas_is_read_past() -> None:
    document = read(SHELL.replace(b"VALUE", b"a\\ud800c"), "shell.json")
    assert [section.element.value for section in document.sections if section.element][-1] == "ac"
    codec.dump(document)


SHELL = b"""{"assetAdministrationShells": [{"id": "urn:a", "idShort": "S", "modelType": "AssetAdministrationShell",
"assetInformation": {"assetKind": "Instance", "globalAssetId": "urn:x"}}],
"submodels": [{"id": "urn:s", "idShort": "N", "modelType": "Submodel", "submodelElements": [
{"idShort": "P", "modelType": "Property", "valueType": "xs:string", "value": "VALUE"}]}]}"""

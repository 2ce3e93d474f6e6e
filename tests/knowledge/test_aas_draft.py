"""A draft from papers: what is found and where, what stays open, and a package that independent tools accept."""

from __future__ import annotations

import io
import json
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import aas_submodel_validate
import openpyxl
import pytest
from aas_test_engines import file as engines
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.aas import drafts, nameplate, technical_data
from knowledge.aas.draft import MOST_CANDIDATES, SLOTS, Draft, DraftError, DraftValue, decide, draft
from knowledge.aas.statement import measure, plain, statements
from knowledge.aas.writer import CHECK, write_aasx
from knowledge.document import Document, Locator, Section
from knowledge.errors import UnknownDocumentError
from knowledge.readers import aas, xlsx
from knowledge.readers.format import silent
from knowledge.readers.markdown import read
from serving.databases.sqlite import open_database

MANUAL = """# HB-200 사용설명서

제조사: (주)한빛정밀
제품명: 서보 프레스 HB-200
주소: 경기도 안산시 단원구 산단로 12 (15433)
제조일: 2026.03.02  S/N: A-12

| 항목 | 사양 | 단위 |
|---|---|---|
| 정격전압 | 220 | V |
| 사용온도 | 0~40 | ℃ |
| 다이높이 | 12.5 | mm |

| 정격출력 | 1,500 W | 소음 | 70 dB(A) |
|---|---|---|---|
| 중량 (kg) | 1,250 | 보호등급 | IP54 |

- 주문코드: HB200-A
"""
SHEET = "| 모델 | 정격전압 | 품번 |\n|---|---|---|\n| HB-200 | 380 V | HB-200-01 |\n"
AREA = technical_data.AREA


def drafted(*texts: str) -> Draft:
    papers = [(f"doc-{at}", read(f"# 자료 {at}\n\n{text}".encode(), f"{at}.md")) for at, text in enumerate(texts, 1)]
    return draft("draft-1", "HB-200", papers)


def value(made: Draft, path: str) -> DraftValue:
    chosen = made.chosen(path)
    assert chosen is not None, path
    return chosen


def judged(package: bytes) -> Any:
    return aas_submodel_validate.validate(package, format="aasx")


def missing(package: bytes) -> set[str]:
    """Paths of what an independent check of the templates wants and does not find."""
    findings = judged(package).findings
    assert all(finding.rule.kind == "template" for finding in findings)
    return {lacking(finding.violation.subject, finding.violation.message) for finding in findings}


def lacking(subject: str, message: str) -> str:
    """The path of an element without a value, or of one that is not there at all."""
    absent = re.search(r"exactly one '(\w+)' here; found 0", message)
    assert absent or "carries no value" in message, message
    return f"{subject}/{absent[1]}" if absent else subject


def valid(package: bytes) -> bool:
    return bool(engines.check_aasx_file(io.BytesIO(package)).ok())


def test_values_are_found_in_lines_and_tables_with_their_verbatim_place() -> None:
    papers = {"doc-1": read(MANUAL.encode(), "m.md")}
    made = draft("draft-1", "HB-200", list(papers.items()))
    said = {found.path: (found.value, found.unit) for found in made.values}
    assert said["Nameplate/ManufacturerName"] == ("(주)한빛정밀", "")
    assert said["Nameplate/DateOfManufacture"] == ("2026-03-02", "")
    assert said["Nameplate/SerialNumber"] == ("A-12", "")
    assert said[f"{AREA}/RatedVoltage"] == ("220", "V")
    assert said[f"{AREA}/OperatingTemperature"] == ("0~40", "℃")
    assert said[f"{AREA}/RatedPower"] == ("1500", "W")
    assert said[f"{AREA}/NoiseLevel"] == ("70", "dB(A)")
    assert said[f"{AREA}/Weight"] == ("1250", "kg")
    assert said[f"{AREA}/DegreeOfProtection"] == ("IP54", "")
    for found in made.values:
        assert found.origin is not None
        assert not found.confirmed
        assert found.origin.quote in papers[found.origin.document_id].sections[found.origin.ordinal].text
    assert value(made, f"{AREA}/RatedVoltage").origin.locator == "표 1 2행"  # type: ignore[union-attr]


def test_a_property_without_a_known_name_keeps_the_papers_own() -> None:
    found = value(drafted(MANUAL), f"{AREA}/Property001")
    assert (found.name_ko, found.value, found.unit) == ("다이높이", "12.5", "mm")


def test_a_sheet_with_a_column_for_each_property_is_read_by_its_header() -> None:
    made = drafted(SHEET)
    assert value(made, "Nameplate/ManufacturerProductType").value == "HB-200"
    assert value(made, f"{AREA}/RatedVoltage").value == "380"
    assert value(made, "TechnicalData/GeneralInformation/ManufacturerArticleNumber").value == "HB-200-01"


def test_what_an_address_plainly_says_is_concluded_and_marked_so() -> None:
    made = drafted(MANUAL)
    concluded = value(made, f"{nameplate.ADDRESS}/NationalCode")
    assert (concluded.value, concluded.origin and concluded.origin.derived) == ("KR", True)
    assert value(made, f"{nameplate.ADDRESS}/Zipcode").value == "15433"
    assert value(made, f"{nameplate.ADDRESS}/CityTown").value == "안산시"
    own = drafted(MANUAL + "\n- 우편번호: 04524\n")
    assert value(own, f"{nameplate.ADDRESS}/Zipcode").value == "04524"


def test_papers_that_disagree_leave_the_choice_to_a_person() -> None:
    made, path = drafted(MANUAL, SHEET), f"{AREA}/RatedVoltage"
    assert [(found.value, found.origin and found.origin.document_id) for found in made.candidates(path)] == [
        ("220", "doc-1"),
        ("380", "doc-2"),
    ]
    assert (made.state(path), made.chosen(path)) == ("conflict", None)
    chosen = decide(made, path, "380 V", confirmed=True)
    assert (chosen.state(path), value(chosen, path).value) == ("confirmed", "380")
    assert {found.value for found in chosen.candidates(path)} == {"220", "380"}


def test_what_a_paper_says_twice_is_one_value() -> None:
    assert len(drafted(MANUAL, "제조사: (주)한빛정밀").candidates("Nameplate/ManufacturerName")) == 1


def test_a_persons_word_holds_for_the_element_that_says_the_same() -> None:
    made = decide(drafted(MANUAL), "Nameplate/ManufacturerName", None, confirmed=True)
    assert made.state("TechnicalData/GeneralInformation/ManufacturerName") == "confirmed"
    entered = decide(made, "TechnicalData/GeneralInformation/ManufacturerArticleNumber", "HB-200-01", confirmed=True)
    assert value(entered, "Nameplate/ProductArticleNumberOfManufacturer").origin is None
    again = decide(entered, "Nameplate/ProductArticleNumberOfManufacturer", "HB-200-02", confirmed=True)
    assert [found.value for found in again.candidates("Nameplate/ProductArticleNumberOfManufacturer")] == ["HB-200-02"]


@pytest.mark.parametrize(
    ("path", "word", "reason"),
    [
        ("Nameplate/Nothing", "x", "aas_path"),
        ("Nameplate/URIOfTheProduct", "hb200", "aas_value"),
        ("Nameplate/DateOfManufacture", "봄", "aas_value"),
        ("Nameplate/ManufacturerName", "  ", "aas_value"),
        ("Nameplate/ManufacturerName", "\ufffe", "aas_value"),
        ("Nameplate/ManufacturerName", "두\n줄", "aas_value"),
        (f"{AREA}/RatedVoltage", None, "aas_choose"),
        ("Nameplate/OrderCodeOfManufacturer", None, "aas_choose"),
    ],
)
def test_a_word_that_does_not_do_is_refused_by_name(path: str, word: str | None, reason: str) -> None:
    with pytest.raises(DraftError) as refused:
        decide(drafted(MANUAL.replace("- 주문코드: HB200-A", ""), SHEET), path, word, confirmed=True)
    assert refused.value.reason == reason


def test_papers_that_state_nothing_are_refused() -> None:
    with pytest.raises(DraftError) as refused:
        drafted("오늘은 날씨가 맑다.")
    assert refused.value.reason == "aas_nothing_found"


def test_the_package_is_valid_and_lacks_what_the_draft_calls_open() -> None:
    made = drafted(MANUAL)
    assert set(made.open) == {
        "Nameplate/URIOfTheProduct",
        "TechnicalData/GeneralInformation/ManufacturerArticleNumber",
    }
    package = write_aasx(made)
    assert valid(package)
    assert missing(package) == set(made.open)
    whole = decide(made, "Nameplate/URIOfTheProduct", "https://hanbit.example/hb-200", confirmed=True)
    whole = decide(whole, "Nameplate/ProductArticleNumberOfManufacturer", "HB-200-01", confirmed=True)
    package = write_aasx(whole)
    assert (whole.open, missing(package), valid(package)) == ((), set(), True)
    assert judged(package).submodels_judged == 2


def test_what_is_open_or_undecided_is_found_missing_and_named_in_the_package() -> None:
    made = drafted("제조사 | 한빛\n\n제조사: 한빛\n\n제품명: 프레스\n", "제품명: 선반\n")
    package = write_aasx(made)
    assert "Nameplate/ManufacturerProductDesignation" in made.open
    assert missing(package) == {nameplate.ADDRESS if path.startswith(nameplate.ADDRESS) else path for path in made.open}
    xml = environment_of(package)
    assert all(f"{path}: " in xml for path in made.open)
    assert "프레스 ← 자료 1" in xml
    assert "선반 ← 자료 2" in xml


def environment_of(package: bytes) -> str:
    return zipfile.ZipFile(io.BytesIO(package)).read("aasx/environment.xml").decode()


def test_the_package_says_of_each_value_who_must_still_look_and_where_it_stood() -> None:
    made = decide(drafted(MANUAL, SHEET), "Nameplate/ManufacturerName", None, confirmed=True)
    said = marks(write_aasx(made))
    assert "check" not in said["ManufacturerName"]
    assert "제조사: (주)한빛정밀" in said["ManufacturerName"]["origin"]
    assert said["SerialNumber"]["check"] == "사람 확인 필요"
    assert "자료 1" in said["SerialNumber"]["origin"]
    assert said["URIOfTheProduct"] == {"check": "값 없음: 사람이 적어야 함", "origin": ""}
    assert said["RatedVoltage"]["check"] == "서로 다른 값이 있음: 사람이 골라야 함"
    assert "220 V ←" in said["RatedVoltage"]["origin"]
    assert "380 V ←" in said["RatedVoltage"]["origin"]


def marks(package: bytes) -> dict[str, dict[str, str]]:
    from aas_core3 import types, xmlization

    xml = environment_of(package).split("?>", 1)[1]
    found: dict[str, dict[str, str]] = {}
    for part in xmlization.environment_from_str(xml).descend():
        if isinstance(part, types.Property | types.MultiLanguageProperty) and part.id_short not in found:
            origin = "\n".join(extension.value or "" for extension in part.extensions or [])
            found[part.id_short or ""] = {"origin": origin}
            for one in part.qualifiers or []:
                if one.type == CHECK:
                    found[part.id_short or ""]["check"] = one.value or ""
    return found


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert write_aasx(drafted(MANUAL)) == write_aasx(drafted(MANUAL))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_papers_say_the_package_is_valid(label: str, said: str) -> None:
    text = f"제조사 | {said}\n{label} | {said}\n{label} | 5 V\n제품명 | 것"
    paper = Document("자료", "text/plain", (Section(0, Locator("표 1"), text, kind="table"),))
    made = draft("draft-1", said or "x", [("doc-1", paper)])
    assert valid(write_aasx(made))


@given(st.text(max_size=200))
def test_statements_quote_what_is_there(text: str) -> None:
    paper = Document(
        "자료", "text/plain", (Section(0, Locator("첫머리"), text), Section(1, Locator("표 1"), text, kind="table"))
    )
    for stated in statements(paper, lambda _: True):
        assert stated.quote in text
        assert stated.value in text


@pytest.mark.parametrize(
    ("written", "low", "high", "unit"),
    [
        ("220 V", "220", "", "V"),
        ("1,450rpm", "1450", "", "rpm"),
        ("0 ~ 60 ℃", "0", "60", "℃"),
        ("-10℃~50℃", "-10", "50", "℃"),
        ("100–240 V", "100", "240", "V"),
        ("0.5", "0.5", "", ""),
        ("100-240V", "100", "240", "V"),
    ],
)
def test_numbers_and_ranges_are_read_with_their_unit(written: str, low: str, high: str, unit: str) -> None:
    found = measure(written)
    assert found is not None
    assert (found.low, found.high, found.unit) == (low, high, unit)


@pytest.mark.parametrize(
    "written", ["AC 220 V", "±5 V", "1,2", "12-11", "240-100 V", "IP54", "3상 380V", "220V, 60Hz", ""]
)
def test_what_is_more_than_a_number_stays_as_written(written: str) -> None:
    assert measure(written) is None


def test_labels_are_compared_without_bullets_brackets_and_spaces() -> None:
    assert plain("  ① 정격 전압 (V)") == plain("정격전압") == plain("1. 정격전압:")


def test_semantic_ids_are_those_of_the_templates(reference: Path) -> None:
    folders = {nameplate.SLOTS: "Digital nameplate/3/0/1", technical_data.SLOTS: "Technical_Data/2/0/1"}
    for slots, folder in folders.items():
        template = next(
            path for path in (reference / "aas/templates" / folder).glob("*Template*.json") if "V3.1" not in path.name
        )
        rows = dict(elements(json.loads(template.read_text("utf-8-sig"))))
        for slot in slots:
            if slot.path.startswith(nameplate.ADDRESS):
                continue
            kind, semantic_id, value_type, one = rows[slot.path]
            assert (slot.kind, slot.semantic_id, slot.mandatory) == (kind, semantic_id, one), slot.path
            assert slot.kind == "MultiLanguageProperty" or slot.value_type == value_type
        wanted = {
            path
            for path, row in rows.items()
            if row[3] and row[0] in {"Property", "MultiLanguageProperty"} and depth(path, slots)
        }
        assert wanted <= {slot.path for slot in slots}


def depth(path: str, slots: Any) -> bool:
    """Whether the element is one of those every package has, not of an optional collection."""
    return path.rsplit("/", 1)[0] in {slot.path.rsplit("/", 1)[0] for slot in slots}


def test_the_addresss_semantic_ids_are_those_of_contact_information(reference: Path) -> None:
    template = next((reference / "aas/templates/Contact Information/1/0").glob("*.json"))
    rows = {path.rsplit("/", 1)[-1]: row for path, row in elements(json.loads(template.read_text("utf-8-sig")))}
    for slot in nameplate.SLOTS:
        if slot.path.startswith(nameplate.ADDRESS + "/"):
            assert (slot.kind, slot.semantic_id) == rows[slot.id_short][:2]


def elements(template: Any) -> list[tuple[str, tuple[str, str, str, bool]]]:
    """(path, (kind, semantic id, value type, whether exactly one)) of a template's elements."""
    found = []

    def walk(children: Any, base: str) -> None:
        for child in children or []:
            if "idShort" not in child:
                continue
            path = f"{base}/{child['idShort']}"
            keys = child.get("semanticId", {}).get("keys", [{}])
            one = any(q["type"] == "SMT/Cardinality" and q.get("value") == "One" for q in child.get("qualifiers", []))
            found.append((path, (child["modelType"], keys[-1].get("value", ""), child.get("valueType", ""), one)))
            if child["modelType"] == "SubmodelElementCollection":
                walk(child.get("value"), path)

    for submodel in template["submodels"]:
        walk(submodel["submodelElements"], submodel["idShort"])
    return found


def test_two_people_at_once_lose_no_word(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "x.db")
    drafts.metadata.create_all(engine)
    kept = drafts.Drafts(engine)
    made = kept.create("초안", [("doc-1", read(MANUAL.encode(), "m.md"))], "kim")
    identity, paths = made.draft.draft_id, made.draft.unconfirmed[:6]
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda path: kept.confirm(identity, path, None, "lee"), paths))
    found = kept.get(identity)
    assert all(found.draft.state(path) == "confirmed" for path in paths)
    assert (found.made_by, found.changed_by) == ("kim", "lee")
    kept.delete(identity)
    assert kept.list() == []
    with pytest.raises(UnknownDocumentError):
        kept.confirm(identity, paths[0], None, "lee")
    engine.dispose()


def test_a_catalogue_of_many_products_is_kept_within_bounds() -> None:
    rows = "\n".join(f"모델 | HB-{n}" for n in range(500))
    paper = Document("카탈로그", "text/plain", (Section(0, Locator("표 1"), rows, kind="table"),))
    made = draft("draft-1", "x", [("doc-1", paper)])
    assert len(made.candidates("Nameplate/ManufacturerProductType")) == MOST_CANDIDATES


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(SLOTS)), st.text(max_size=40))
def test_whatever_a_person_writes_the_package_is_valid(path: str, word: str) -> None:
    made = drafted(MANUAL)
    for written in (word, f"https://hanbit.example/{word}"):
        try:
            made = decide(made, path, written, confirmed=True)
        except DraftError:
            continue
    assert valid(write_aasx(made))


def test_a_spreadsheet_is_drafted_from_as_well() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "사양"
    for row in [("항목", "값", "단위"), ("정격전압", 220, "V"), ("정격출력", 1.5, "kW"), ("제조사", "한빛정밀", None)]:
        sheet.append(row)
    products = book.create_sheet("제품")
    for row in [("모델", "품번", "중량(kg)"), ("HB-200", "A-1", 1250)]:
        products.append(row)
    written = io.BytesIO()
    book.save(written)
    document = xlsx.FORMAT.read(written.getvalue(), "사양.xlsx", silent)
    made = draft("draft-1", "x", [("doc-1", document)])
    said = {found.path.rsplit("/", 1)[-1]: (found.value, found.unit) for found in made.values}
    assert said["RatedVoltage"] == ("220", "V")
    assert said["RatedPower"] == ("1.5", "kW")
    assert said["Weight"] == ("1250", "kg")
    assert said["ManufacturerProductType"] == ("HB-200", "")
    assert said["ManufacturerName"] == ("한빛정밀", "")
    assert said["ManufacturerArticleNumber"] == ("A-1", "")
    for found in made.values:
        assert found.origin
        assert found.origin.quote in document.sections[found.origin.ordinal].text


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ("제조사 | 제조사 | 한빛 | 한빛", [("제조사", "한빛", "")]),
        ("번호 | 항목 | 사양 | 비고\n1 | 정격전압 | 220 V | 단상", [("정격전압", "220 V", "")]),
        ("No | 항목 | 단위 | 값\n1 | 정격전압 | V | 220", [("정격전압", "220", "V")]),
        ("항목 | HB-100 | HB-200\n정격전압 | 220 V | 380 V", [("정격전압", "220 V", ""), ("정격전압", "380 V", "")]),
        ("모델 | HB-7 | 제조사 | 한빛", [("모델", "HB-7", ""), ("제조사", "한빛", "")]),
        ("모델 | HB-100 | HB-200\n효율 | 90 % | 91 %", [("효율", "90 %", ""), ("효율", "91 %", "")]),
        ("정격전압 | 220 | V\n효율 | 90 | %", [("정격전압", "220", "V"), ("효율", "90", "%")]),
        (
            "모델 | 정격전압\nHB-1 | 220 V\nHB-2 | -",
            [("모델", "HB-1", ""), ("정격전압", "220 V", ""), ("모델", "HB-2", "")],
        ),
    ],
)
def test_tables_of_each_layout_are_read(rows: str, wanted: list[tuple[str, str, str]]) -> None:
    paper = Document("자료", "text/plain", (Section(0, Locator("표 1"), rows, kind="table"),))
    known = {"제조사", "정격전압", "모델", "효율"}
    found = [(each.label, each.value, each.unit) for each in statements(paper, known.__contains__)]
    assert [each for each in found if each[0] in known and each[1] not in {"HB-100", "HB-200"}] == wanted


@pytest.mark.parametrize(
    ("table", "label"),
    [
        (
            "| 구분 | 세부 | 값 | 단위 |\n|---|---|---|---|\n| 전기 | 정격전압 | 380 | V |\n| 기계 | 중량 | 500 | kg |",
            "정격전압",
        ),
        ("| 구분 | 세부 | 값 | 단위 |\n|---|---|---|---|\n| 기계 | 다이높이 | 12.5 | mm |", "다이높이"),
        ("| 항목 | 기호 | 값 | 단위 |\n|---|---|---|---|\n| 다이높이 | H | 12.5 | mm |", "다이높이"),
        (
            "| 항목 | 상세 | 값 | 단위 |\n|---|---|---|---|\n| 정격전압 | 입력측 | 380 | V |\n| 중량 | 본체 | 500 | kg |",
            "정격전압",
        ),
        ("| 구분 | 세부 | HB-200 | 단위 |\n|---|---|---|---|\n| 전기 | 정격전압 | 380 | V |", "정격전압"),
        ("| No | 항목 | 사양 | 단위 |\n|---|---|---|---|\n| 1 | 다이높이 | 12.5 | mm |", "다이높이"),
    ],
)
def test_the_label_of_a_value_stands_in_the_column_of_labels(table: str, label: str) -> None:
    document = read(f"# 사양\n\n{table}\n".encode(), "a.md")
    found = list(statements(document, lambda words: words in {"정격전압", "중량"}))[1]  # behind the row of heads
    assert found.label == label
    assert found.value in {"380", "12.5"}
    assert found.unit in {"V", "mm"}


def test_a_group_of_values_is_no_label() -> None:
    made = drafted("| 구분 | 세부 | 값 | 단위 |\n|---|---|---|---|\n| 전기 | 정격전압 | 380 | V |\n")
    assert [(each.id_short, each.value, each.unit) for each in made.values] == [("RatedVoltage", "380", "V")]


def test_what_a_paper_calls_side_is_the_depth_where_it_states_a_height() -> None:
    made = drafted("| 가로 (mm) | 세로 (mm) | 높이 (mm) |\n|---|---|---|\n| 1000 | 800 | 1800 |\n")
    assert {each.id_short: f"{each.value} {each.unit}" for each in made.values} == {
        "Width": "1000 mm",
        "Depth": "800 mm",
        "Height": "1800 mm",
    }


def test_it_stays_a_property_of_its_own_where_nothing_tells() -> None:
    made = drafted("| 가로 | 1000 mm | 세로 | 800 mm |\n|---|---|---|---|\n| 소음 | 70 dB | 중량 | 5 kg |\n")
    assert ("Property001", "세로", "800") in {(each.id_short, each.name_ko, each.value) for each in made.values}


def test_a_draft_that_is_taken_in_again_does_not_pass_for_fact() -> None:
    made = decide(drafted(MANUAL), f"{AREA}/RatedVoltage", None, confirmed=True)
    again = aas.AASX.read(write_aasx(made), "draft.aasx", silent)
    lines = {section.locator.label: section.text.splitlines()[0] for section in again.sections}
    assert lines[f"{AREA}/RatedPower"].endswith("1500 W | 사람 확인 필요")
    assert lines[f"{AREA}/RatedVoltage"].endswith("220 V")

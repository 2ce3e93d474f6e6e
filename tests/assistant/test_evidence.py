"""What a firm shows beside what it says: it supports the answer, shows more, or speaks against it, and says so politely."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from assistant.diagnosis.answers import Answer, Evidence, Sheet
from assistant.diagnosis.evidence import Shell, as_it_stands, known_from, shown_paper, shown_shell, weighed
from knowledge.document import Document, Locator, Section, SectionKind
from knowledge.instrument import UNKNOWN
from tests.assistant.sheets import INSTRUMENT, ITEMS

COLLECTION, AAS, RECORDS = (INSTRUMENT.item(name) for name in ("collection", "aas", "records"))
RECORD = "TimeSeries/Segments/Record/Time"
SERIES = Shell("doc-1", "프레스 AAS", RECORD)
PLATE = Shell("doc-2", "명판 AAS", "Nameplate")
BEGIN = datetime(2026, 3, 2, 8, 0, 0)  # noqa: DTZ001 - a wall clock


def timed(every: float, rows: int = 40, kind: SectionKind = "table", form: str = "%Y-%m-%d %H:%M:%S") -> Document:
    lines = [f"{BEGIN + timedelta(seconds=every * row):{form}} | {20 + row}" for row in range(rows)]
    return Document(
        "온도 일지", "text/csv", (Section(0, Locator("표 1"), "시각 | 온도\n" + "\n".join(lines), kind=kind),)
    )


@pytest.mark.parametrize(
    ("shells", "wanted"),
    [
        ([], None),
        ([PLATE], "drafted"),
        ([Shell("doc-2", "명판", "TechnicalData")], "drafted"),
        ([SERIES, PLATE], "drafted"),  # the least that it stands for: a person may say more
        ([Shell("doc-3", "예지보전", "PredictiveMaintenance")], "key_machines"),
        ([Shell("doc-3", "인수", "HandoverDocumentation")], None),
        ([Shell("doc-3", "공백", "")], None),
        ([Shell("doc-3", "버전", "Time_Series_1_1/Record")], "key_machines"),
        ([Shell("doc-3", "소문자", "timeseriesdata/LinkedSegment/Endpoint")], "key_machines"),
        ([Shell("doc-3", "빈 시계열", "TimeSeries/Metadata/Name")], None),
        ([Shell("doc-3", "딴것", "MyTimeSeries/Record")], None),
    ],
)
def test_what_an_aas_tells_by_itself(shells: list[Shell], wanted: str | None) -> None:
    found = known_from(AAS, shells)
    assert (found.value if found else None) == wanted
    assert found is None or (found.held, {each.state for each in found.evidence}) == ("evidenced", {"supports"})


def test_no_item_without_a_rule_is_known_from_an_aas() -> None:
    for item in ITEMS:
        if not item.supported_by:
            assert known_from(item, [SERIES, PLATE]) is None
            assert weighed(item, item.values[-1], [SERIES, PLATE]) == ()


def test_a_live_submodel_supports_a_claim_of_live_collection_and_no_more() -> None:
    assert weighed(COLLECTION, "main_live", [SERIES]) == (Evidence("doc-1", "프레스 AAS", RECORD),)
    assert weighed(COLLECTION, "main_live", [PLATE]) == weighed(COLLECTION, "main_live", []) == ()
    assert weighed(COLLECTION, "all_live", [SERIES]) == ()
    assert weighed(COLLECTION, UNKNOWN, [SERIES]) == ()


@pytest.mark.parametrize("value", ["none", "by_hand", "some_logged"])
def test_a_live_submodel_beside_a_smaller_claim_shows_more_than_was_said(value: str) -> None:
    [found] = weighed(
        COLLECTION,
        value,
        [SERIES, Shell("doc-9", "또 하나", "AssetInterfacesDescription/InterfaceMQTT/EndpointMetadata/base")],
    )
    assert (found.state, found.path) == ("against", RECORD)
    assert COLLECTION.anchor("main_live").text in found.note
    assert found.note.endswith("주세요.")
    assert Answer("collection", value, (found,)).held == "declared"


def test_several_submodels_stand_side_by_side_in_one_order() -> None:
    shells = [SERIES, Shell("doc-0", "가", "AssetInterfacesDescription/InterfaceMQTT/EndpointMetadata/base"), SERIES]
    assert weighed(COLLECTION, "main_live", shells) == weighed(COLLECTION, "main_live", shells[::-1])
    assert len(weighed(COLLECTION, "main_live", shells)) == 2


def test_an_element_a_person_points_at() -> None:
    def shown(value: str, path: str, shells: list[Shell]) -> Evidence:
        return shown_shell(COLLECTION, value, "doc-1", "프레스 AAS", path, shells)

    assert shown("main_live", "TimeSeries/Segments", [SERIES]).state == "supports"
    assert shown("by_hand", "TimeSeries/Segments", [SERIES]).state == "supports"
    beyond = shown("all_live", "TimeSeries/Segments", [SERIES])
    assert beyond.state == "against"
    assert COLLECTION.anchor("all_live").text in beyond.note
    assert "확인되지 않습니다" in beyond.note
    assert shown("main_live", "Nameplate/URI", [SERIES, Shell("doc-1", "프레스 AAS", "Nameplate")]).state == "against"
    elsewhere = Shell("doc-7", "딴 자료", RECORD)
    assert shown("main_live", "TimeSeries/Segments", [elsewhere]).state == "against"
    assert shown("main_live", "TimeSeries/Segments", []).state == "against"  # of a template: it is no machine's
    plain = shown_shell(RECORDS, "at_process", "doc-1", "프레스 AAS", "TimeSeries/Segments", [SERIES])
    assert (plain.state, plain.path) == ("supports", "TimeSeries/Segments")


def test_a_log_by_the_hour_does_not_stand_for_collection_by_itself() -> None:
    found = shown_paper(COLLECTION, "main_live", "doc-1", timed(3600))
    assert found.state == "against"
    assert "1시간 간격" in found.note
    assert COLLECTION.anchor("main_live").text in found.note
    assert found.note.endswith("확인해 주세요.")
    assert shown_paper(COLLECTION, "by_hand", "doc-1", timed(3600)).state == "supports"
    assert shown_paper(COLLECTION, "some_logged", "doc-1", timed(3600)).state == "supports"


@pytest.mark.parametrize(
    ("every", "state", "said"),
    [
        (1, "supports", "1초"),
        (60, "supports", "1분"),
        (600, "supports", "10분"),
        (601, "against", "10분"),
        (7200, "against", "2시간"),
        (86_400, "against", "1일"),
    ],
)
def test_how_far_apart_rows_may_lie(every: int, state: str, said: str) -> None:
    found = shown_paper(COLLECTION, "main_live", "doc-1", timed(every))
    assert (found.state, said in found.note) == (state, True)


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d %H:%M", "%Y-%m-%dT%H:%M:%S"])
def test_times_as_programs_write_them(form: str) -> None:
    assert shown_paper(COLLECTION, "all_live", "doc-1", timed(3600, form=form)).state == "against"


def test_what_tells_no_interval_is_a_document_like_any_other() -> None:
    for document in (timed(3600, rows=12), timed(3600, kind="prose"), Document("글", "text/plain", ())):
        assert shown_paper(COLLECTION, "main_live", "doc-1", document) == Evidence("doc-1", document.title)
    assert shown_paper(COLLECTION, "main_live", "doc-1", timed(3600, rows=13)).state == "against"
    assert shown_paper(RECORDS, "automatic", "doc-1", timed(3600)).note == ""
    wrong = Section(0, Locator("표"), "\n".join(f"2026-13-{row:02} 25:61" for row in range(1, 30)), kind="table")
    assert (
        shown_paper(COLLECTION, "main_live", "doc-1", Document("깨진 시각", "text/csv", (wrong,))).state == "supports"
    )


def test_gaps_at_night_and_many_values_of_one_time_do_not_change_the_interval() -> None:
    day = [BEGIN + timedelta(seconds=second) for second in range(60)]
    times = [*day, *(each + timedelta(hours=20) for each in day)]
    rows = "\n".join(f"{each:%Y-%m-%d %H:%M:%S} | {value}" for each in times for value in (1, 2, 3))
    document = Document("두 날", "text/csv", (Section(0, Locator("표"), rows, kind="table"),))
    assert shown_paper(COLLECTION, "main_live", "doc-1", document).note == "값의 간격: 대개 1초"


def test_the_same_rows_in_several_tables_and_upside_down() -> None:
    whole = timed(3600).sections[0].text.splitlines()[::-1]
    halves = [Section(at, Locator("표"), "\n".join(whole[at::2]), kind="table") for at in (0, 1)]
    assert shown_paper(COLLECTION, "main_live", "doc-1", Document("일지", "text/csv", tuple(halves))).state == "against"


def test_evidence_is_as_it_is_now() -> None:
    paper = Evidence("doc-5", "일지")
    sheet = Sheet("first", date(2026, 3, 2), {"collection": Answer("collection", "main_live", (paper,))})

    def held(shells: list[Shell], papers: set[str]) -> tuple[Evidence, ...]:
        return as_it_stands(INSTRUMENT, sheet, shells, papers).answers["collection"].evidence

    assert held([], {"doc-5"}) == (paper,)
    assert held([], set()) == ()  # the document was deleted
    assert held([SERIES], {"doc-1"}) == (Evidence("doc-1", "프레스 AAS", RECORD),)  # an AAS that came later

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.calendar import Calendar
from knowledge.changes import MOST, changes
from knowledge.document import Document, Edition, Locator, Section
from knowledge.editions import SAMPLE, Standing, Version, kinship, law_work, lines_of, passed_over, standing
from knowledge.readers.reader import read
from knowledge.registry import Registry
from knowledge.works import dated
from serving.databases.sqlite import open_database
from tests.places import made

LAWS = Path("../shared/reference/laws").resolve()
TODAY = date(2026, 11, 23)
ADDED = datetime(2026, 11, 1, tzinfo=UTC)


def version(
    identity: str,
    effective: date | None = None,
    promulgated: date | None = None,
    *,
    work: str = "법령 시험법",
    repealed: bool = False,
    also: tuple[str, ...] = (),
    revision: int = 0,
) -> Version:
    return Version(identity, f"{identity}.md", ADDED, Edition(work, promulgated, effective, repealed, also, revision))


def document(title: str, *texts: str, labels: tuple[str, ...] = (), kind: str = "document") -> Document:
    sections = tuple(Section(at, Locator(labels[at] if labels else "첫머리"), text) for at, text in enumerate(texts))
    return Document(title, "text/plain", sections, kind=kind)


def test_the_last_text_to_take_effect_is_in_force_and_the_others_are_passed_over() -> None:
    old, now, next_year = (
        version("old", date(2020, 1, 1)),
        version("now", date(2026, 1, 22)),
        version("next", date(2027, 1, 1)),
    )
    found = standing([next_year, old, now], TODAY)
    assert [found[name].state for name in ("old", "now", "next")] == ["superseded", "in_force", "future"]
    assert (found["old"].end, found["old"].by) == (date(2026, 1, 21), "now")
    assert (found["now"].start, found["now"].end, found["now"].by) == (date(2026, 1, 22), date(2026, 12, 31), "next")
    assert passed_over(found) == {"old", "next"}
    then = standing([next_year, old, now], date(2025, 3, 31))
    assert passed_over(then) == {"now", "next"}
    later = standing([next_year, old, now], date(2027, 1, 1))
    assert passed_over(later) == {"old", "now"}


def test_a_future_text_is_kept_where_it_is_all_there_is() -> None:
    found = standing([version("only", date(2027, 1, 1)), version("after", date(2028, 1, 1))], TODAY)
    assert (found["only"].state, found["only"].passed) == ("future", False)
    assert found["after"].passed


def test_a_repealed_stub_under_the_same_title_never_counts_as_the_present_text() -> None:
    stub = version("stub", date(1997, 3, 13), date(1997, 3, 13), repealed=True, also=("법령 ID 1769",))
    real = version("real", date(2027, 1, 1), date(2026, 3, 17), also=("법령 ID 1872",))
    found = standing([stub, real], TODAY)
    assert (found["stub"].state, found["stub"].passed) == ("repealed", True)
    assert (found["real"].state, found["real"].passed) == ("future", False)
    assert standing([stub, real], date(2027, 1, 1))["real"].state == "in_force"
    before = version("before", date(1990, 1, 1))
    assert standing([stub, before], TODAY)["before"].state == "repealed"


def test_a_renamed_law_is_the_same_work_by_its_id() -> None:
    old = version("old", date(2020, 1, 1), work=law_work("근로자직업능력 개발법"), also=("법령 ID 117",))
    new = version("new", date(2023, 7, 4), work=law_work("국민 평생 직업능력 개발법"), also=("법령 ID 117",))
    assert standing([old, new], TODAY)["old"].by == "new"


def test_the_same_text_in_two_formats_is_in_force_twice() -> None:
    one, other = (
        version("md", date(2026, 1, 22), date(2026, 1, 20)),
        version("pdf", date(2026, 1, 22), date(2026, 1, 20)),
    )
    assert {each.state for each in standing([one, other], TODAY).values()} == {"in_force"}


def test_of_two_amendments_in_force_from_one_day_the_later_promulgated_stands() -> None:
    one, other = (
        version("one", date(2026, 1, 1), date(2025, 6, 1)),
        version("other", date(2026, 1, 1), date(2025, 12, 1)),
    )
    assert standing([one, other], TODAY)["one"].by == "other"


def test_a_law_without_days_is_undated_and_kept() -> None:
    found = standing([version("one"), version("other", date(2026, 1, 1))], TODAY)
    assert (found["one"].state, found["one"].passed) == ("undated", False)


DAYS = st.dates(date(1990, 1, 1), date(2040, 1, 1))


@given(st.lists(st.tuples(DAYS, st.booleans()), min_size=1, max_size=6), DAYS)
def test_on_any_day_one_text_at_most_is_present_and_none_ahead_of_its_day(
    found: list[tuple[date, bool]], day: date
) -> None:
    versions = [version(str(at), effective, repealed=gone) for at, (effective, gone) in enumerate(found)]
    stands = standing(versions, day)
    assert stands.keys() == {each.document_id for each in versions}
    present = {stands[each.document_id].start for each in versions if stands[each.document_id].state == "in_force"}
    assert len(present) <= 1
    assert all(start is not None and start <= day for start in present)
    shown = [each for each in versions if not stands[each.document_id].passed]
    # One that is shown though it is not in force is a future text, and then nothing is in force.
    assert all(stands[each.document_id].state in {"in_force", "future"} for each in shown)
    assert not (present and any(stands[each.document_id].state == "future" for each in shown))


def plain(identity: str, text: str, minutes: int, name: str = "안내.txt", place: str = "acme") -> Version:
    lines = frozenset(lines_of(document("안내", text)))
    return Version(identity, name, ADDED + timedelta(minutes=minutes), place=place, lines=lines)


LINES = [f"설비 {n}번은 매주 점검한다." for n in range(20)]


def test_a_newer_file_of_one_name_that_mostly_says_the_same_supersedes() -> None:
    old = plain("old", "\n".join(LINES), 0)
    new = plain("new", "\n".join([*LINES[:15], "바뀐 내용은 이렇다.", "새 설비가 들어왔다."]), 5)
    found = standing([new, old], TODAY)
    assert (found["old"].state, found["old"].by, found["old"].passed) == ("superseded", "new", True)
    assert found["new"].state == "undated"


def test_scans_of_one_name_with_other_content_are_no_versions() -> None:
    one = plain("one", "\n".join(LINES), 0, "scan001.pdf")
    other = plain("other", "\n".join(f"거래 {n}건의 명세서" for n in range(20)), 5, "scan001.pdf")
    assert not passed_over(standing([one, other], TODAY))


def test_files_of_one_name_in_two_collections_are_no_versions() -> None:
    text = "\n".join(LINES)
    assert not passed_over(standing([plain("a", text, 0), plain("b", text + "\n추가", 1, place="library")], TODAY))


@given(st.integers(200, 600), st.integers(0, 200))
def test_a_sample_tells_the_share_of_equal_lines(total: int, other: int) -> None:
    one = [f"줄 번호 {n}" for n in range(total)]
    two = [*one[other:], *(f"다른 줄 {n}" for n in range(other))]
    samples = [frozenset(lines_of(document("x", "\n".join(lines)))) for lines in (one, two)]
    assert all(len(sample) <= SAMPLE for sample in samples)
    assert kinship(*samples) == pytest.approx((total - other) / total, abs=0.2)


HEADER = (
    "인공지능 발전과 신뢰 기반 조성 등에 관한 기본법\n( 약칭: 인공지능기본법 )\n"
    "[시행 2026. 1. 22.] [법률 제20676호, 2025. 1. 21., 제정]\n과학기술정보통신부\n제1조(목적) 이 법은 …"
)


def test_a_law_saved_from_the_information_center_is_recognised_in_any_format() -> None:
    law = dated(document("law", HEADER))
    assert law.kind == "law"
    assert law.edition == Edition(
        law_work("인공지능 발전과 신뢰 기반 조성 등에 관한 기본법"), date(2025, 1, 21), date(2026, 1, 22)
    )
    named = dated(
        document(
            "산업안전보건법(법률)(제21374호)(20260601)", "[시행 2026. 6. 1.] [법률 제21374호, 2026. 2. 19., 일부개정]"
        )
    )
    assert named.edition is not None
    assert named.edition.work == law_work("산업안전보건법")
    gone = dated(document("옛 규정", "옛 규정\n[시행 2020. 1. 1.] [대통령령 제30000호, 2019. 12. 31., 타법폐지]"))
    assert gone.edition is not None
    assert gone.edition.repealed


def test_a_text_that_only_repeals_its_law_is_repealed() -> None:
    stub = """---
제목: 시험법
법령ID: '1'
공포일자: 1997-03-13
시행일자: 1997-03-13
---

# 시험법

##### 제0조

시험법은 이를 폐지한다.

## 부칙

부칙 <제5305호,1997.3.13>
"""
    assert (read(stub.encode(), "법률.md").edition or Edition("")).repealed
    other = stub.replace("시험법은 이를 폐지한다.", "사업주는 기록을 보존한다. 종전의 규정은 이를 폐지한다.")
    assert not (read(other.encode(), "법률.md").edition or Edition("")).repealed


BODY = "다음과 같이 모집합니다.\n지원대상: 중소 제조기업\n지원한도: 2억원\n지원비율: 50%\n신청방법: 온라인으로 신청한다.\n문의: 담당 부서"


def notice(title: str, day: str, number: str = "중소벤처기업부 공고 제2025-567호", body: str = BODY) -> Document:
    issuer = number.partition(" ")[0]
    return dated(document(title, f"{number}\n{title}\n{body}\n{day}\n{issuer}장관"))


def stand(*, day: date = TODAY, name: str | None = None, **documents: Document) -> dict[str, Standing]:
    """How documents stand that were added a minute apart; each under its own name unless all bear one."""
    versions = [
        Version(key, name or key, ADDED + timedelta(minutes=at), each.edition, "acme", frozenset(lines_of(each)))
        for at, (key, each) in enumerate(documents.items())
    ]
    return standing(versions, day)


def test_a_revised_notice_supersedes_the_one_before_but_not_that_of_another_year() -> None:
    first = notice("2026년 제조AI특화 지원사업 참여기업 모집 공고", "2025년 12월 8일")
    revised = notice(
        "2026년 제조AI특화 지원사업 참여기업 모집 수정공고", "2025년 12월 20일", "중소벤처기업부 공고 제2025-590호"
    )
    again = notice("[재공고] 2026년 제조AI특화 지원사업 참여기업 모집 공고", "2026년 2월 2일")
    other = notice("2025년 제조AI특화 지원사업 참여기업 모집 공고", "2024년 12월 8일")
    assert {each.kind for each in (first, revised, again, other)} == {"notice"}
    found = stand(first=first, revised=revised, again=again, other=other)
    assert [found[name].by for name in ("first", "revised", "again", "other")] == ["revised", "again", None, None]
    assert passed_over(found) == {"first", "revised"}


TITLE = "2026년 스마트공장 구축지원사업 참여기업 모집 공고"


def test_notices_that_say_nothing_of_themselves_are_no_versions() -> None:
    one = dated(document("공고문", f"공고문\n{BODY}\n2026. 1. 5."))
    other = dated(document("공고문", f"공고문\n{BODY}\n2026. 2. 5."))
    assert (one.kind, one.edition) == ("notice", None)
    assert not passed_over(stand(one=one, other=other))
    numbered = dated(document("공고문", f"경기도 공고 제2026-12호\n공고문\n{BODY}\n2026. 1. 5."))
    assert (numbered.edition or Edition("")).work == "공고 제2026-12호 (경기도)"
    named = dated(document("공고문", f"공고문\n{TITLE}\n{BODY}"))
    assert (named.title, (named.edition or Edition("")).work) == (
        TITLE,
        "공고 2026년스마트공장구축지원사업참여기업모집",
    )


def test_notices_of_two_issuers_are_never_versions_whatever_their_title() -> None:
    ministry = notice(TITLE, "2026. 1. 5.", "중소벤처기업부 공고 제2026-1호")
    south = notice(TITLE, "2026. 2. 5.", "충청남도 공고 제2026-22호")
    north = notice(TITLE, "2026. 3. 5.", "경기도 공고 제2026-33호")
    unsigned = notice(TITLE, "2026. 4. 5.", "")
    assert not passed_over(stand(ministry=ministry, south=south, north=north))
    # One that names no issuer does not join two that do.
    assert not passed_over(stand(ministry=ministry, south=south, north=north, unsigned=unsigned))
    assert passed_over(stand(ministry=ministry, unsigned=unsigned)) == {"ministry"}


def test_forms_of_one_name_from_two_issuers_are_no_versions() -> None:
    south = notice(TITLE, "2026. 2. 5.", "충청남도 공고 제2026-22호")
    north = notice(TITLE, "2026. 3. 5.", "경기도 공고 제2026-33호")
    assert not passed_over(stand(south=south, north=north, name="공고문.hwp"))


def test_a_correction_that_states_only_what_it_corrects_stands_beside_the_notice() -> None:
    first = notice(TITLE, "2026. 1. 5.")
    partial = notice(f"{TITLE}(정정)", "2026. 1. 15.", body="신청기간을 2026. 2. 6.까지로 바로잡는다.")
    whole = notice(f"{TITLE}(정정)", "2026. 1. 15.")
    found = stand(first=first, partial=partial)
    assert (found["first"].state, found["first"].by, found["first"].end) == ("in_force", "partial", None)
    assert (found["partial"].state, passed_over(found)) == ("in_force", frozenset())
    assert passed_over(stand(first=first, whole=whole)) == {"first"}
    before = stand(first=first, partial=partial, day=date(2026, 1, 10))
    assert (before["first"].state, before["first"].by, before["partial"].state) == ("in_force", None, "future")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# 월간보고\n\n2026년 1월", "# 월간보고\n\n2026년 2월"),
        ("# 1월", "# 2월"),
        ("# 월간보고\n\n생산량: 1,200대", "# 월간보고\n\n생산량: 1,350대"),
        ("# 일일점검\n\n점검일: 2026. 1. 5.", "# 일일점검\n\n점검일: 2026. 1. 6."),
        ("# 2025년 안전계획", "# 2026년 안전계획"),
        ("# 보고\n\n1분기 실적", "# 보고\n\n2분기 실적"),
    ],
)
def test_a_form_filled_in_anew_is_no_version(old: str, new: str) -> None:
    form = "\n\n".join(f"{each} 담당자가 이상이 없음을 확인했다." for each in "가나다라마바사아자차카타파하")
    one, other = (read(f"{text}\n\n{form}\n".encode(), "월간보고.md") for text in (old, new))
    assert not passed_over(stand(one=one, other=other, name="월간보고.md"))


def test_a_long_document_is_told_apart_by_its_headings_alone() -> None:
    text = "\n\n".join(f"설비 {n}번은 매주 점검한다." for n in range(300))
    january, february = (read(f"# {m}월 보고\n\n{text}\n".encode(), "보고.md") for m in (1, 2))
    assert not passed_over(stand(january=january, february=february, name="보고.md"))
    old, new = (read(f"# 안전규정\n\n작성일: {y}. 1. 5.\n\n{text}\n".encode(), "규정.md") for y in (2025, 2026))
    assert passed_over(stand(old=old, new=new, name="규정.md")) == {"old"}
    revised = [read(f"# 안전규정({y}년 개정)\n\n{text}\n".encode(), "규정.md") for y in (2025, 2026)]
    assert passed_over(stand(old=revised[0], new=revised[1], name="규정.md")) == {"old"}


def test_a_record_that_grows_supersedes_what_it_repeats() -> None:
    entry = "\n\n{n}월 {n}일: 이상 없음을 확인했다."
    old, new = (
        read(("# 점검 기록" + "".join(entry.format(n=n) for n in range(1, stop))).encode(), "기록.md")
        for stop in (9, 10)
    )
    assert passed_over(stand(old=old, new=new, name="기록.md")) == {"old"}


def test_our_own_documents_and_manuals_are_no_notices() -> None:
    manual = dated(document("사출기 설명서", "전원을 켠다.\n2026년 1월 7일"))
    assert manual.edition is None
    assert dated(document("지원사업 공고", "본문", kind="programme")).edition is None


def test_changes_name_the_articles_that_differ() -> None:
    old = document(
        "법", "목적이다.", "뜻이다.\n1. 공장", "옮긴 조문", "없어질 조문", labels=("제1조", "제2조", "제3조", "제4조")
    )
    new = document(
        "법", "목적이다.", "뜻이다.\n1. 사업장", "옮긴 조문", "새 조문", labels=("제1조", "제2조", "제5조", "제6조")
    )
    found = [(each.kind, each.locator, each.before, each.after) for each in changes(old, new)]
    assert found == [
        ("changed", "제2조", "1. 공장", "1. 사업장"),
        ("added", "제6조", "", "새 조문"),
        ("removed", "제4조", "없어질 조문", ""),
    ]
    assert changes(old, old) == []


def test_pages_are_compared_by_line_so_that_text_may_run_over() -> None:
    old = document("안내", "가나다 첫 줄\n둘째 줄", "셋째 줄\n넷째 줄", labels=("p. 1", "p. 2"))
    new = document("안내", "새로 든 줄\n가나다 첫 줄", "둘째 줄\n셋째 줄\n바뀐 줄", labels=("p. 1", "p. 2"))
    found = [(each.kind, each.locator, each.before, each.after) for each in changes(old, new)]
    assert found == [("added", "p. 1", "", "새로 든 줄"), ("changed", "p. 2", "넷째 줄", "바뀐 줄")]


def test_there_are_never_more_changes_than_anyone_reads() -> None:
    labels = tuple(f"제{n}조" for n in range(MOST + 50))
    old = document("법", *("가" * 3000 for _ in labels), labels=labels)
    new = document("법", *("나" * 3000 for _ in labels), labels=labels)
    found = changes(old, new)
    assert len(found) == MOST
    assert all(len(each.before) <= 1500 for each in found)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(made(open_database(tmp_path / "place.db")), tmp_path / "files")


def law_file(title: str, effective: str, text: str = "① 지켜야 한다.") -> bytes:
    head = f"---\n제목: {title}\n법령ID: '7'\n공포일자: 2020-01-01\n시행일자: {effective}\n---\n"
    return f"{head}\n# {title}\n\n##### 제1조 (목적)\n\n{text}\n".encode()


def add(registry: Registry, data: bytes, name: str) -> str:
    entry, _ = registry.add(data, name, "kim")
    registry.save_reading(entry.document_id, read(data, name))
    return entry.document_id


def test_the_calendar_reads_versions_once_for_as_long_as_nothing_changes(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ["one"]
    old = add(registry, law_file("시험법", "2020-01-01"), "시험법.md")
    add(registry, b"# \xeb\xa9\x94\xeb\xaa\xa8\n\n\xec\xa0\x90\xea\xb2\x80\xed\x95\x9c\xeb\x8b\xa4.\n", "memo.md")
    asked: list[int] = []
    versions = registry.versions

    def counted(place: str = "") -> list[Version]:
        asked.append(1)
        return versions(place)

    monkeypatch.setattr(registry, "versions", counted)
    calendar = Calendar({"library": registry}, lambda: state[0])
    assert calendar.on(TODAY).of(old).state == "in_force"
    assert calendar.on(date(2019, 1, 1)).of(old).state == "future"
    assert calendar.on(TODAY).passed == frozenset()
    assert len(asked) == 1
    new = add(registry, law_file("시험법", "2026-01-01"), "시험법2.md")
    state[0] = "two"
    assert calendar.on(TODAY).passed == {old}
    assert (calendar.on(TODAY).of(old).by, len(asked)) == (new, 2)


def test_only_documents_that_may_have_versions_are_read(registry: Registry) -> None:
    law = add(registry, law_file("시험법", "2020-01-01"), "시험법.md")
    add(registry, "# 메모\n\n점검한다.\n".encode(), "memo.md")
    one = add(registry, "# 안내\n\n하나\n".encode(), "guide.md")
    two = add(registry, "# 안내\n\n둘\n".encode(), "guide.md")
    assert {each.document_id for each in registry.versions()} == {law, one, two}


@pytest.mark.skipif(not LAWS.is_dir(), reason="the reference laws are not here")
def test_the_traps_of_the_reference_laws() -> None:
    versions = []
    for path in [
        *(LAWS / "근로기준법").glob("법률*.md"),
        *(LAWS / "지능형로봇개발및보급촉진법").glob("시행령*.md"),
        LAWS / "중소기업기본법" / "법률.md",
    ]:
        versions.append(
            Version(f"{path.parent.name}/{path.name}", path.name, ADDED, read(path.read_bytes(), path.name).edition)
        )
    found = standing(versions, TODAY)
    states = {name: (each.state, each.passed) for name, each in found.items()}
    assert states == {
        "근로기준법/법률.md": ("repealed", True),
        "근로기준법/법률(법률).md": ("future", False),
        "중소기업기본법/법률.md": ("future", False),
        "지능형로봇개발및보급촉진법/시행령.md": ("superseded", True),
        "지능형로봇개발및보급촉진법/시행령(대통령령).md": ("in_force", False),
    }

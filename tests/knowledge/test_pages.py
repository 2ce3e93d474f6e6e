from __future__ import annotations

import io
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import Image

from knowledge import changes as versions
from knowledge import pages
from knowledge.document import Document, Locator, Section
from knowledge.errors import UnreadableError, UnsupportedError
from knowledge.readers.reader import read
from tests.pdfs import HEIGHT, WIDTH, Sheet, Words, column, pdf_of

LINES = ["The operator checks the pressure", "before each shift and writes it down."]
SECTION = Section(
    0, Locator("p. 1", 1), "\n".join(LINES), boxes=((72, 62, 232, 74), (72, 74, 262, 86))
)  # fmt: skip


def picture(kind: str = "PNG", size: tuple[int, int] = (80, 40), **how: object) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "white")
    image.paste((0, 0, 0), (0, 0, size[0] // 2, size[1] // 2))
    image.save(out, kind, **how)
    return out.getvalue()


def opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image


def test_a_page_is_drawn_at_the_width_asked_for() -> None:
    data = pdf_of([Sheet(column(LINES)), Sheet(column(LINES), rotate=90)])
    assert pages.size(data, 1) == (WIDTH, HEIGHT)
    assert pages.size(data, 2) == (HEIGHT, WIDTH)
    upright, sideways = opened(pages.render(data, 1, 306)), opened(pages.render(data, 2, 396))
    assert upright.size == (306, 396)
    assert sideways.size == (396, 306)
    darkest, lightest = upright.convert("L").getextrema()
    assert (darkest < 128, lightest) == (True, 255)


def test_boxes_of_the_reader_hold_the_ink_of_the_drawn_page() -> None:
    data = pdf_of([Sheet([Words("Pressure 12 MPa", 100, 500)])])
    section = read(data, "x.pdf").sections[0]
    drawn = opened(pages.render(data, 1, WIDTH)).convert("L").point(lambda value: 255 if value < 128 else 0)
    ink, box = drawn.getbbox(), section.boxes[0]
    assert ink is not None
    assert box[0] - 2 <= ink[0] <= ink[2] <= box[2] + 2
    assert box[1] - 2 <= ink[1] <= ink[3] <= box[3] + 2


def test_a_picture_is_its_own_page_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    data = picture("JPEG", exif=exif)
    assert pages.size(picture(), 1) == (80, 40)
    assert pages.size(data, 1) == (40, 80)
    shown = opened(pages.render(data, 1, 1000)).convert("L")
    assert shown.size == (40, 80)
    assert shown.getpixel((35, 5)) < 50
    assert opened(pages.render(picture(), 1, 20)).size == (20, 10)


@pytest.mark.parametrize("page", [0, 2, -1])
def test_pages_that_are_not_there_are_refused(page: int) -> None:
    for data in (pdf_of([Sheet(column(LINES))]), picture()):
        with pytest.raises(UnreadableError) as refused:
            pages.render(data, page, 100)
        assert refused.value.reason == "no_such_page"
        with pytest.raises(UnreadableError):
            pages.size(data, page)


def test_formats_without_pages_are_refused() -> None:
    with pytest.raises(UnsupportedError) as refused:
        pages.render(b"just text", 1, 100)
    assert refused.value.reason == "no_pages"


def test_damaged_files_are_refused() -> None:
    for data in (b"%PDF-1.7 nothing", picture()[:60], b"\x89PNG\r\n\x1a\n"):
        with pytest.raises(UnreadableError):
            pages.render(data, 1, 100)


def test_a_quotation_over_two_lines_marks_its_part_of_both() -> None:
    first, second = pages.marks(SECTION, "pressure  before each")
    assert (first[1], first[3]) == (62, 74)
    assert 170 < first[0] < 200
    assert first[2] == pytest.approx(232)
    assert second[0] == pytest.approx(72)
    assert second[2] < 180


def test_the_whole_text_marks_whole_lines() -> None:
    assert pages.marks(SECTION, SECTION.text) == [pytest.approx(box) for box in SECTION.boxes]


def test_rows_of_a_table_are_marked_under_their_header() -> None:
    table = Section(
        0, Locator("p. 1", 1), "Code | Cause\nE-1 | Heat\nE-2 | Oil", kind="table",
        boxes=((0, 0, 100, 10), (0, 10, 100, 20), (0, 20, 100, 30)),
    )  # fmt: skip
    assert [box[1] for box in pages.marks(table, "Code | Cause\nE-2 | Oil")] == [0, 20]


def test_what_is_not_there_or_has_no_boxes_marks_nothing() -> None:
    assert pages.marks(SECTION, "something else") == []
    assert pages.marks(SECTION, "  ") == []
    assert pages.marks(Section(0, Locator("1행"), "words"), "words") == []


def test_a_long_quotation_is_looked_for_in_a_text_folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []

    class Counted(pages._Folded):
        def find(self, quote: str) -> tuple[int, int] | None:
            sought.append(quote)
            return super().find(quote)

    monkeypatch.setattr(pages, "_Folded", Counted)
    assert pages.marks(SECTION, "\n".join(f"not there {n}" for n in range(2000))) == []
    assert len(sought) == 41


def test_a_page_without_an_area_is_refused() -> None:
    with pytest.raises(UnreadableError, match="broken"):
        pages._size_of(SimpleNamespace(get_size=lambda: (0.0, 792.0)))


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that comparing two versions folds."""
    seen: list[str] = []

    def noted(text: str) -> str:
        seen.append(text)
        return " ".join(text.split())

    monkeypatch.setattr(versions, "_folded", noted)
    return seen


def of(labels: str, count: int, *, text: str = "") -> Document:
    return Document(
        labels, "text/plain", tuple(Section(n, Locator(f"{labels}/{n}"), text or f"{labels} {n}") for n in range(count))
    )


def test_versions_that_share_no_place_are_folded_once_and_told_of_in_part(folded: list[str]) -> None:
    found = versions.compare(of("a", 2000), of("b", 2000))
    assert (len(found.changes), found.cut) == (versions.MOST, True)
    assert len(folded) < 2 * 2000 + 1


def test_places_that_moved_are_found_by_their_words(folded: list[str]) -> None:
    old, new = of("a", 500), replace(of("a", 500), sections=tuple(
        replace(section, locator=Locator(f"b/{section.ordinal}")) for section in of("a", 500).sections
    ))  # fmt: skip
    assert versions.compare(old, new) == versions.Comparison((), cut=False)
    assert len(folded) <= 4 * 500
    assert versions.compare(of("a", 3, text="same"), of("b", 2, text="same")).changes == (
        versions.Change("removed", "a/2", "same", ""),
    )


def test_very_long_versions_are_said_to_be_compared_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST_PLACES", 5)
    assert versions.compare(of("a", 6), of("a", 6)) == versions.Comparison((), cut=True)
    monkeypatch.setattr(versions, "_MOST_LINES", 5)
    pages_of = [Section(n, Locator(f"p. {n}", n), f"line {n}") for n in range(1, 7)]
    long = Document("t", "application/pdf", tuple(pages_of))
    assert versions.compare(long, long) == versions.Comparison((), cut=True)


def test_lines_that_come_again_and_again_are_no_landmarks() -> None:
    matcher = versions._matcher(["-", "one", "-", "two"] * 2, ["-"] * 50 + ["one", "-", "three"])
    assert "-" not in matcher.b2j
    assert matcher.b2j["one"] == [50]
    same = versions._matcher(["-"] * 50, ["-"] * 50)
    assert [tag for tag, *_ in same.get_opcodes()] == ["equal"]

from __future__ import annotations

import io

import pytest
from PIL import Image

from knowledge import pages
from knowledge.document import Locator, Section
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

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageFont

from knowledge.errors import KnowledgeError, TooLargeError, UnreadableError
from knowledge.readers import image, ocr
from knowledge.readers.ocr import Picture, Word
from knowledge.readers.pdf import read as read_pdf
from knowledge.readers.reader import format_of, read
from tests.pdfs import Sheet, pdf_of

KINDS = ["PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF"]


def page(words: str = "", size: tuple[int, int] = (400, 100)) -> Image.Image:
    sheet = Image.new("L", size, 255)
    if words:
        ImageDraw.Draw(sheet).text((40, 30), words, fill=0, font=ImageFont.load_default(32))
    return sheet


def bytes_of(sheet: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    sheet.save(out, kind, **how)
    return out.getvalue()


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> list[Picture]:
    """What was given to OCR, which finds one word on every page."""
    seen: list[Picture] = []

    def words_of(picture: Picture) -> list[Word]:
        seen.append(picture)
        return [Word(f"낱말{len(seen)}", 95, (10, 10, 60, 30), ("1", "1"), "1")]

    monkeypatch.setattr(ocr, "installed", lambda: True)
    monkeypatch.setattr(ocr, "words_of", words_of)
    return seen


@pytest.fixture
def tesseract() -> None:
    if not ocr.installed():
        pytest.skip("Debian's tesseract-ocr with tesseract-ocr-kor is not installed")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_picture_is_told_from_its_bytes_and_read(kind: str, recognised: list[Picture]) -> None:
    data = bytes_of(page("x"), kind)
    assert format_of(data, "scan.txt") is image.FORMAT
    document = read(data, "명판.txt")
    assert document.title == "명판"
    assert document.media_type.startswith("image/")
    assert (document.pages, document.sections[0].locator.label, document.sections[0].text) == (1, "p. 1", "낱말1")
    # A small picture is doubled for OCR; boxes are in its own pixels.
    assert recognised[0].width == 800
    assert document.sections[0].boxes == ((5, 5, 30, 15),)


def test_every_page_of_a_fax_is_read_and_only_the_first_of_a_film(recognised: list[Picture]) -> None:
    told: list[tuple[int, int]] = []
    fax = bytes_of(page("a"), "TIFF", save_all=True, append_images=[page("b"), page("c")])
    sections = read(fax, "fax.tiff", lambda done, pages: told.append((done, pages))).sections
    assert [(section.locator.page, section.text) for section in sections] == [(1, "낱말1"), (2, "낱말2"), (3, "낱말3")]
    assert told == [(1, 3), (2, 3), (3, 3)]
    film = bytes_of(page("a"), "GIF", save_all=True, append_images=[page("b")])
    assert read(film, "film.gif").pages == 1


def test_a_photograph_is_turned_as_its_camera_says(recognised: list[Picture]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    read(bytes_of(page("x", (1600, 900)), "JPEG", exif=exif), "photo.jpg")
    assert (recognised[0].width, recognised[0].height) == (900, 1600)


def test_transparent_and_deep_pictures_are_seen_on_white(recognised: list[Picture]) -> None:
    clear = Image.new("RGBA", (1600, 10), (0, 0, 0, 0))
    read(bytes_of(clear), "clear.png")
    assert set(recognised[0].grey) == {255}
    deep = Image.new("I;16", (1600, 10), 0)
    deep.putpixel((0, 0), 60_000)
    read(bytes_of(deep, "PNG"), "deep.png")
    assert set(recognised[1].grey) == {0, 255}


def test_without_ocr_the_reason_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "installed", lambda: False)
    with pytest.raises(UnreadableError) as refused:
        read(bytes_of(page("x")), "x.png")
    assert refused.value.reason == "no_ocr"


def test_pictures_that_unpack_to_too_much_are_refused_unopened(
    monkeypatch: pytest.MonkeyPatch, recognised: list[Picture]
) -> None:
    monkeypatch.setattr(image, "MAX_PIXELS", 1000)
    with pytest.raises(TooLargeError) as refused:
        read(bytes_of(page()), "large.png")
    assert refused.value.reason == "picture_too_large"
    monkeypatch.setattr(image, "MAX_PIXELS", 100_000)
    monkeypatch.setattr(image, "MAX_FRAMES", 1)
    with pytest.raises(TooLargeError) as long:
        read(bytes_of(page(), "TIFF", save_all=True, append_images=[page()]), "long.tiff")
    assert long.value.reason == "too_many_pages"


@pytest.mark.parametrize("kind", KINDS)
def test_no_mutation_raises_anything_but_its_reason(kind: str, recognised: list[Picture]) -> None:
    chance = random.Random(kind)
    seed = bytes_of(page("seed", (60, 40)), kind)
    for _ in range(60):
        data = bytearray(seed)
        for _ in range(chance.choice([1, 4, 20])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        cut = bytes(data[: chance.randrange(20, len(data) + 200)])
        try:
            image.read(cut, "x")
        except KnowledgeError:
            continue


def test_a_picture_of_words_is_read(tesseract: None) -> None:
    document = read(bytes_of(page("Pressure 12 MPa", (500, 120))), "plate.png")
    assert "Pressure 12 MPa" in document.sections[0].text
    left, top, right, bottom = document.sections[0].boxes[0]
    assert 30 < left < 50 < 200 < right < 400
    assert 25 < top < bottom < 80


def test_a_scanned_page_of_a_pdf_is_read_where_it_stands(tesseract: None) -> None:
    sheet = Image.new("L", (1224, 1584), 255)
    ImageDraw.Draw(sheet).text((200, 300), "Maintenance plan", fill=0, font=ImageFont.load_default(48))
    document = read_pdf(pdf_of([Sheet(picture=(sheet.tobytes(), 1224, 1584))]), "scan.pdf")
    assert document.sections[0].text == "Maintenance plan"
    assert document.sections[0].locator.page == 1
    left, top, _, bottom = document.sections[0].boxes[0]
    assert left == pytest.approx(100, abs=6)
    assert 145 < top < 165 < bottom < 185

"""Pictures of text (photographs, scans, faxes) with Pillow and OCR. One section a page; a point is a pixel."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from knowledge.document import Document, Locator, Section
from knowledge.errors import TooLargeError, UnreadableError
from knowledge.readers import ocr
from knowledge.readers.format import Format, Progress, silent
from knowledge.readers.pdf_text import Joiner
from knowledge.readers.text import language_of

if TYPE_CHECKING:
    from PIL import Image
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 100_000_000
"""Of one picture; checked against the size it declares, before it is unpacked."""
MAX_FRAMES = 500
_SMALL = 1_500
"""Pixels of the longer side below which a picture is doubled: type of a screen is too small for OCR."""
_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF")
_MARKS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"GIF87a", b"GIF89a")


def claims(data: bytes, _name: str) -> bool:
    """The marks of PNG, JPEG, TIFF, GIF; BMP and WebP by their second mark too, as the first is short."""
    if data.startswith(_MARKS):
        return True
    bitmap = data[:2] == b"BM" and data[6:10] == b"\x00" * 4 and len(data) > 26
    return bitmap or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def read(data: bytes, name: str, progress: Progress = silent) -> Document:
    """Sections of the picture's pages (frames of a TIFF; of others the first), each line with its box.

    Raises UnreadableError where it is damaged, holds no text, or OCR is not installed; TooLargeError over the limits.
    """
    if not ocr.installed():
        raise UnreadableError("no_ocr", pages="1")
    sections: list[Section] = []
    scans = ocr.Scans()
    with opened(data) as image:
        media_type, count = image.get_format_mimetype(), frames_of(image)
        if count > MAX_FRAMES:
            raise TooLargeError("too_many_pages", pages=count, limit=MAX_FRAMES)
        for number in range(1, count + 1):
            to_frame(image, number)
            lines = scans.read(number, partial(_picture, image))
            text, boxes = Joiner([lines]).text(lines)
            if text.strip():
                sections.append(Section(len(sections), Locator(f"p. {number}", number), text, boxes=boxes))
            progress(number, count)
    if not sections:
        raise scans.refusal() or UnreadableError("no_text")
    return Document(
        title=PurePath(name).stem,
        media_type=media_type or FORMAT.media_type,
        sections=tuple(sections),
        language=language_of("\n".join(section.text for section in sections)),
        pages=count,
        findings=scans.findings(),
    )


@contextmanager
def opened(data: bytes) -> Iterator[ImageFile]:
    """The picture, its size checked, not yet unpacked. Raises UnreadableError or TooLargeError."""
    from PIL import Image

    with _unpacking():
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    with image:
        _check_size(image)
        yield image


@contextmanager
def _unpacking() -> Iterator[None]:
    """Pillow raises nearly everything at damaged files, its plugins and their decoders more than its own errors."""
    from PIL import Image, UnidentifiedImageError

    damaged = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError)
    overflows = (ArithmeticError, AttributeError, NotImplementedError, RuntimeError, struct.error)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged tags; what matters is whether the picture unpacks
            yield
    except Image.DecompressionBombError as error:
        raise TooLargeError("picture_too_large", limit=MAX_PIXELS // 1_000_000) from error
    except (*damaged, *overflows) as error:
        raise UnreadableError("broken", format="그림(PNG/JPEG/TIFF)") from error


def frames_of(image: ImageFile) -> int:
    """Pages of a picture: the frames of a TIFF. A film has one, its first."""
    with _unpacking():
        return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def size_as_shown(image: Image.Image) -> tuple[int, int]:
    """Width and height of the present frame in pixels, turned as its EXIF says."""
    with _unpacking():
        sideways = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}  # orientation (EXIF 2.3, 4.6.4)
    return (image.height, image.width) if sideways else image.size


def upright(image: Image.Image) -> Image.Image:
    """The present frame as people see it: turned as its EXIF says, on white where it is transparent."""
    from PIL import ImageOps

    with _unpacking():
        shown = ImageOps.exif_transpose(image)
        if shown.mode in {"RGBA", "LA", "PA"} or "transparency" in shown.info:
            return _on_white(shown.convert("RGBA"))
        if shown.mode.startswith(("I", "F")):
            return _in_256_greys(shown)
        return shown.convert("RGB")


def _on_white(shown: Image.Image) -> Image.Image:
    from PIL import Image

    ground = Image.new("RGBA", shown.size, "white")
    ground.alpha_composite(shown)
    return ground.convert("RGB")


def _in_256_greys(shown: Image.Image) -> Image.Image:
    """A picture of 16 bits or more a pixel, from its darkest to its lightest."""
    import numpy as np
    from PIL import Image

    values = np.nan_to_num(np.asarray(shown, np.float64))
    span = max(float(np.ptp(values)), 1.0)
    return Image.fromarray(((values - values.min()) * (255 / span)).astype(np.uint8))


def to_frame(image: ImageFile, page: int) -> None:
    """Make page `page`, from 1, the present frame. Raises UnreadableError where there is none."""
    if not 1 <= page <= frames_of(image):
        raise UnreadableError("no_such_page", page=page)
    with _unpacking():
        image.seek(page - 1)
    _check_size(image)


def _picture(image: Image.Image) -> ocr.Picture:
    grey = upright(image).convert("L")
    width, height = grey.size
    factor = 2.0 if max(width, height) < _SMALL else min(1.0, (ocr.MAX_PIXELS / (width * height)) ** 0.5)
    if factor != 1.0:
        grey = grey.resize((max(1, round(width * factor)), max(1, round(height * factor))))
    return ocr.Picture(grey.width, grey.height, grey.tobytes(), width / grey.width)


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MAX_PIXELS:
        raise TooLargeError("picture_too_large", limit=MAX_PIXELS // 1_000_000)


FORMAT = Format("그림", "image/*", claims, read)

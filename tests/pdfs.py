"""Small PDF files for tests, written by hand: text at places, lines, pictures, bookmarks; Hangul through a Unicode map."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 612, 792
_BLOCKS = [0x00, 0x20, 0x21, 0x22, 0x30, 0x31, 0x32, *range(0xAC, 0xD8)]
"""Upper bytes of the characters that occur: a map of all would take long to load."""
_UNICODE = "\n".join(
    [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
    ]
    + [f"1 beginbfrange <{high:02X}00> <{high:02X}FF> <{high:02X}00> endbfrange" for high in _BLOCKS]
    + ["endcmap end end"]
)


@dataclass(frozen=True)
class Words:
    """A line of text: its left end and base line in points from the lower left corner, as PDF counts."""

    text: str
    x: float = 72
    y: float = 720
    size: float = 12
    turn: tuple[int, int, int, int] = (1, 0, 0, 1)
    mode: int = 0


@dataclass(frozen=True)
class Sheet:
    """One page. `lines` are drawn from corner to corner; `picture` (grey, width, height) covers the whole page."""

    words: Sequence[Words] = ()
    lines: Sequence[tuple[float, float, float, float]] = ()
    picture: tuple[bytes, int, int] | None = None
    rotate: int = 0
    box: str = f"0 0 {WIDTH} {HEIGHT}"


def make_pdf(pages: list[str]) -> bytes:
    """A PDF with one line of text a page; an empty string makes a page without text."""
    return pdf_of([Sheet([Words(text)] if text else []) for text in pages])


def column(lines: Sequence[str], x: float = 72, y: float = 720, size: float = 10, step: float = 12) -> list[Words]:
    """Lines under one another."""
    return [Words(text, x, y - step * at, size) for at, text in enumerate(lines)]


def grid(
    left: float, top: float, columns: Sequence[float], rows: Sequence[float]
) -> list[tuple[float, float, float, float]]:
    """The lines of a ruled table with these widths and heights, from its upper left corner."""
    xs = [left + sum(columns[:at]) for at in range(len(columns) + 1)]
    ys = [top - sum(rows[:at]) for at in range(len(rows) + 1)]
    return [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[-1], x, ys[0]) for x in xs]


def pdf_of(
    sheets: Sequence[Sheet], *, title: str = "", dates: str = "", bookmarks: Sequence[tuple[str, int, float]] = ()
) -> bytes:
    """A PDF of these pages. `bookmarks`: words, page from 0, height from below; `dates`: for `/CreationDate`."""
    objects: list[bytes] = [b""] * 6
    objects[2] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    objects[3] = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /Batang /Encoding /Identity-H /ToUnicode 6 0 R /DescendantFonts [5 0 R] >>"
    )
    objects[4] = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Batang /DW 1000"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    objects[5] = _stream(_UNICODE.encode())
    kids = [_page(objects, sheet) for sheet in sheets]
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>".encode()
    outline = _outline(objects, kids, bookmarks)
    objects[0] = f"<< /Type /Catalog /Pages 2 0 R {outline} >>".encode()
    objects.append(f"<< /Title <feff{_hex(title)}> /CreationDate ({dates}) >>".encode())
    return _file(objects)


def _page(objects: list[bytes], sheet: Sheet) -> int:
    content = [f"{x0} {y0} m {x1} {y1} l S" for x0, y0, x1, y1 in sheet.lines]
    picture = ""
    if sheet.picture:
        grey, width, height = sheet.picture
        head = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8"
        objects.append(_stream(zlib.compress(grey), f"{head} /Filter /FlateDecode"))
        picture = f"/XObject << /Im1 {len(objects)} 0 R >>"
        content.append(f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /Im1 Do Q")
    for words in sheet.words:
        a, b, c, d = words.turn
        latin = words.text.isascii()
        escaped = words.text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        shown = f"/F1 {words.size} Tf" if latin else f"/F2 {words.size} Tf"
        text = f"({escaped})" if latin else f"<{_hex(words.text)}>"
        content.append(f"BT {words.mode} Tr {shown} {a} {b} {c} {d} {words.x} {words.y} Tm {text} Tj ET")
    objects.append(_stream("\n".join(content).encode()))
    objects.append(
        f"<< /Type /Page /Parent 2 0 R /MediaBox [{sheet.box}] /Rotate {sheet.rotate} /Contents {len(objects)} 0 R "
        f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> {picture} >> >>".encode()
    )
    return len(objects)


def _outline(objects: list[bytes], kids: Sequence[int], bookmarks: Sequence[tuple[str, int, float]]) -> str:
    if not bookmarks:
        return ""
    root = len(objects) + 1
    first, last = root + 1, root + len(bookmarks)
    objects.append(f"<< /Type /Outlines /First {first} 0 R /Last {last} 0 R /Count {len(bookmarks)} >>".encode())
    for at, (words, page, height) in enumerate(bookmarks, first):
        sides = (f"/Prev {at - 1} 0 R" if at > first else "") + (f" /Next {at + 1} 0 R" if at < last else "")
        target = f"/Dest [{kids[page]} 0 R /XYZ 0 {height} 0]"
        objects.append(f"<< /Title <feff{_hex(words)}> /Parent {root} 0 R {target} {sides} >>".encode())
    return f"/Outlines {root} 0 R"


def _hex(text: str) -> str:
    return text.encode("utf-16-be").hex()


def _stream(content: bytes, head: str = "") -> bytes:
    return f"<< /Length {len(content)} {head} >>\nstream\n".encode() + content + b"\nendstream"


def _file(objects: Sequence[bytes]) -> bytes:
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\n"
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{trailer}startxref\n{len(body)}\n%%EOF\n"
    return body + end.encode()

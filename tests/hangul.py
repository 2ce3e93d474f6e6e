"""Hangul documents made by hand: HWPX packages, and OLE files with the streams of HWP 5."""

from __future__ import annotations

import io
import struct
import zipfile

_SPACES = (
    'xmlns:hp="http://www.hancom.co.kr/hwpml/2011/paragraph" xmlns:hs="http://www.hancom.co.kr/hwpml/2011/section" '
    'xmlns:hh="http://www.hancom.co.kr/hwpml/2011/head"'
)
CONTENT = (
    '<opf:package xmlns:opf="http://www.idpf.org/2007/opf/"><opf:metadata><opf:title>{title}</opf:title>'
    '<opf:meta name="CreatedDate" content="text">2023-01-26T23:01:12Z</opf:meta>'
    '<opf:meta name="ModifiedDate" content="text">2023-05-02T07:01:50Z</opf:meta></opf:metadata></opf:package>'
)
SECTOR = 512
END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def p(words: str, inside: str = "", *, shape: int = 0, style: int = 0) -> str:
    """A paragraph of one run."""
    return f'<hp:p paraPrIDRef="{shape}" styleIDRef="{style}"><hp:run><hp:t>{words}</hp:t>{inside}</hp:run></hp:p>'


def sub_list(*paragraphs: str) -> str:
    return f"<hp:subList>{''.join(paragraphs)}</hp:subList>"


def cell(words: str, row: int, column: int, rows: int = 1, columns: int = 1, *, inside: str = "") -> str:
    return (
        f'<hp:tc>{sub_list(p(words, inside))}<hp:cellAddr colAddr="{column}" rowAddr="{row}"/>'
        f'<hp:cellSpan colSpan="{columns}" rowSpan="{rows}"/></hp:tc>'
    )


def table(*rows: tuple[str, ...], caption: str = "") -> str:
    named = f"<hp:caption>{sub_list(p(caption))}</hp:caption>" if caption else ""
    return f"<hp:tbl>{named}{''.join('<hp:tr>' + ''.join(row) + '</hp:tr>' for row in rows)}</hp:tbl>"


def hwpx(*paragraphs: str, header: str = "", files: dict[str, str] | None = None, title: str = "") -> bytes:
    """A package with one section. `files` adds others or takes the place of those."""
    parts = {
        "mimetype": "application/hwp+zip",
        "Contents/content.hpf": CONTENT.format(title=title),
        "Contents/header.xml": f"<hh:head {_SPACES}>{header}</hh:head>",
        "Contents/section0.xml": f"<hs:sec {_SPACES}>{''.join(paragraphs)}</hs:sec>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (parts | (files or {})).items():
            package.writestr(name, text, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def record(tag: int, level: int, data: bytes) -> bytes:
    if len(data) < 0xFFF:
        return struct.pack("<I", tag | level << 10 | len(data) << 20) + data
    return struct.pack("<II", tag | level << 10 | 0xFFF << 20, len(data)) + data


def paragraph(text: str, level: int = 0, *, shape: int = 0, style: int = 0) -> bytes:
    """PARA_HEADER and PARA_TEXT; a control is eight units, its code first and last."""
    head = struct.pack("<IIHBB", len(text) + 1, 0, shape, style, 0)
    return record(0x42, level, head) + record(0x43, level + 1, text.encode("utf-16-le") + b"\r\0")


def control(code: int, name: str) -> str:
    """What stands in the text for a control named `name`."""
    mark = name.encode()[::-1].decode("utf-16-le")
    return f"{chr(code)}{mark}\0\0\0\0{chr(code)}"


def list_header(level: int, *address: int) -> bytes:
    """Head of a list of one paragraph; a cell's has column, row, columns, rows."""
    return record(0x48, level, struct.pack("<II4H", 1, 0, *(address or (0, 0, 1, 1))))


def hwp(section: bytes, flags: int = 0, doc_info: bytes = b"", folder: str = "BodyText") -> bytes:
    """An OLE file with the three streams a reader needs."""
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, flags)
    return ole({"FileHeader": header, "DocInfo": doc_info}, folder, {"Section0": section})


def ole(streams: dict[str, bytes], folder: str, inside: dict[str, bytes]) -> bytes:
    """A compound file ([MS-CFB]) of long streams: each is filled with zeros, so that none is short."""
    padded = [data.ljust(4096, b"\0") for data in (*streams.values(), *inside.values())]
    padded = [data + bytes(-len(data) % SECTOR) for data in padded]
    entries = len(padded) + 2
    directory = -(-entries * 128 // SECTOR)
    fat = [FAT_SECTOR, *range(2, directory + 1), END]
    starts = []
    for data in padded:
        starts.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + len(data) // SECTOR), END]
    assert len(fat) <= SECTOR // 4, "one sector of FAT"
    fat += [FREE] * (SECTOR // 4 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<I", 0) + b"\xff" * (108 * 4)
    names = [*streams, *inside]
    rows = [_entry("Root Entry", 5, END, 0, child=1)]
    rows += [
        _entry(name, 2, start, len(data), right=at + 1 if at != len(streams) + len(inside) else FREE)
        for at, (name, start, data) in enumerate(zip(names, starts, padded, strict=True), 1)
        if at <= len(streams)
    ]
    rows.append(_entry(folder, 1, END, 0, child=len(streams) + 2))
    rows += [
        _entry(name, 2, starts[len(streams) + at], len(padded[len(streams) + at])) for at, name in enumerate(inside)
    ]
    return header + struct.pack("<128I", *fat) + b"".join(rows).ljust(directory * SECTOR, b"\0") + b"".join(padded)


def _entry(name: str, kind: int, start: int, size: int, right: int = FREE, child: int = FREE) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
